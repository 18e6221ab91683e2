"""What the full-screen view says of a picture: a line above it, and all that is asked for beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from darkroom.app.widgets.lines import Line, Piece, fit
from darkroom.app.widgets.meter import duration_text
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.generation import Summary
    from darkroom.domain.pictures import Picture

Fact = tuple[str, str]
"""Name and value: ("steps", "20")."""

LABEL_COLUMNS = 12

FACT_LETTERS = 60


class TitleLine(TextLines):
    """One line about the picture that is shown."""

    def __init__(self) -> None:
        super().__init__(id="viewer-title")
        self._left: tuple[Piece, ...] = ()
        self._right: tuple[Piece, ...] = ()

    def show(self, left: Sequence[Piece], right: Sequence[Piece]) -> None:
        """Says something else; `left` is cut where there is no room."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The line."""
        return (fit(self._left, self._right, columns),)


def title(shot: Picture, letter: str) -> tuple[Piece, ...]:
    """Which picture, and its prompt."""
    prompt = excerpt(shot.summary.prompt, 400) or "no prompt"
    return (*_which(shot, letter), Piece(prompt, "text"))


def title_of_two(
    shot: Picture, letter: str, own: Sequence[Fact], others: Sequence[Fact]
) -> tuple[Piece, ...]:
    """Which picture, and in what it differs from the other one; what both share is faint and comes last.

    Args:
        shot: The one that is shown.
        letter: “A” or "B".
        own: Its facts.
        others: Those of the other one.
    """
    beside = dict(others)
    differs = [fact for fact in own if beside.get(fact[0]) != fact[1]]
    shared = [fact for fact in own if fact not in differs]
    pieces = [*_which(shot, letter)]
    for facts, tone in ((differs, "accent"), (shared, "faint")):
        for name, value in facts:
            pieces += [Piece(f"{name} ", "quiet"), Piece(f"{excerpt(value, FACT_LETTERS)}   ", tone)]
    return tuple(pieces)


def place_words(place: tuple[int, int] | None, percent: float | None) -> tuple[Piece, ...]:
    """How large it is drawn, and which one it is."""
    parts = []
    if percent is not None:
        parts.append(Piece(f"  {percent:.0f} %" if percent >= 1 else f"  {percent:.1f} %", "quiet"))
    if place is not None:
        parts.append(Piece(f"  {place[0]:,} of {place[1]:,}", "quiet"))
    return (*parts, Piece(" ")) if parts else ()


def facts(shot: Picture) -> tuple[Fact, ...]:
    """What a generation may differ in, as far as lists know it."""
    summary, output = shot.summary, shot.output
    size = f"{output.width_px}×{output.height_px}" if output.width_px and output.height_px else ""
    found = (
        ("seed", summary.seed),
        ("steps", "" if summary.steps is None else str(summary.steps)),
        ("cfg", "" if summary.cfg_scale is None else f"{summary.cfg_scale:g}"),
        ("sampler", "/".join(part for part in (summary.sampler, summary.scheduler) if part)),
        ("size", size),
        ("checkpoint", summary.checkpoint),
        ("server", shown_name(summary.profile)),
        ("workflow", summary.workflow),
        ("picture", str(output.index + 1) if summary.output_count > 1 else ""),
        ("prompt", summary.prompt),
    )
    return tuple((name, value) for name, value in found if value)


def about(shot: Picture) -> Content:
    """All that a list knows of a picture, to be read beside it; foreign text is data."""
    summary = shot.summary
    parts = [Content(printable(summary.prompt, keep_lines=True).strip() or "no prompt")]
    if summary.negative.strip():
        negative = printable(summary.negative, keep_lines=True).strip()
        parts.append(Content.assemble(("negative\n", "$quiet"), negative))
    rows = [*_parameters(shot), *_made(summary)]
    parts.append(Content("\n").join(_row(name, value) for name, value in rows))
    return Content("\n\n").join(parts)


def _parameters(shot: Picture) -> list[Fact]:
    return [fact for fact in facts(shot) if fact[0] not in ("prompt", "picture", "server", "workflow")]


def _made(summary: Summary) -> list[Fact]:
    made = [
        ("server", shown_name(summary.profile)),
        ("workflow", summary.workflow),
        ("made", summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M")),
    ]
    if summary.duration_s is not None:
        made.append(("took", duration_text(summary.duration_s, exact=True)))
    if summary.remarks:
        made.append(("remarks", f"{summary.remarks:,}"))
    return made


def _row(name: str, value: str) -> Content:
    return Content.assemble((f"{name:<{LABEL_COLUMNS}}", "$quiet"), printable(value))


def _which(shot: Picture, letter: str) -> tuple[Piece, ...]:
    summary = shot.summary
    count = summary.output_count
    parts = [Piece(f" {letter} ", "accent")] if letter else []
    parts.append(Piece(f" #{summary.number}", "strong"))
    if count > 1:
        parts.append(Piece(f" {shot.output.index + 1}/{count}", "quiet"))
    return (*parts, Piece("  "))
