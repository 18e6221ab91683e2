"""The full-screen view from the main screen, with the history's pictures to go through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.viewer import Few, Rows, ViewerScreen, look
from darkroom.app.screens.viewer.pictures import drawn
from darkroom.app.widgets.history.list import HistoryList

if TYPE_CHECKING:
    from darkroom.app.messages import Asked
    from darkroom.app.screens.main.generating import GeneratingScreen
    from darkroom.app.screens.viewer import Pictures
    from darkroom.domain.generation import Summary
    from darkroom.domain.pictures import Picture


class HistoryRows:
    """The rows of the history as it is listed now, a search included; reads those that it does not know."""

    def __init__(self, screen: GeneratingScreen) -> None:
        self._screen = screen
        self._list = screen.history.list

    def index_of(self, generation_id: str) -> int | None:
        """Where a generation is listed."""
        return self._list.window.index_of(generation_id)

    async def row(self, index: int) -> Summary | None:
        """The row at `index`; `None` where it cannot be had.

        Raises:
            StoreError: It cannot be read.
        """
        window = self._list.window
        if (gap := window.missing(index, index + 1)) is not None:
            version = window.version
            rows = await self._screen.core.history.page(
                self._screen.session.id, offset=gap.start, limit=len(gap)
            )
            self._list.put(version, gap.start, rows)
        return window.row(index)


async def view_picture(screen: GeneratingScreen, asked: Asked) -> str | None:
    """Shows a picture alone; then the history goes on where that ended.

    Raises:
        InputError: The generation is gone.
        StoreError: It cannot be read.
    """
    generation = await screen.core.history.get(asked.summary.id)
    shots = drawn(generation.summary, generation.ordered_outputs())
    if not shots:
        return "It has no picture"
    first = next((shot for shot in shots if shot.output.index == asked.output), shots[0])
    viewer = ViewerScreen(screen.core, screen.deeds, _pictures(screen, shots), first)
    _put_cursor(screen.history.list, await look(screen.app, viewer))
    return None


def _pictures(screen: GeneratingScreen, shots: tuple[Picture, ...]) -> Pictures:
    """Those of the history; of a generation that is not listed there its own."""
    rows = HistoryRows(screen)
    if rows.index_of(shots[0].summary.id) is None:
        return Few(shots)
    return Rows(rows.row, rows.index_of, screen.core.history.get, lambda: screen.history.list.length)


def _put_cursor(rows: HistoryList, shot: Picture) -> None:
    """The list goes on where the view ended."""
    index = rows.window.index_of(shot.summary.id)
    if index is not None and index != rows.cursor:
        rows.cursor = index
        rows.post_message(HistoryList.Highlighted(rows, index))
