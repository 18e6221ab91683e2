"""What the full-screen view goes through: pictures in somebody's order, one beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from darkroom.domain.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from darkroom.domain.generation import Generation, Output, Summary


class Pictures(Protocol):
    """Pictures in an order that may grow and shrink while they are looked at.

    The view knows one picture and asks for its neighbours, so it never minds what an index means by now.
    """

    async def beside(self, shot: Picture, by: int) -> Picture | None:
        """The next picture (`by` is 1) or the one before (-1).

        Args:
            shot: One that these pictures gave, or that the view was opened with.
            by: 1 or -1.

        Returns:
            `None` at the end, and where `shot` is no longer among these pictures.

        Raises:
            StoreError: It cannot be read.
        """
        ...

    def place(self, shot: Picture) -> tuple[int, int] | None:
        """Which one it is, counted from 1, of how many, as its list counts; `None` where nobody knows."""
        ...


class Few:
    """Pictures that are all known: those of one generation, or two to compare."""

    def __init__(self, shots: Sequence[Picture]) -> None:
        """`shots` in their order."""
        self._shots = tuple(shots)

    async def beside(self, shot: Picture, by: int) -> Picture | None:
        """See `Pictures`."""
        at = self._at(shot)
        return self._shots[at + by] if at is not None and 0 <= at + by < len(self._shots) else None

    def place(self, shot: Picture) -> tuple[int, int] | None:
        """See `Pictures`."""
        at = self._at(shot)
        return None if at is None else (at + 1, len(self._shots))

    def _at(self, shot: Picture) -> int | None:
        return next((n for n, known in enumerate(self._shots) if known.key == shot.key), None)


class Rows:
    """The pictures of a list of generations, row by row, and within a row as people look at them."""

    def __init__(
        self,
        row: Callable[[int], Awaitable[Summary | None]],
        index_of: Callable[[str], int | None],
        generation: Callable[[str], Awaitable[Generation]],
        count: Callable[[], int],
    ) -> None:
        """Pictures of a list.

        Args:
            row: The row at an index, `None` where it cannot be had.
            index_of: Where the generation with an id stands now, `None` when it is not in the list.
            generation: Everything about a generation, by its id.
            count: How many rows there are.
        """
        self._row = row
        self._index_of = index_of
        self._generation = generation
        self._count = count

    async def beside(self, shot: Picture, by: int) -> Picture | None:
        """See `Pictures`. Rows without pictures are passed over."""
        within = await Few(await self._of(shot.summary)).beside(shot, by)
        if within is not None:
            return within
        index = self._index_of(shot.summary.id)
        if index is None:
            return None
        index += by
        while 0 <= index < self._count():
            row = await self._row(index)
            if row is not None and (shots := await self._of(row)):
                return shots[0 if by > 0 else -1]
            index += by
        return None

    def place(self, shot: Picture) -> tuple[int, int] | None:
        """Which row it is of: how many pictures they have nobody knows without reading them all."""
        index = self._index_of(shot.summary.id)
        return None if index is None else (index + 1, self._count())

    async def _of(self, summary: Summary) -> tuple[Picture, ...]:
        """The pictures of one row."""
        if summary.output_count == 1 and summary.first_output is not None:
            return drawn(summary, (summary.first_output,))
        if not summary.output_count:
            return ()
        generation = await self._generation(summary.id)
        return drawn(generation.summary, generation.ordered_outputs())


def drawn(summary: Summary, outputs: Sequence[Output]) -> tuple[Picture, ...]:
    """Those outputs of a generation that are pictures."""
    return tuple(Picture(summary, output) for output in outputs if output.kind.is_picture)
