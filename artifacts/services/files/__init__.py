"""Operations on files: announce, upload, put together, look up and download them."""
