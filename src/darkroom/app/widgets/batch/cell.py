"""How one job of a batch looks in its place of the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from darkroom.app.widgets.history.rows import MARKS, pictures
from darkroom.app.widgets.lines import Line, Piece, bar, clip, fit
from darkroom.app.widgets.meter import duration_text, stage_text
from darkroom.domain.generation import Status
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.app.widgets.meter import Meter
    from darkroom.domain.generation import Summary


class Seen(NamedTuple):
    """A job and what is known beside it.

    Attributes:
        summary: Its newest attempt; `None` while that is not known, or when it is gone.
        gone: It was deleted.
        ahead: How many jobs go before it, while it waits and that is known.
        paused: It waits until somebody resumes it.
        meter: How far it is, while it runs.
    """

    summary: Summary | None = None
    gone: bool = False
    ahead: int | None = None
    paused: bool = False
    meter: Meter | None = None

    @property
    def waits(self) -> bool:
        """It waits with us."""
        return self.summary is not None and self.summary.status is Status.NEW and not self.gone

    @property
    def picture(self) -> str:
        """Hash of what is drawn; "" for words instead."""
        output = self.summary.first_output if self.summary is not None and not self.gone else None
        return output.hash if output is not None and output.kind.is_picture else ""


def words(seen: Seen, columns: int, lines: int) -> tuple[Line, ...]:
    """What stands in a picture's place: so many lines of so many cells."""
    upper, said = _state(seen, columns)
    rest = [Piece(text, said.tone) for text in wrapped(said.text, columns - 2, max(lines - 2, 0))]
    middle = [upper, *((piece,) for piece in rest)]
    top = max((lines - len(middle)) // 2, 0)
    padded = [*[()] * top, *middle, *[()] * lines][:lines]
    return tuple(_centred(line, columns) for line in padded)


def _state(seen: Seen, columns: int) -> tuple[Line, Piece]:
    """A line, and more words below it."""
    summary = seen.summary
    if seen.gone:
        return (Piece("deleted", "faint"),), Piece("")
    if summary is None:
        return (Piece("…", "faint"),), Piece("")
    mark = MARKS[summary.status]
    match summary.status:
        case Status.NEW:
            return _waiting(seen)
        case Status.SENDING | Status.QUEUED:
            at_server = summary.status is Status.QUEUED and seen.meter is None
            return (mark,), Piece("at the server" if at_server else stage_text(seen.meter), "quiet")
        case Status.RUNNING:
            return _running(seen, columns)
        case Status.COMPLETE:
            return (mark,), Piece("no picture", "quiet")
    reason = excerpt(summary.reason.title, 200) if summary.reason is not None else str(summary.status)
    return (mark,), Piece(reason, mark.tone)


def _waiting(seen: Seen) -> tuple[Line, Piece]:
    if seen.paused:
        return (Piece("‖ paused", "warn"),), Piece("")
    if seen.ahead is None:
        return (Piece("waits", "quiet"),), Piece("")
    if not seen.ahead:
        return (Piece("next", "quiet"),), Piece("")
    return (Piece("waits", "quiet"),), Piece(f"place {seen.ahead + 1:,}", "faint")


def _running(seen: Seen, columns: int) -> tuple[Line, Piece]:
    meter = seen.meter
    if meter is None or meter.fraction is None:
        return (Piece("▶", "accent"),), Piece(stage_text(meter) if meter else "runs", "quiet")
    room = max(columns - 4, 2)
    return bar(meter.fraction, room), Piece(f"{meter.fraction:.0%}", "strong")


def caption(seen: Seen, label: str, mark: str, columns: int) -> Line:
    """The line below: the label of a flowing grid, else which generation it is."""
    left = [Piece(f"{mark} ", "accent")] if mark else []
    summary = seen.summary
    if label:
        return fit([*left, Piece(excerpt(label, columns * 2))], _sign(seen), columns)
    if summary is None or seen.gone:
        return fit(left, (), columns)
    took = duration_text(summary.duration_s, exact=True) if summary.duration_s is not None else ""
    several = pictures(summary)
    right = [Piece(several or took, "faint")] if summary.status is Status.COMPLETE else _sign(seen)
    return fit([*left, Piece(f"#{summary.number}", "quiet")], right, columns)


def _sign(seen: Seen) -> list[Piece]:
    summary = seen.summary
    if summary is None or seen.gone or (summary.status is Status.COMPLETE and seen.picture):
        return []
    return [Piece(" "), MARKS[summary.status]]


def wrapped(text: str, columns: int, lines: int) -> list[str]:
    """`text` in at most so many lines of at most so many cells; the last one ends in "…" where it was cut."""
    if lines <= 0 or columns <= 0:
        return []
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < lines:
        if len(found) == lines - 1:
            found.append(clip(" ".join(rest), columns))
            break
        line = rest.pop(0)
        while rest and cell_len(f"{line} {rest[0]}") <= columns:
            line += f" {rest.pop(0)}"
        found.append(clip(line, columns))
    return found


def _centred(line: Line, columns: int) -> Line:
    room = columns - sum(cell_len(piece.text) for piece in line)
    if room <= 0:
        return fit(line, (), columns)
    return (Piece(" " * (room // 2)), *line, Piece(" " * (room - room // 2)))
