"""The line below the picture: how far it is, then how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.history.rows import MARKS, facts, remarks
from darkroom.app.widgets.lines import Line, Piece, bar, fit, width
from darkroom.app.widgets.meter import Meter, duration_text, numbers, stage_text, waiting_text
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.generation import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.generation import Summary

STAGE_COLUMNS = 10
MIN_BAR = 8


class RunLine(TextLines):
    """One line that is always there, so that nothing moves when a run starts or ends."""

    def __init__(self, meters: Mapping[str, Meter]) -> None:
        super().__init__(classes="run-line")
        self._meters = meters
        self._summary: Summary | None = None
        self._place = ""

    def show(self, summary: Summary | None, *, place: str = "") -> None:
        """Speaks of `summary`; `place` says which of its outputs is shown ("2 of 4", "grid 5 of 5")."""
        self._summary, self._place = summary, place
        self.refresh()

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The line."""
        summary = self._summary
        if summary is None:
            return ((),)
        if not summary.status.final:
            return (moving(summary, self._meters.get(summary.id), columns),)
        seed = f" · seed {summary.seed}" if summary.seed else ""
        took = summary.duration_s
        timing = f" · {duration_text(took, exact=True)}" if took is not None else ""
        if summary.unchanged:
            timing = " · unchanged: the server had it already"
        mark = MARKS[summary.status]
        told = "" if summary.status is Status.COMPLETE else f"{summary.status} · "
        left = (mark, Piece(f" {told}{facts(summary)}{seed}{timing}", "quiet"))
        place = (Piece(f"  {self._place}", "text"),) if self._place else ()
        return (fit(left, (*remarks(summary, named=True), *place), columns),)


def moving(summary: Summary, meter: Meter | None, columns: int) -> Line:
    """Stage, bar and numbers of a run in `columns` cells; the bar goes first when there is no room."""
    if summary.status is not Status.RUNNING:
        word = waiting_text(meter) if meter else str(summary.status)
        return fit((MARKS[summary.status], Piece(f" {word}", "quiet")), (), columns)
    stage = Piece(f"{stage_text(meter):<{STAGE_COLUMNS}}", "quiet")
    right = numbers(meter)
    room = columns - width((stage, *right)) - 1
    middle = bar(meter.fraction if meter else None, room) if room >= MIN_BAR else ()
    return fit((stage, Piece(" "), *middle), right, columns)
