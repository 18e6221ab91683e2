"""Labels on pictures: foreign text in Pillow's own font, wrapped and cut to fit a box.

The font is the same everywhere, and so are the pictures. It has the letters of ASCII: accents are left away,
and other scripts are boxes.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import ImageFont

from darkroom.domain.text import printable

if TYPE_CHECKING:
    from PIL import ImageDraw

_LINES = 4
"""Most lines of one label."""

_LEAST_PT, _MOST_PT = 9, 28
_TILES_A_LINE = 18
"""A tile is about so many letters wide."""

_LONGEST = 2_000
"""Characters of a label that are looked at; no box holds more."""

_PLAINER = str.maketrans({"×": "x", "…": "...", "→": "->", "–": "-", "—": "-"} | dict.fromkeys("“”„", '"'))

_INK, _QUIET = (228, 228, 231), (161, 161, 170)

Box = tuple[int, int, int, int]
"""Left, top, width and height, in pixels."""


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


class Lettering:
    """Writes labels in a size that suits tiles of one width."""

    def __init__(self, pen: ImageDraw.ImageDraw | None, tile_px: int) -> None:
        """`pen` draws; without one, labels are only measured."""
        self._pen = pen
        size = min(max(tile_px // _TILES_A_LINE, _LEAST_PT), _MOST_PT)
        self._font = _font(size)
        # Pillow built without FreeType has a font of Latin letters alone, and refuses others.
        self._any_letter = isinstance(self._font, ImageFont.FreeTypeFont)
        self.line_px = size + size // 3
        """From one line to the next."""

    def length(self, text: str) -> int:
        """Width of a label on one line, in pixels."""
        return round(self._font.getlength(self._clean(text))) + 1

    def height(self, text: str, width: int) -> int:
        """Height of a label that is wrapped to a width, in pixels."""
        return len(self._wrapped(text, width, _LINES)) * self.line_px

    def write(self, text: str, box: Box, *, lines: int = _LINES, quiet: bool = False) -> None:
        """Writes a label into a box, with "..." where it is cut."""
        left, top, width, height = box
        lines = min(lines, max(height // self.line_px, 1))
        if self._pen is None or width < 1 or height < self.line_px // 2:
            return
        for number, line in enumerate(self._wrapped(text, width, lines)):
            place = (left, top + number * self.line_px)
            self._pen.text(place, line, fill=_QUIET if quiet else _INK, font=self._font)

    def _clean(self, text: str) -> str:
        plain = " ".join(printable(text[:_LONGEST]).translate(_PLAINER).split())
        if not plain.isascii():
            # Letters without their accents are better read than the boxes that stand for them.
            plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        return plain if self._any_letter else plain.encode("latin-1", "replace").decode("latin-1")

    def _wrapped(self, text: str, width: int, lines: int) -> list[str]:
        """The lines of a label, broken at blanks where there are any, and the last one cut."""
        rest = self._clean(text)
        found: list[str] = []
        while rest and len(found) < lines:
            fits = self._fitting(rest, width)
            if fits < len(rest) and len(found) == lines - 1:
                found.append(self._cut(rest, width))
                break
            blank = rest.rfind(" ", 0, fits + 1) if fits < len(rest) else fits
            end = blank if blank > 0 else fits
            found.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return found

    def _cut(self, text: str, width: int) -> str:
        end = self._fitting(text, width - round(self._font.getlength("...")))
        return text[:end].rstrip() + "..."

    def _fitting(self, text: str, width: int) -> int:
        """How many letters fit into a width, at least one."""
        low, high = 1, min(len(text), max(width // 2, 1))
        while low < high:
            middle = (low + high + 1) // 2
            if self._font.getlength(text[:middle]) <= width:
                low = middle
            else:
                high = middle - 1
        return low
