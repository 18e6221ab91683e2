"""Where the cells of a terminal are in its screenshots."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tests.terminals import kit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.terminal.cells import Box

Size = tuple[int, int]
Rect = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

SIZE = (100, 30)
"""Of the terminal that is measured."""

PATTERN = Path(__file__).with_name("pattern.py")


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a terminal.

    Attributes:
        left: Pixels before the first column.
        top: Pixels above the first line.
        across: Pixels from column to column; no whole number in konsole.
        down: Pixels from line to line.
        said_px: Size of a cell as the terminal tells it to programs; (0, 0) when it does not.
    """

    left: float
    top: float
    across: float
    down: float
    said_px: tuple[int, int]

    def rect(self, box: Box) -> Rect:
        """The pixels of a box of cells of the screen."""
        left, top = self.left + box.left * self.across, self.top + box.top * self.down
        return left, top, left + box.columns * self.across, top + box.lines * self.down


def read(shot: Image.Image, size: Size, said: str) -> Grid:
    """The cells of a terminal of `size` columns and lines that shows `pattern`.

    Args:
        shot: The screenshot.
        size: Columns and lines.
        said: What the pattern wrote down.

    Raises:
        ValueError: The pattern is not there, or the terminal has another size.
    """
    pixels = np.asarray(shot.convert("RGB")).astype(int)
    marked = (pixels[..., 0] > 200) & (pixels[..., 1] < 60) & (pixels[..., 2] > 200)
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    seen = tuple(int(number) for number in said.split())
    if not rows.size or seen[:2] != size:
        raise ValueError(f"no pattern of {size} in the screenshot: the terminal says {said}")
    left, top = float(columns[0]), float(rows[0])
    width, height = columns[-1] + 1 - left, rows[-1] + 1 - top
    cell = (seen[2] // size[0], seen[3] // size[1])
    return Grid(left, top, float(width / size[0]), float(height / size[1]), cell)


def measure(script: Path, terminal: str, folder: Path, environ: Mapping[str, str], *, wait_s: float) -> Grid:
    """The cells of `terminal`; its first cell is at the same place in a window of any size."""
    told = folder / "said.txt"
    said: list[str] = []
    kit.run(
        script, terminal, ["--size", f"{SIZE[0]}x{SIZE[1]}"], folder=folder, environ=environ,
        # The last pause is for what the pattern wrote down to be read.
        steps=[kit.pause(wait_s), "shot:grid.png", kit.pause(0.2)],
        command=[sys.executable, str(PATTERN), str(told)],
        seen=lambda _name: said.append(told.read_text("ascii")),
    )  # fmt: skip
    with Image.open(folder / "grid.png") as shot:
        return read(shot, SIZE, said[0])
