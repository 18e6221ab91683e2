"""The way to the full-screen view and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

    from darkroom.app.screens.viewer.screen import ViewerScreen
    from darkroom.domain.pictures import Picture


async def look(app: App[Any], viewer: ViewerScreen) -> Picture:
    """Shows pictures until the person comes back; the one that was looked at last.

    What was asked for there is handed to the main screen, and all that lies above that is closed.
    """
    wish = await app.push_screen_wait(viewer)
    if wish is not None:
        main = app.screen_stack[0]
        main.post_message(wish)
        while app.screen is not main:
            app.screen.dismiss(None)
    return viewer.shot
