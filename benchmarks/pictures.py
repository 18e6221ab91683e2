"""Time and bytes of each way to draw the reference picture, next to textual-image's own.

Medians in 40 × 20 and 100 × 50 cells of 10 × 20 pixels; and the longest time another
thread had to wait meanwhile, which is what a key would feel.
"""

from __future__ import annotations

import io
import statistics
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from textual_image.renderable.halfcell import Image as TheirHalf
from textual_image.renderable.sixel import Image as TheirSixel

from darkroom.app.widgets.picture.prepare import Prepared, Request, prepare
from darkroom.app.widgets.picture.strips import half_strips
from darkroom.terminal import halfcells, kitty, sixel
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.__main__ import Options
    from benchmarks.figures import Figure

HARBOUR = Path(__file__).parents[1] / "tests" / "data" / "pictures" / "harbour.png"
CELL = (10, 20)
BOXES = ((40, 20), (100, 50))


def median_ms(work: Callable[[], object], runs: int) -> float:
    """Median time of `runs` runs after one to warm up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def longest_wait_ms(work: Callable[[], object], runs: int) -> float:
    """How late a thread that wants to run every millisecond is at most, in the median of `runs` runs."""
    waits = []
    for _ in range(runs):
        thread = threading.Thread(target=work)
        thread.start()
        longest, last = 0.0, time.perf_counter()
        while thread.is_alive():
            time.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.001), now
        waits.append(longest)
    return statistics.median(waits) * 1000


def printed(renderable: object, box: tuple[int, int]) -> bytes:
    """What Rich writes for a renderable."""
    out = io.StringIO()
    Console(file=out, force_terminal=True, color_system="truecolor", width=box[0], height=box[1]).print(
        renderable
    )
    return out.getvalue().encode()


def live(frame: bytes, protocol: Protocol, box: tuple[int, int]) -> Prepared:
    """A frame of a live preview, from its JPEG to what is painted."""
    return prepare(Request(frame, "live", True, protocol, *box, CELL, number=1))


def ways(box: tuple[int, int], source: Image.Image, frame: bytes) -> dict[str, Callable[[], bytes | None]]:
    """Name and work of each way; what it returns is what goes to the terminal."""
    columns, lines = box
    size = columns * CELL[0], lines * CELL[1]
    picture = source.resize(size, Image.Resampling.LANCZOS)

    def strips() -> None:
        half_strips(halfcells.rows(picture, columns, lines))

    return {
        "half blocks, text": lambda: halfcells.ansi(halfcells.rows(picture, columns, lines)).encode(),
        "half blocks, strips": strips,
        **{f"kitty, {level.name.lower()}": partial(_kitty, picture, box, level) for level in Level},
        **{f"sixel, {level.name.lower()}": partial(_sixel, picture, size, level) for level in Level},
        "live frame, half blocks": lambda: live(frame, Protocol.HALF, box).payload.encode() or None,
        "live frame, kitty": lambda: live(frame, Protocol.KITTY, box).payload.encode(),
        "live frame, sixel": lambda: live(frame, Protocol.SIXEL, box).payload.encode(),
        "textual-image half cells": lambda: printed(TheirHalf(picture, columns, lines), box),
        "textual-image sixel": lambda: printed(TheirSixel(picture, columns, lines), box),
    }


def _kitty(picture: Image.Image, box: tuple[int, int], level: Level) -> bytes:
    size = box[0] * CELL[0], box[1] * CELL[1]
    return "".join(kitty.transmit(kitty.encode(picture, size, level), 1, *box)).encode()


def _sixel(picture: Image.Image, size: tuple[int, int], level: Level) -> bytes:
    return sixel.encode(picture, size, level=level).encode()


def measure(options: Options) -> list[Figure]:
    """Prints a table; there is no bound on these figures yet, so none is judged."""
    print_table(options.runs)
    return []


def print_table(runs: int) -> None:
    """Prints milliseconds, kilobytes and waits of each way, as medians of `runs` runs."""
    with Image.open(HARBOUR) as image:
        source = image.convert("RGB")
    data = io.BytesIO()
    source.resize((512, 512)).save(data, "JPEG", quality=90)
    for box in BOXES:
        print(f"\n{box[0]} × {box[1]} cells, {box[0] * CELL[0]} × {box[1] * CELL[1]} px, median of {runs}")
        print(f"{'':28}{'ms':>8}{'kB':>9}{'others wait, ms':>18}")
        for name, work in ways(box, source, data.getvalue()).items():
            written = work()
            kilobytes = f"{len(written) / 1000:.1f}" if written else ""
            print(f"{name:28}{median_ms(work, runs):8.1f}{kilobytes:>9}{longest_wait_ms(work, 5):18.1f}")
