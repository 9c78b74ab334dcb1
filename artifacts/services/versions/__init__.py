"""Operations on versions: begin, commit, describe, tag, set a TTL."""
