"""How a generation looks in two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.lines import Line, Piece, bar, fit
from darkroom.app.widgets.meter import Meter, duration_text, stage_text, step_text, waiting_text
from darkroom.domain.generation import Status, Summary
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = {
    Status.NEW: Piece("·", "quiet"),
    Status.SENDING: Piece("·", "quiet"),
    Status.QUEUED: Piece("⋯", "quiet"),
    Status.RUNNING: Piece("▶", "accent"),
    Status.COMPLETE: Piece("✓", "good"),
    Status.FAILED: Piece("✗", "bad"),
    Status.CANCELLED: Piece("⊘", "quiet"),
    Status.LOST: Piece("?", "warn"),
}
"""One sign a status, one cell wide."""

BAR_COLUMNS = 16


def facts(summary: Summary) -> str:
    """“1024×1024 · 20 · euler/normal”: what is known of size, steps and sampler."""
    size = f"{summary.width_px}×{summary.height_px}" if summary.width_px and summary.height_px else ""
    steps = str(summary.steps) if summary.steps is not None else ""
    sampler = "/".join(part for part in (summary.sampler, summary.scheduler) if part)
    return " · ".join(part for part in (size, steps, sampler) if part)


def pictures(summary: Summary) -> str:
    """“3 of 4”, "4 pictures", or "" for the usual one."""
    count, expected = summary.output_count, summary.expected
    if expected is not None and summary.status.final and 0 < count < expected:
        return f"{count} of {expected}"
    return plural(count, "picture") if count > 1 else ""


def remarks(summary: Summary, *, named: bool = False) -> tuple[Piece, ...]:
    """“! 2 remarks” where the outcome has any; the number alone unless it is `named`."""
    count = summary.remarks
    if not count:
        return ()
    return (Piece(f"  ! {plural(count, 'remark') if named else f'{count:,}'}", "warn"),)


def lines(summary: Summary, columns: int, meter: Meter | None = None) -> tuple[Line, Line]:
    """The two lines of a generation, each exactly `columns` cells wide."""
    prompt = excerpt(summary.prompt, max(columns * 2, 8)) or "no prompt"
    tone = "text" if summary.prompt.strip() else "quiet"
    if summary.status in (Status.CANCELLED, Status.LOST):
        tone = "quiet"
    mark = () if summary.status is Status.COMPLETE else (Piece(" "), MARKS[summary.status])
    first = fit((Piece(prompt, tone),), mark, columns)
    return first, _second(summary, columns, meter)


def _second(summary: Summary, columns: int, meter: Meter | None) -> Line:
    if summary.status is Status.RUNNING and meter is not None and meter.stage is not None:
        stage = Piece(f" {step_text(meter).strip() or stage_text(meter)}", "quiet")
        room = max(min(columns - 14, BAR_COLUMNS * 2), 4)
        return fit((*bar(meter.fraction, room), stage), (), columns)
    if not summary.status.final:
        word = waiting_text(meter) if meter else str(summary.status)
        return fit((Piece(word, "quiet"), Piece("  " + facts(summary), "faint")), (), columns)
    if summary.reason is not None and summary.status in (Status.FAILED, Status.LOST):
        tone = "bad" if summary.status is Status.FAILED else "warn"
        return fit((Piece(summary.reason.title, tone),), (), columns)
    return fit(_known(summary), _right(summary), columns)


def _known(summary: Summary) -> Sequence[Piece]:
    if summary.status is Status.CANCELLED:
        return (Piece("cancelled", "quiet"), Piece(f"  {facts(summary)}", "faint"))
    seed = f" · seed {summary.seed}" if summary.seed else ""
    return (Piece(facts(summary) + seed, "quiet"),)


def _right(summary: Summary) -> Sequence[Piece]:
    count = pictures(summary)
    took = "unchanged" if summary.unchanged else ""
    if not took and summary.duration_s is not None and summary.status is Status.COMPLETE:
        took = duration_text(summary.duration_s, exact=True)
    return (*remarks(summary), *(Piece(f"  {part}", "quiet") for part in (count, took) if part))
