"""Long lines that are cheap to draw: only the part that stands on one row of the screen is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex, overload

from rich.containers import Lines
from rich.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOTHING = Text()


class LongLine(Text):
    """A line of a text area whose division into rows is made row by row.

    Textual divides a wrapped line into all of its rows to draw one of them: with a prompt of 100 kB
    on one line that is thousands of pieces, for each row, at every key.
    Seen on Textual 8.2.8, `TextArea._render_line`.
    """

    def divide(self, offsets: Iterable[int]) -> Lines:
        """The rows; each is made when it is asked for."""
        return _Rows(self, [0, *offsets, len(self)])


class _Rows(Lines):
    """Rows of a line. Those before the one that was asked for first are given as empty.

    Textual looks at them only to count their tabs, and a `LongLine` has none.
    """

    def __init__(self, line: Text, bounds: Sequence[int]) -> None:
        super().__init__()
        self._line = line
        self._bounds = bounds
        self._first: int | None = None

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, index: SupportsIndex) -> Text: ...

    @overload
    def __getitem__(self, index: slice) -> list[Text]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Text | list[Text]:
        if isinstance(index, slice):
            return [self._row(number) for number in range(*index.indices(len(self)))]
        number = int(index)
        if self._first is None:
            self._first = number
        return _NOTHING if number < self._first else self._row(number)

    def _row(self, number: int) -> Text:
        start, end = self._bounds[number], self._bounds[number + 1]
        row = self._line.blank_copy(self._line.plain[start:end])
        row.spans = [
            Span(max(span.start - start, 0), min(span.end, end) - start, span.style)
            for span in self._line.spans
            if span.start < end and span.end > start
        ]
        return row
