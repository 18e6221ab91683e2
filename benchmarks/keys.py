"""Key press → repaint while previews arrive eight times a second, beside the same at rest."""

from __future__ import annotations

import itertools
import random
import time
from typing import TYPE_CHECKING

from benchmarks import homes
from benchmarks.figures import Figure, median, p95, spread
from benchmarks.pty_program import PtyProgram
from benchmarks.servers import demo_server

if TYPE_CHECKING:
    from benchmarks.__main__ import Options

SIZE = (160, 48)
LETTERS = "QWXZVY"
"""Letters that no escape sequence of a repaint ends with, and no label shows."""

BOUND_MS = 10.0
PREVIEWS_A_SECOND = 8
PAUSE_S = 0.03
"""Silence that ends a repaint."""

LEAST_BLOCKS = 200
"""Half blocks in a repaint of the picture, at least; thumbnails have eight each."""

FORM = {"width": 512, "height": 512, "steps": 4000}


def _press(program: PtyProgram, letter: str) -> float:
    """Milliseconds from a key to the bytes that show it."""
    program.rest(random.uniform(0.06, 0.14))  # noqa: S311 - not in step with the previews
    pressed = program.press(letter.encode())
    return 1000 * (program.until(letter.encode()) - pressed)


def presses(program: PtyProgram, count: int) -> list[float]:
    """Milliseconds from key to repaint, of so many keys."""
    letters = itertools.cycle(LETTERS)
    return [_press(program, next(letters)) for _ in range(count)]


def _previews_seen(program: PtyProgram, seconds: float) -> float:
    """Repaints of the picture a second: bursts of upper half blocks, with colours between each two."""
    seen = blocks = 0
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        piece = program.read(min(left, PAUSE_S))
        blocks += piece.count("▀".encode())
        if not piece:
            seen += blocks > LEAST_BLOCKS
            blocks = 0
    program.forget()
    return seen / seconds


def measure(options: Options) -> list[Figure]:
    """At rest first, then with a running generation, in one process."""
    count = max(100, options.runs * 5)
    with (
        demo_server() as server,
        homes.home(server.url, form=FORM) as folder,
        PtyProgram(homes.command(), homes.environ(folder), size=SIZE) as program,
    ):
        program.until(homes.DRAFT.encode(), homes.NEWEST.encode())
        program.rest(3)
        idle = presses(program, count)
        server.fault("slow_step", seconds=1 / PREVIEWS_A_SECOND, count=-1)
        program.press(b"\x07")  # ctrl+g
        program.rest(3)
        rate = _previews_seen(program, 4)
        busy = presses(program, count)
    bound = max(2 * p95(idle), BOUND_MS)
    return [
        Figure(
            f"key → repaint, p95, with previews at {PREVIEWS_A_SECOND}/s",
            p95(busy),
            p95(idle),
            "ms",
            f"at most max(2× idle, {BOUND_MS:g} ms) = {bound:.1f} ms",
            p95(busy) <= bound,
            f"medians {median(busy):.1f} and {median(idle):.1f}; busy {spread(busy)}; idle {spread(idle)};"
            f" about {rate:.1f} repaints of the picture a second",
        )
    ]
