"""The full-screen view: one picture alone, its neighbours a key away, two of them in turn."""

from darkroom.app.screens.viewer.opening import look
from darkroom.app.screens.viewer.pictures import Few, Pictures, Rows
from darkroom.app.screens.viewer.screen import ViewerScreen

__all__ = ["Few", "Pictures", "Rows", "ViewerScreen", "look"]
