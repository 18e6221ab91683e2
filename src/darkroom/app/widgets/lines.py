"""Lines of text in tones, made without Textual's markup and fitted to a width in cells.

Lists and the status line are drawn from these: a `Piece` names its tone ("quiet", "bad"), `tones` says
which colour that is, and foreign text never meets a markup parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Piece(NamedTuple):
    """Text in one tone. The text is printable and holds no newline."""

    text: str
    tone: str = "text"


Line = tuple[Piece, ...]


def width(pieces: Iterable[Piece]) -> int:
    """Cells that the pieces take side by side."""
    return sum(cell_len(piece.text) for piece in pieces)


def clip(text: str, columns: int) -> str:
    """`text` in at most `columns` cells, ending in "…" where it was cut."""
    if columns <= 0:
        return ""
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, columns - 1).rstrip() + "…"


def fit(left: Sequence[Piece], right: Sequence[Piece], columns: int) -> Line:
    """One line of exactly `columns` cells: `left` is cut where needed, `right` stands at the end.

    When `right` alone is too wide, it is cut as well.
    """
    room = columns - width(right)
    if room < 0:
        return fit(_cut(right, columns), (), columns)
    kept = _cut(left, room)
    gap = room - width(kept)
    return (*kept, Piece(" " * gap), *right) if gap else (*kept, *right)


def _cut(pieces: Sequence[Piece], columns: int) -> Line:
    kept: list[Piece] = []
    for piece in pieces:
        text = clip(piece.text, columns)
        if text:
            kept.append(Piece(text, piece.tone))
        columns -= cell_len(text)
        if text != piece.text:
            break
    return tuple(kept)


def bar(fraction: float | None, columns: int) -> Line:
    """A bar of `columns` cells, filled to `fraction` in half cells; empty when it is unknown."""
    if columns <= 0:
        return ()
    halves = round(min(max(fraction or 0.0, 0.0), 1.0) * columns * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + "╸" * half
    return tuple(p for p in (Piece(done, "accent"), Piece("━" * (columns - len(done)), "faint")) if p.text)
