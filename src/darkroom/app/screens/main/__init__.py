"""The main screen: sessions, form, picture and history."""

from darkroom.app.screens.main.screen import MainScreen

__all__ = ["MainScreen"]
