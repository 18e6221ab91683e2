"""Fooocus, through its web page's own protocol; fields and metadata that Fooocus-API has too."""
