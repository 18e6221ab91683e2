"""From the contact sheet to one picture, or to two in turn. Loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.viewer import Few, ViewerScreen

if TYPE_CHECKING:
    from darkroom.app.screens.gallery.keys import GalleryKeys
    from darkroom.app.widgets.gallery.sheet import Sheet
    from darkroom.domain.pictures import Picture
    from darkroom.services.history import History


class SheetPictures:
    """The pictures of a sheet, as it is listed by then; for the full-screen view to go through."""

    def __init__(self, sheet: Sheet, history: History) -> None:
        self._sheet = sheet
        self._history = history

    async def beside(self, shot: Picture, by: int) -> Picture | None:
        """The next picture (`by` is 1) or the one before (-1); `None` at the ends.

        Raises:
            StoreError: It cannot be read.
        """
        at = self._sheet.index.position(shot.key)
        if at is None or self._sheet.key(at + by) is None:
            return None
        if missing := self._sheet.missing((at + by,)):
            self._sheet.put(await self._history.pictured(missing))
        return self._sheet.picture(at + by)

    def place(self, shot: Picture) -> tuple[int, int] | None:
        """Which one it is, counted from 1, of how many."""
        at = self._sheet.index.position(shot.key)
        return None if at is None else (at + 1, len(self._sheet))


async def view(screen: GalleryKeys, picture: Picture) -> None:
    """Shows a picture alone; the sheet goes on where the view ended."""
    pictures = SheetPictures(screen.sheet, screen.core.history)
    viewer = ViewerScreen(screen.core, screen.deeds, pictures, picture)
    await _show(screen, viewer)
    at = screen.sheet.index.position(viewer.shot.key)
    if at is not None:
        screen.grid.cursor = at


async def flip(screen: GalleryKeys, first: Picture, second: Picture) -> None:
    """Shows two pictures in turn, in one place."""
    viewer = ViewerScreen(screen.core, screen.deeds, Few((first, second)), first, against=second)
    await _show(screen, viewer)


async def _show(screen: GalleryKeys, viewer: ViewerScreen) -> None:
    """What was asked for in the view is the main screen's, which comes to the front for it."""
    wish = await screen.app.push_screen_wait(viewer)
    if wish is not None:
        screen.hand_over(wish)
