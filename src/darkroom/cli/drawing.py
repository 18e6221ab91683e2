"""Draws a picture between the lines of a terminal, for `--show`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.domain.errors import DamagedPicture
from darkroom.images.decode import decode
from darkroom.terminal import halfcells, kitty, sixel
from darkroom.terminal.cells import DEFAULT_CELL, cell_size, fit
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol, choose

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from darkroom.terminal.cells import Box

MAX_COLUMNS, MAX_LINES = 80, 30


def draw(path: Path, setting: str) -> None:
    """Draws the picture at `path` on the terminal behind stderr; stdout stays data. Blocking.

    Args:
        path: The kept picture.
        setting: The setting `images`.
    """
    if not sys.stderr.isatty():
        output.say("--show: there is no terminal to draw on")
        return
    choice = choose(setting, os.environ)
    if choice.protocol is Protocol.NONE:
        output.say(f"--show: pictures are off: {choice.reason}")
        return
    size = os.get_terminal_size(sys.stderr.fileno())
    cell = cell_size(sys.stderr.fileno()) or DEFAULT_CELL
    columns, lines = min(size.columns or 80, MAX_COLUMNS), min((size.lines or 24) - 2, MAX_LINES)
    try:
        image = decode(path, (columns * cell[0], lines * cell[1]))
    except DamagedPicture as error:
        output.say(f"--show: {error.title}")
        return
    box = fit(image.size, columns, lines, cell)
    sys.stderr.write(_encode(image, box, cell, choice.protocol, tmux=choice.tmux))
    sys.stderr.flush()


def _encode(image: Image, box: Box, cell: tuple[int, int], protocol: Protocol, *, tmux: bool) -> str:
    size_px = box.columns * cell[0], box.lines * cell[1]
    if protocol is Protocol.SIXEL:
        return sixel.encode(image, size_px) + "\n"
    if protocol is Protocol.KITTY:
        # The picture outlives this process in the terminal; two runs seldom have the same number.
        number = os.getpid() % 255 + 1
        colour = f"\x1b[38;5;{kitty.colour(number)}m"
        rows = [kitty.placeholder_row(number, row, 0, box.columns) for row in range(box.lines)]
        sent = kitty.transmit(
            kitty.encode(image, size_px, Level.PALETTE), number, box.columns, box.lines, tmux=tmux
        )
        return "".join(sent) + "".join(f"{colour}{row}\x1b[39m\n" for row in rows)
    return halfcells.ansi(halfcells.rows(image, box.columns, box.lines))
