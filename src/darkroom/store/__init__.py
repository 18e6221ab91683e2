"""The database and the blob folder: everything Darkroom remembers."""
