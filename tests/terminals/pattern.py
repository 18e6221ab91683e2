"""A frame in the outermost cells, so that a screenshot tells where cells are: `python pattern.py FILE`.

`FILE` gets what the terminal says of its size.
"""

from __future__ import annotations

import fcntl
import signal
import struct
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

MAGENTA = "\x1b[48;5;201m"
"""A colour of the 6×6×6 cube, (255, 0, 255) in all terminals."""


def draw(*_signal: int | FrameType | None) -> None:
    """Paints the frame, and writes down columns, lines, width and height in pixels."""
    said = fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8))
    lines, columns, width, height = struct.unpack("HHHH", said)
    edge = MAGENTA + " " * columns
    sides = [f"\x1b[{line};1H \x1b[{line};{columns}H " for line in range(2, lines)]
    sys.stdout.write(f"\x1b[0m\x1b[2J\x1b[?25l\x1b[1;1H{edge}{''.join(sides)}\x1b[{lines};1H{edge}\x1b[0m")
    sys.stdout.flush()
    Path(sys.argv[1]).write_text(f"{columns} {lines} {width} {height}", encoding="ascii")


if __name__ == "__main__":
    signal.signal(signal.SIGWINCH, draw)
    sys.stdout.write("\x1b[?1049h")
    draw()
    while True:
        signal.pause()
