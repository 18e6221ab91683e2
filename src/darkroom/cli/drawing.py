"""Draws pictures between the lines of a terminal: for `show`, and for `--show` of what was made."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from darkroom.cli import output
from darkroom.cli.strokes import Pen, Placed, ending, strokes
from darkroom.cli.tiling import arrange
from darkroom.domain.errors import DamagedPicture
from darkroom.domain.text import excerpt
from darkroom.terminal import kitty
from darkroom.terminal.ask_here import ask_terminal
from darkroom.terminal.cells import DEFAULT_CELL, cell_size, fit
from darkroom.terminal.decide import at_first, decide
from darkroom.terminal.levels import Level
from darkroom.terminal.probe import DEADLINE_S
from darkroom.terminal.protocol import Protocol
from darkroom.terminal.truecolor import is_truecolor, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from darkroom.cli.tiling import Grid

_PIECE = 4096
"""Bytes that are written at a time; between two of them it is looked whether to stop."""

_silent = threading.Event()
"""Set when the terminal did not answer: asked again for each picture, it would cost seconds each time."""


class Shown(NamedTuple):
    """A picture to draw.

    Attributes:
        source: Where its file is.
        caption: What stands below it when several are drawn; foreign text.
    """

    source: Path
    caption: str = ""


class Limits(NamedTuple):
    """The most cells that pictures may fill together; `None` is the terminal's size."""

    columns: int | None = None
    lines: int | None = None


class Spoiled(NamedTuple):
    """A picture that could not be drawn, and why."""

    source: Path
    error: DamagedPicture


class _Screen(NamedTuple):
    fileno: int
    columns: int
    lines: int
    pen: Pen


_WHOLE = Limits()


async def draw(
    stream: TextIO, setting: str, pictures: Sequence[Shown], limits: Limits = _WHOLE
) -> list[Spoiled]:
    """Draws pictures below what the terminal shows, several as a grid; when it is cancelled, half of them.

    Args:
        stream: Leads to a terminal; what was written to it before was flushed.
        setting: The setting `images`.
        pictures: What to draw; the first frame of what moves.
        limits: How large.

    Returns:
        The files that are no pictures, or damaged.
    """
    # The terminal is asked in the main thread: signals are held back only there.
    screen = _screen(stream.fileno(), setting, limits)
    if screen.pen.choice.protocol is Protocol.NONE:
        output.say(f"pictures are off: {screen.pen.choice.reason}")
        return []
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_draw, screen, pictures, stop.is_set)
    finally:
        stop.set()


def _draw(screen: _Screen, pictures: Sequence[Shown], stopped: Callable[[], bool]) -> list[Spoiled]:
    spoiled: list[Spoiled] = []
    sized = [(shown, size) for shown in pictures if (size := _size(shown, spoiled)) is not None]
    if not sized:
        return spoiled
    whole, captions = [shown for shown, _ in sized], len(pictures) > 1
    grid = arrange(
        [size for _, size in sized],
        screen.columns,
        screen.lines,
        screen.pen.cell_px,
        caption_lines=int(captions),
    )
    for start in range(0, len(whole), grid.across):
        row = _placed(
            whole[start : start + grid.across], grid, screen.pen.cell_px, spoiled, captions=captions
        )
        if row and not _send(screen, strokes(row, screen.pen), stopped):
            break
    return spoiled


def _size(shown: Shown, spoiled: list[Spoiled]) -> tuple[int, int] | None:
    from darkroom.images.decode import size_px  # it brings Pillow

    try:
        return size_px(shown.source)
    except DamagedPicture as error:
        spoiled.append(Spoiled(shown.source, error))
        return None


def _screen(fileno: int, setting: str, limits: Limits) -> _Screen:
    """How to draw on this terminal; asks it when the setting leaves that open."""
    environ = dict(os.environ)
    settle(environ)
    truecolor = is_truecolor(environ)
    if setting == "auto" and _is_here(fileno) and not _silent.is_set():
        began = time.monotonic()
        evidence = ask_terminal(environ=environ)
        if evidence.after_s is None and time.monotonic() - began >= DEADLINE_S:
            _silent.set()
        choice, cell_px = decide(setting, evidence), evidence.cell_px
    else:
        choice, cell_px = at_first(setting, environ, truecolor), None
    try:
        size = os.get_terminal_size(fileno)
    except OSError:
        size = os.terminal_size((0, 0))
    # A line stays for the prompt, so that all of the picture is seen above it.
    columns, lines = (min(count, kitty.MAX_CELLS) for count in (size.columns or 80, (size.lines or 24) - 1))
    lines = max(1, lines)
    far = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))
    pen = Pen(
        choice,
        cell_px or cell_size(fileno) or DEFAULT_CELL,
        truecolor=truecolor,
        level=Level.PALETTE if far else Level.FULL,
    )
    if choice.limit_px is not None and choice.protocol is Protocol.SIXEL:
        columns, lines = (
            min(columns, choice.limit_px // pen.cell_px[0]),
            min(lines, choice.limit_px // pen.cell_px[1]),
        )
    return _Screen(fileno, min(columns, limits.columns or columns), min(lines, limits.lines or lines), pen)


def _is_here(fileno: int) -> bool:
    """Whether this is the terminal that the process belongs to: no other one would be asked."""
    try:
        os.tcgetpgrp(fileno)
    except OSError:
        return False
    return True


def _placed(
    pictures: Sequence[Shown], grid: Grid, cell_px: tuple[int, int], spoiled: list[Spoiled], *, captions: bool
) -> list[Placed]:
    """The pictures of a row in their places; those that cannot be decoded leave none."""
    from darkroom.images.decode import decode  # it brings Pillow

    row: list[Placed] = []
    for shown in pictures:
        try:
            image = decode(shown.source, (grid.columns * cell_px[0], grid.lines * cell_px[1]))
        except DamagedPicture as error:
            spoiled.append(Spoiled(shown.source, error))
            continue
        box = fit(image.size, grid.columns, grid.lines, cell_px)
        caption = _clipped(shown.caption, grid.columns) if captions else ""
        row.append(Placed(image, grid.left(len(row)), box.columns, box.lines, caption))
    return row


def _clipped(text: str, columns: int) -> str:
    """The start of `text` on one line that is at most so many columns wide."""
    line = excerpt(text, columns)
    while output.columns(line) > columns:
        line = line.rstrip("…")[:-1] + "…"
    return line


def _send(screen: _Screen, pieces: Iterable[str], stopped: Callable[[], bool]) -> bool:
    """Writes; whether all was written. Stopped half-way it leaves a terminal that reads text as text."""
    for part in _parts(pieces):
        if stopped():
            _write(screen.fileno, ending(screen.pen.choice).encode())
            return False
        if not _write(screen.fileno, part):
            return False
    return True


def _parts(pieces: Iterable[str]) -> Iterator[bytes]:
    for piece in pieces:
        data = piece.encode()
        yield from (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def _write(fileno: int, data: bytes) -> bool:
    """Writes all of it past Python's buffer, which would send the rest of a picture after it was stopped."""
    while data:
        try:
            data = data[os.write(fileno, data) :]
        except BlockingIOError:  # another program made the terminal so
            select.select([], [fileno], [])
        except OSError:  # the terminal is gone
            return False
    return True
