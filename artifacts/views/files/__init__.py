"""The files of a version: folders, previews of one file, downloads."""
