"""Pictures as bytes: checking, decoding, thumbnails and embedded parameters (Pillow)."""
