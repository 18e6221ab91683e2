"""The pictures of a batch in the full-screen view, in the order of the grid. Loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.viewer import Rows, ViewerScreen, look
from darkroom.domain.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.app.deeds import Deeds
    from darkroom.app.screens.batch_cells import BatchCells
    from darkroom.app.screens.batch_live import LiveBatchScreen
    from darkroom.app.screens.viewer.words import Fact
    from darkroom.app.widgets.batch.shape import Shape
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


class BatchPictures(Rows):
    """Cell by cell; told apart by their coordinates."""

    def __init__(self, core: Core, cells: BatchCells, shape: Shape) -> None:
        """The pictures of `cells`, which lie in a grid of that shape."""
        super().__init__(self._cell, cells.position_of, core.history.get, lambda: shape.size)
        self._cells = cells
        self._shape = shape

    async def _cell(self, position: int) -> Summary | None:
        await self._cells.look([position], again=False)
        return self._cells.latest(position)

    def at(self, position: int) -> Picture | None:
        """The first picture of a cell."""
        summary = self._cells.latest(position)
        if summary is None or summary.first_output is None:
            return None
        return Picture(summary, summary.first_output)

    def facts(self, shot: Picture) -> Sequence[Fact]:
        """Where its cell stands on each axis."""
        position = self._cells.position_of(shot.summary.id)
        return () if position is None else self._shape.coordinates(position)


async def view(
    screen: LiveBatchScreen, deeds: Deeds, pictures: BatchPictures, position: int, against: int | None
) -> None:
    """Shows the picture of a cell alone, another one in turn with it; then goes on where that ended.

    Args:
        screen: The grid.
        deeds: What can be done with a generation.
        pictures: Those of the grid.
        position: The cell.
        against: The other cell, if any.
    """
    first = pictures.at(position)
    other = None if against is None else pictures.at(against)
    if first is None:
        return
    viewer = ViewerScreen(screen.core, deeds, pictures, first, against=other, facts=pictures.facts)
    last = await look(screen.app, viewer)
    ended = screen.cells.position_of(last.summary.id)
    if ended is not None and other is None:
        screen.grid.cursor = ended
