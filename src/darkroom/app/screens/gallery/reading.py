"""What the contact sheet shows is read here: the list, the rows near the eye, and their pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.app.graphics import graphics_of
from darkroom.app.throttle import Throttle
from darkroom.app.widgets.gallery.drawing import Drawing
from darkroom.app.widgets.gallery.grid import GalleryGrid
from darkroom.app.widgets.gallery.making import Maker
from darkroom.app.widgets.gallery.overlay import SixelOverlay
from darkroom.app.widgets.gallery.sheet import Sheet
from darkroom.app.working import attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from textual.screen import Screen

    from darkroom.domain.session import Session
    from darkroom.services.core import Core

READ_EVERY_S = 0.5
"""The list is read no more often than that, whatever happens to the history."""

SEARCH_DELAY_S = 0.12
"""Rest after a keystroke before the search runs."""


class SheetReader:
    """Keeps a sheet current: says what is to be seen, and draws what was read into its grid.

    Attributes:
        session: Whose pictures are shown; those of all sessions when `everywhere`.
        everywhere: Whether all sessions are shown.
        words: What the pictures' prompts hold; "" for all of them.
        is_read: The list was read once.
    """

    def __init__(
        self,
        screen: Screen[None],
        core: Core,
        session: Session,
        clock: Callable[[], float],
        read: Callable[[], object],
    ) -> None:
        """A sheet of nothing.

        Args:
            screen: Its workers do the reading.
            core: Where it is read from.
            session: The open one.
            clock: Seconds that never go back.
            read: Called when the list, or a row of it, was read.
        """
        self._screen = screen
        self._core = core
        self._read = read
        self.session = session
        self.everywhere = False
        self.words = ""
        self.is_read = False
        self.sheet = Sheet()
        self.drawing = Drawing(graphics_of(screen.app), Maker(core), self._drawn)
        self.grid = GalleryGrid(self.sheet, self.drawing.strips)
        self.overlay = SixelOverlay(self.grid, graphics_of(screen.app), Maker(core), self._picture)
        self.grid.painted = self.overlay.painted
        self._places: dict[str, list[int]] = {}
        self._throttle = Throttle(screen, READ_EVERY_S, clock, self._catch_up)

    # The list

    def stale(self, number: int | None = None) -> None:
        """What is shown of a generation, or (`None`) of any, may not be true any more."""
        self.sheet.forget(number)
        self._throttle.ask()

    def reread(self) -> None:
        """Reads the list again."""
        self._attempt(self._list(), "list")

    def _catch_up(self) -> None:
        self._attempt(self._list_and_tell(), "list")

    async def _list_and_tell(self) -> None:
        await self._list()
        self._throttle.done()

    def find(self, words: str) -> None:
        """Shows only what holds these words, soon; all of it for ""."""
        self.words = words.strip()
        self._attempt(self._find(), "list")

    def show_everywhere(self, everywhere: bool) -> None:
        """Shows this session's pictures, or those of all."""
        self.everywhere = everywhere
        self.reread()

    def _attempt(self, work: Coroutine[object, object, None], group: str) -> None:
        attempt(
            self._screen,
            work,
            group=f"gallery-{group}",
            exclusive=True,
            description="reading pictures",
        )

    async def _find(self) -> None:
        if self.words:
            await asyncio.sleep(SEARCH_DELAY_S)
        await self._list()

    async def _list(self) -> None:
        session_id = None if self.everywhere else self.session.id
        index = await self._core.history.pictures(self.words, session_id=session_id)
        same = self.is_read and index == self.sheet.index
        self.is_read = True
        cursor = self.sheet.replace(index, self.grid.cursor)
        if not same:
            self.grid.set_count(len(index), cursor)
        await self._rows()
        self._read()

    # What is near the eye

    def look(self) -> None:
        """Reads and draws what came into sight, and a page around it."""
        self._attempt(self._rows(), "rows")

    async def _rows(self) -> None:
        in_sight = self.grid.in_sight()
        around = self.near(in_sight)
        missing = self.sheet.missing(around)
        if missing:
            unknown = [position for position in in_sight if self.sheet.picture(position) is None]
            self.sheet.put(await self._core.history.pictured(missing))
            self.grid.changed(unknown)
            if unknown:
                self._read()
        self._attempt(self._pictures(in_sight, around), "pictures")

    def near(self, in_sight: Sequence[int]) -> list[int]:
        """Positions in sight, then those of the page below, then those of the page above."""
        if not in_sight:
            return []
        first, last, page = in_sight[0], in_sight[-1], len(in_sight)
        below = range(last + 1, min(last + 1 + page, len(self.sheet)))
        return [*in_sight, *below, *range(max(first - page, 0), first)]

    async def _pictures(self, in_sight: Sequence[int], around: Sequence[int]) -> None:
        self._places = {}
        for position in around:
            picture = self.sheet.picture(position)
            if picture is not None:
                self._places.setdefault(picture.output.hash, []).append(position)
        seen = set(in_sight)
        hashes = [h for h, positions in self._places.items() if not seen.isdisjoint(positions)]
        rest = [h for h, positions in self._places.items() if seen.isdisjoint(positions)]
        self.overlay.ask()
        # Seen through another screen they are half blocks: see `GalleryGrid.render_lines`.
        plain = not self._screen.is_active
        await self.drawing.load(hashes, rest, self.grid.size_index, plain=plain)

    def _drawn(self, hashes: Iterable[str]) -> None:
        self.grid.changed(position for h in hashes for position in self._places.get(h, ()))

    def _picture(self, position: int) -> str:
        picture = self.sheet.picture(position)
        return "" if picture is None else picture.output.hash

    def redraw(self) -> None:
        """Pictures are drawn another way, or on another terminal."""
        self.drawing.forget()
        self.overlay.forget()
        self.grid.changed_all()
        self.look()
