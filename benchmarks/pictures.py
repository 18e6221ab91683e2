"""Bytes, time and error of each way to draw the reference picture, next to textual-image's own.

Medians in 40 × 20 and 100 × 50 cells of 10 × 20 pixels; and the longest time another thread had to wait
meanwhile, which is what a key would feel. The error is the mean difference of a channel, of 255, between the
picture and what the tests' decoders make of the sequences.
"""

from __future__ import annotations

import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from textual_image.renderable.halfcell import Image as TheirHalf
from textual_image.renderable.sixel import Image as TheirSixel

from benchmarks.figures import Figure
from darkroom.app.widgets.picture.prepare import Request, prepare
from darkroom.terminal import halfcells, kitty, sixel
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol
from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.__main__ import Options

ORCHARD = Path(__file__).parents[1] / "tests" / "data" / "pictures" / "orchard.jpg"
CELL = (10, 20)
BOXES = ((40, 20), (100, 50))

KITTY_SHARE = 0.27
"""Most bytes of a final picture for kitty, as a share of textual-image's."""

LIVE_MS, WAIT_MS = 120.0, 10.0
"""Most time that a sixel frame of a live preview may take, and that it may keep another thread waiting."""

_THEIR_KITTY = """
import sys
from PIL import Image
from rich.console import Console
from textual_image.renderable.tgp import Image as Their
Console(force_terminal=True, color_system="truecolor", width=200, height=100).print(
    Their(Image.open(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
"""


@dataclass(frozen=True)
class Row:
    """One way to draw. The bytes are 0 where Textual makes them, the times where another process does."""

    name: str
    ms: float
    size: int
    wait_ms: float
    error: float | None = None


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


def their_kitty(picture: Image.Image, box: tuple[int, int], folder: Path) -> bytes:
    """What textual-image writes for kitty; it writes to the real stdout, so in a process of its own."""
    path = folder / "picture.png"
    picture.save(path)
    command = [sys.executable, "-c", _THEIR_KITTY, str(path), str(box[0]), str(box[1])]
    return subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout


def chafa(picture: Image.Image, box: tuple[int, int], folder: Path) -> bytes:
    """What chafa writes as a sixel of that many cells; nothing where it is not installed."""
    if shutil.which("chafa") is None:
        return b""
    path = folder / "picture.png"
    picture.save(path)
    command = ["chafa", "--format=sixels", f"--size={box[0]}x{box[1]}", "--font-ratio=1/2", str(path)]
    return subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout


def error_of(picture: Image.Image, data: bytes) -> float | None:
    """Of what a sequence shows; `None` when it is neither kitty's nor a sixel."""
    text = data.decode("utf-8", "replace")
    if "\x1b_G" in text:
        (shown,) = decoders.kitty(text).pictures.values()
        return decoders.mean_error(picture, shown.resize(picture.size, Image.Resampling.BILINEAR))
    if "\x1bP" in text:
        (shown,) = decoders.sixels(text)
        return decoders.mean_error(picture.crop((0, 0, picture.width, shown.height)), shown)
    return None


def frame(data: bytes, protocol: Protocol, box: tuple[int, int], level: Level) -> bytes:
    """A frame of a live preview, from its JPEG to what is painted and sent."""
    return prepare(Request(data, "live", True, protocol, *box, CELL, number=1, level=level)).payload.encode()


def _kitty(picture: Image.Image, box: tuple[int, int], level: Level) -> bytes:
    return "".join(kitty.transmit(kitty.encode(picture, picture.size, level), 1, *box)).encode()


def _sixel(picture: Image.Image, level: Level) -> bytes:
    return sixel.encode(picture, picture.size, level=level).encode()


def _half(picture: Image.Image, box: tuple[int, int], level: Level) -> bytes:
    return halfcells.ansi(halfcells.rows(picture, *box, step=halfcells.STEPS[level])).encode()


