"""The contact sheet from the main screen. Loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.gallery import GalleryScreen

if TYPE_CHECKING:
    from darkroom.app.screens.main.generating import GeneratingScreen


async def show_gallery(screen: GeneratingScreen) -> None:
    """Shows the pictures of the session; what was chosen there stays for the next time."""
    gallery = GalleryScreen(screen.core, screen.board, screen.deeds, screen.session, screen.gallery_look)
    await screen.app.push_screen_wait(gallery)
    screen.gallery_look = gallery.look
