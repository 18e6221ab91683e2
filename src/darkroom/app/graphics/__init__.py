"""The program's one line to the terminal: what it is asked, what it answers, and the pictures it is sent."""

from darkroom.app.graphics.graphics import Graphics, graphics_of
from darkroom.app.graphics.payload import Payload

__all__ = ["Graphics", "Payload", "graphics_of"]