def ways(box: tuple[int, int], picture: Image.Image, data: bytes) -> dict[str, Callable[[], bytes]]:
    """Name and work of each way; what it returns is what goes to the terminal."""
    found: dict[str, Callable[[], bytes]] = {}
    for level in Level:
        name = level.name.lower()
        found[f"kitty, {name}"] = partial(_kitty, picture, box, level)
        found[f"sixel, {name}"] = partial(_sixel, picture, level)
        found[f"half blocks, {name}"] = partial(_half, picture, box, level)
        for protocol in (Protocol.KITTY, Protocol.SIXEL, Protocol.HALF):
            found[f"live frame, {protocol}, {name}"] = partial(frame, data, protocol, box, level)
    found["textual-image half cells"] = lambda: printed(TheirHalf(picture, *box), box)
    found["textual-image sixel"] = lambda: printed(TheirSixel(picture, *box), box)
    return dict(sorted(found.items()))


def rows(box: tuple[int, int], source: Image.Image, data: bytes, runs: int, folder: Path) -> dict[str, Row]:
    """The figures of all ways in one box, by name."""
    size = box[0] * CELL[0], box[1] * CELL[1]
    picture = source.resize(size, Image.Resampling.LANCZOS)
    found = {}
    for name, work in ways(box, picture, data).items():
        written = work()
        error = None if name.startswith("live") else error_of(picture, written)
        found[name] = Row(name, median_ms(work, runs), len(written), longest_wait_ms(work, 5), error)
    for name, written in (
        ("textual-image kitty", their_kitty(picture, box, folder)),
        ("chafa sixel", chafa(picture, box, folder)),
    ):
        if written:
            found[name] = Row(name, 0.0, len(written), 0.0)
    return found


def show_rows(box: tuple[int, int], found: dict[str, Row], runs: int) -> None:
    """Prints milliseconds, kilobytes, error and waits of each way."""
    print(f"\n{box[0]} × {box[1]} cells, {box[0] * CELL[0]} × {box[1] * CELL[1]} px, median of {runs}")
    print(f"{'':28}{'ms':>8}{'kB':>9}{'error':>8}{'others wait, ms':>18}")
    for row in found.values():
        error = "" if row.error is None else f"{row.error:.2f}"
        print(f"{row.name:28}{row.ms:8.1f}{row.size / 1000:9.1f}{error:>8}{row.wait_ms:18.1f}")


def judged(found: dict[str, Row]) -> list[Figure]:
    """The figures of the smaller box that have a bound."""
    ours, theirs = found["kitty, palette"].size, found["textual-image kitty"].size
    figures = [
        Figure(
            "a final picture for kitty, 400 × 400",
            *(
                ours / 1000,
                theirs / 1000,
                "kB",
                f"≤ {KITTY_SHARE} × textual-image's",
                ours <= KITTY_SHARE * theirs,
            ),
        )
    ]
    mine, their = found["sixel, palette"], found["textual-image sixel"]
    figures.append(
        Figure(
            "a final picture in sixels, 400 × 400",
            *(mine.size / 1000, their.size / 1000, "kB", "≤ textual-image's", mine.size <= their.size),
        )
    )
    if mine.error is not None and their.error is not None:
        figures.append(
            Figure("its error", mine.error, their.error, "", "≤ textual-image's", mine.error <= their.error)
        )
    live = found["live frame, sixel, palette"]
    figures.append(
        Figure("a live frame in sixels", live.ms, None, "ms", f"≤ {LIVE_MS:g} ms", live.ms <= LIVE_MS)
    )
    worst = max((row for name, row in found.items() if name.startswith("live")), key=lambda row: row.wait_ms)
    figures.append(
        Figure(
            "what a live frame keeps others waiting, at most",
            *(worst.wait_ms, None, "ms", f"≤ {WAIT_MS:g} ms", worst.wait_ms <= WAIT_MS, worst.name),
        )
    )
    return figures


def measure(options: Options) -> list[Figure]:
    """Prints a table, and judges what has a bound."""
    with Image.open(ORCHARD) as image:
        source = image.convert("RGB")
    data = io.BytesIO()
    source.resize((512, 512), Image.Resampling.LANCZOS).save(data, "JPEG", quality=90)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as scratch:
        for box in BOXES:
            found = rows(box, source, data.getvalue(), options.runs, Path(scratch))
            show_rows(box, found, options.runs)
            figures = figures or judged(found)
    return figures
