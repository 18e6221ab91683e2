"""What stands beside a picture of the contact sheet: its caption, and the words about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from darkroom.app.widgets.history.rows import facts
from darkroom.app.widgets.lines import Line, Piece, fit
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.domain.pictures import Picture

TALKATIVE = 20
"""Columns from which a caption has room for the first words of the prompt."""


def caption(picture: Picture | None, columns: int, *, marked: bool) -> Line:
    """The line below a picture: its mark and number; which of several it is."""
    left = [Piece("● ", "accent")] if marked else []
    if picture is None:
        return fit(left, (), columns)
    summary = picture.summary
    left.append(Piece(f"#{summary.number}", "strong" if marked else "quiet"))
    if columns >= TALKATIVE:
        left.append(Piece(f"  {excerpt(summary.prompt, columns * 2)}", "faint"))
    return fit(left, [Piece(f" {which(picture)}", "faint")] if which(picture) else (), columns)


def which(picture: Picture) -> str:
    """“2/4” of a generation with several outputs; "" for the only one."""
    count = picture.summary.output_count
    return f"{picture.output.index + 1}/{count}" if count > 1 else ""


def about(picture: Picture | None, place: str, session: str) -> Content:
    """Two lines about the picture under the cursor.

    Args:
        picture: Which; `None` while it is not read.
        place: Where it stands: “12 of 4,810”.
        session: Name of its session; "" where that goes without saying.
    """
    if picture is None:
        return Content.assemble(("  " + place, "$faint"))
    summary, output = picture.summary, picture.output
    words = [facts(summary), f"seed {summary.seed}" if summary.seed else ""]
    size = f"{output.width_px}×{output.height_px} px" if output.width_px and output.height_px else ""
    first = Content.assemble(
        (f"  #{summary.number}", "bold $accent"),
        (f" {which(picture)}" if which(picture) else "", "$quiet"),
        (f"  {excerpt(summary.prompt, 400) or 'no prompt'}", ""),
    )
    rest = " · ".join(part for part in (*words, size if not facts(summary) else "", session) if part)
    second = Content.assemble((f"  {rest}", "$quiet"), (f"   {place}", "$faint"))
    return Content("\n").join([first, second])
