"""The full-screen view: one picture alone, its neighbours a key away, two of them in turn."""

from darkroom.app.screens.viewer.pictures import Pictures, Rows, Shot, Shots
from darkroom.app.screens.viewer.screen import ViewerScreen

__all__ = ["Pictures", "Rows", "Shot", "Shots", "ViewerScreen"]
