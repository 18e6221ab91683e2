"""The label in the corner that says what these pictures are: a demo, no AI's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXT, SHORT_TEXT = "DEMO · not AI", "DEMO"
GLYPH_ROWS, MARGIN = 7, 4
"""Pixels at scale 1."""

# Our own few letters: a font from the system would draw other pixels on other machines.
GLYPHS: dict[str, tuple[str, ...]] = {
    "D": ("###. ", "#..# ", "#...#", "#...#", "#...#", "#..# ", "###. "),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"),
    "O": (".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "I": ("###", ".#.", ".#.", ".#.", ".#.", ".#.", "###"),
    "n": (".....", ".....", "#.##.", "##..#", "#...#", "#...#", "#...#"),
    "o": (".....", ".....", ".###.", "#...#", "#...#", "#...#", ".###."),
    "t": (".#..", ".#..", "####", ".#..", ".#..", ".#..", "..##"),
    "·": (".", ".", ".", "#", ".", ".", "."),
    " ": ("..", "..", "..", "..", "..", "..", ".."),
}


def draw_label(pixels: NDArray[np.uint8]) -> None:
    """Draws the label into the lower right corner, in place; pictures too small for it stay bare."""
    height, width = pixels.shape[:2]
    scale = max(1, round(min(width, height) / 640))
    mask = _mask(TEXT)
    if mask.shape[1] * scale > width * 0.8:
        mask = _mask(SHORT_TEXT)
    mask = np.kron(mask, np.ones((scale, scale), dtype=np.float32))
    rows, columns = mask.shape
    edge = MARGIN * scale
    if rows + 2 * edge > height or columns + 2 * edge > width:
        return
    top, left = height - rows - edge, width - columns - edge
    _blend(pixels, mask, top + scale, left + scale, (0, 0, 0), 0.35)
    _blend(pixels, mask, top, left, (255, 255, 255), 0.6)


def _blend(
    pixels: NDArray[np.uint8],
    mask: NDArray[np.float32],
    top: int,
    left: int,
    colour: tuple[int, int, int],
    opacity: float,
) -> None:
    rows, columns = mask.shape
    corner = pixels[top : top + rows, left : left + columns]
    share = (mask * np.float32(opacity))[..., None]
    mixed = corner + (np.array(colour, dtype=np.float32) - corner) * share
    corner[:] = (mixed + np.float32(0.5)).astype(np.uint8)


def _mask(text: str) -> NDArray[np.float32]:
    rows = [".".join(GLYPHS[letter][row].replace(" ", ".") for letter in text) for row in range(GLYPH_ROWS)]
    return np.array([[cell == "#" for cell in row] for row in rows], dtype=np.float32)
