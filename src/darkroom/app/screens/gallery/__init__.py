"""The contact sheet: all pictures of a session, of a search, or of every session."""

from darkroom.app.screens.gallery.screen import GalleryScreen

__all__ = ["GalleryScreen"]
