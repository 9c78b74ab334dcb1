"""Operations on collections: make, describe, type, tag, delete them, and link versions to them."""
