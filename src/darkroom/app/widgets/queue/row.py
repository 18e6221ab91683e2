"""How a job of the queue looks in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from darkroom.app.widgets.history.rows import MARKS
from darkroom.app.widgets.lines import Line, Piece, bar, clip, fit
from darkroom.app.widgets.meter import Meter, duration_text, left_text, stage_text, step_text
from darkroom.domain.generation import Status
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import Priority
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.domain.queue import Job
    from darkroom.services.queue.reasons import Why

TONES = {"next": "text", "behind": "quiet", "paused": "warn", "away": "bad", "stuck": "bad"}
"""Of a reason, by its kind."""

PRIORITIES = {Priority.URGENT: Piece("urgent", "accent"), Priority.NORMAL: Piece("normal", "faint"),
              Priority.IDLE: Piece("idle", "quiet")}  # fmt: skip

STEP_ROOM, BAR_ROOM = 17, 26
"""Cells from which a running job shows its steps, and from which a bar has room."""


class Seen(NamedTuple):
    """A job and what is known beside it.

    Attributes:
        job: The job.
        why: Why it waits; `None` when a Darkroom has it.
        seconds: That it takes once it runs; `None` when unknown.
        batch: Title of its batch; "" when it belongs to none.
    """

    job: Job
    why: Why | None = None
    seconds: float | None = None
    batch: str = ""


class Columns(NamedTuple):
    """Cells of each column; 0 leaves it out. A column ends with an empty cell."""

    number: int
    prompt: int
    target: int
    priority: int
    batch: int
    expected: int
    state: int


_LAYOUTS = ((150, 24, 20, 9, 44), (116, 20, 14, 9, 34), (96, 16, 0, 8, 30), (0, 11, 0, 0, 22))
"""From so many cells on: of the target, the batch, the seconds and the state."""

MARK_COLUMNS = 2


def columns_of(columns: int, number: int) -> Columns:
    """The columns in a line of so many cells; `number` is the largest generation number in sight."""
    target, batch, expected, state = next(layout[1:] for layout in _LAYOUTS if columns >= layout[0])
    numbers = max(len(str(number)) + 2, 5)
    rest = columns - MARK_COLUMNS - numbers - target - 7 - batch - expected - state - 1
    if rest < 8:  # hopelessly narrow: the prompt and the state are what counts
        return Columns(numbers, max(columns - MARK_COLUMNS - numbers - 12, 0), 0, 0, 0, 0, 12)
    return Columns(numbers, rest, target, 7, batch, expected, state)


def heading(columns: Columns) -> Line:
    """The titles of the columns."""
    titles = ("", "#", "prompt", "server", "", "batch", "takes", "state")
    return tuple(
        Piece(cell(title, wide), "faint")
        for title, wide in zip(titles, (MARK_COLUMNS, *columns), strict=True)
    )


def line(seen: Seen, columns: Columns, meter: Meter | None, *, chosen: bool) -> Line:
    """A job in the cells of its columns."""
    job = seen.job
    summary = job.summary
    mark = Piece("◆ ", "accent") if chosen else _mark(seen)
    prompt = excerpt(summary.prompt, max(columns.prompt * 2, 8)) or "no prompt"
    tone = "text" if summary.prompt.strip() and not job.cancelled else "quiet"
    priority = PRIORITIES[job.priority]
    takes = "" if seen.seconds is None else duration_text(seen.seconds)
    return (
        mark,
        Piece(cell(f"#{summary.number}", columns.number), "quiet"),
        Piece(cell(prompt, columns.prompt), tone),
        Piece(cell(place(job, columns.target - 1), columns.target), "text" if job.claimed else "quiet"),
        Piece(cell(priority.text, columns.priority), priority.tone),
        Piece(cell(excerpt(seen.batch, columns.batch), columns.batch), "quiet"),
        Piece(cell(takes, columns.expected), "quiet"),
        *fit(state(seen, meter, columns.state), (), columns.state),
    )


def _mark(seen: Seen) -> Piece:
    if seen.job.claimed:
        known = MARKS[seen.job.summary.status]
        return Piece(f"{known.text} ", known.tone)
    if seen.why is not None and seen.why.kind in ("paused", "stuck", "away"):
        return Piece("‖ " if seen.why.kind == "paused" else "! ", TONES[seen.why.kind])
    return Piece("· ", "faint")


def place(job: Job, columns: int) -> str:
    """Which server has it, or which one or which group it is for; both where there is room."""
    target, profile = shown_name(job.target), shown_name(job.summary.profile)
    if not job.claimed or target == profile:
        return excerpt(target, 80)
    both = f"{excerpt(profile, 80)} for {excerpt(target, 80)}"
    return both if cell_len(both) <= columns else excerpt(profile, 80)


def state(seen: Seen, meter: Meter | None, columns: int) -> Line:
    """How far it is, or why it waits."""
    if not seen.job.claimed:
        why = seen.why
        return (Piece(clip(why.text, columns), TONES[why.kind]),) if why else (Piece("…", "faint"),)
    if seen.job.cancelled or (meter is not None and meter.cancelling):
        return (Piece("cancelling", "warn"),)
    if seen.job.summary.status is not Status.RUNNING:
        word = "sending" if meter is None and seen.job.summary.status is Status.NEW else stage_text(meter)
        return (Piece("at the server" if word == "sending" and meter is None else word, "quiet"),)
    counted = meter is not None and meter.step is not None
    words = (step_text(meter).strip() if counted else stage_text(meter) if meter else "running") + " "
    left = left_text(meter)
    if columns < STEP_ROOM:
        return (Piece(words, "strong"),)
    room = columns - max(len(words), 8) - len(left) - 1
    drawn = bar(meter.fraction if meter else None, room) if columns >= BAR_ROOM else ()
    return (*drawn, *([Piece(" ")] if drawn else []), Piece(words.ljust(8), "strong"), Piece(left, "quiet"))


def cell(text: str, columns: int) -> str:
    """`text` in exactly so many cells, the last of them empty; "" for none."""
    if columns <= 0:
        return ""
    cut = clip(text, columns - 1)
    return cut + " " * (columns - cell_len(cut))
