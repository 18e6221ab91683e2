"""Cells and pixels: how large a cell is, and how many cells a picture gets."""

from __future__ import annotations

import struct
from dataclasses import dataclass

DEFAULT_CELL = (10, 20)
"""Width and height of a cell in pixels where the terminal does not say: one to two."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a picture lies in an area of cells.

    Attributes:
        left: Empty columns before it.
        top: Empty lines above it.
        columns: Its width, at least 1.
        lines: Its height, at least 1.
    """

    left: int
    top: int
    columns: int
    lines: int


def cell_size(fileno: int) -> tuple[int, int] | None:
    """Width and height of a cell in pixels, or `None` where the terminal does not know.

    Asks the kernel, which has it from the terminal, over SSH as well; no escape sequence is sent.

    Args:
        fileno: A file descriptor of the terminal.

    Source: ioctl_tty(2), TIOCGWINSZ; tmux 3.5a and sshd fill the pixel fields in.
    """
    try:
        import fcntl
        import termios

        packed = fcntl.ioctl(fileno, termios.TIOCGWINSZ, bytes(8))
    except (ImportError, OSError, ValueError):
        return None
    lines, columns, width, height = struct.unpack("HHHH", packed)
    if not (lines and columns) or width < columns or height < lines:
        return None
    return width // columns, height // lines


def fit(
    picture_px: tuple[int, int], columns: int, lines: int, cell_px: tuple[int, int] = DEFAULT_CELL
) -> Box:
    """The largest box in the middle of `columns` × `lines` cells that keeps the picture's proportions.

    Args:
        picture_px: Width and height of the picture.
        columns: Cells across, at least 1.
        lines: Cells down, at least 1.
        cell_px: Width and height of a cell; only their proportion counts.
    """
    width, height = (max(1, side) for side in picture_px)
    cell_width, cell_height = cell_px
    scale = min(columns * cell_width / width, lines * cell_height / height)
    across = min(columns, max(1, round(width * scale / cell_width)))
    down = min(lines, max(1, round(height * scale / cell_height)))
    return Box((columns - across) // 2, (lines - down) // 2, across, down)
