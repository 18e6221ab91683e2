"""Live previews at 8 a second for 5 s over lines of three speeds, beside textual-image's own widgets.

The reference picture moves, 512 × 512 pixels in 40 × 20 cells of 10 × 20 pixels, in the scripted terminal of
the tests. Counted are the frames that were seen whole, the time from a key to its letter on the screen, and
the time from the key that quits to the end.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import moving
from benchmarks.figures import Figure, median
from benchmarks.watching import WANTED, Watched, watch

if TYPE_CHECKING:
    from benchmarks.__main__ import Options
    from benchmarks.moving import Frames


@dataclass(frozen=True)
class Line:
    """A line to the terminal.

    Attributes:
        name: For people.
        rate: Bytes a second; `None` for no limit.
        ssh: Whether it takes all that is written at once.
        latency_s: Until an answer of the terminal is back.
    """

    name: str
    rate: float | None
    ssh: bool = False
    latency_s: float = 0.0


LOCAL, FAST, SLOW = Line("local", None), Line("10 Mbit/s", 1_250_000), Line("1 Mbit/s", 125_000)
SSH = Line("1 Mbit/s by ssh, 20 ms", 125_000, ssh=True, latency_s=0.02)

BOUNDS: dict[str, dict[Line, tuple[int, float]]] = {
    "kitty": {LOCAL: (38, 10), FAST: (34, 80), SLOW: (16, 130)},
    "half": {LOCAL: (38, 10), FAST: (34, 80), SLOW: (18, 350)},
    "sixel": {LOCAL: (26, 10), FAST: (18, 300), SLOW: (4, 1000)},
}
"""Frames of `WANTED` at least, and milliseconds from a key to its letter at most, in the median."""

EXIT_S = {"kitty": 0.3, "half": 0.3, "sixel": 1.0}

REPORTED = (SSH,)
"""Lines that the program alone is measured on: over ssh nothing that is written waits, whoever writes it."""


def measure(options: Options) -> list[Figure]:
    """One run of each side on each line: each is forty frames and two dozen keys long."""
    figures: list[Figure] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        moving.write(folder)
        frames = moving.Frames()
        for protocol, lines in BOUNDS.items():
            for line, bound in lines.items():
                figures += _figures(protocol, line, bound, folder, frames)
            figures += _figures(protocol, SSH, lines[SLOW], folder, frames)
        _print_chafa(options.runs)
    return figures


def _figures(
    protocol: str, line: Line, bound: tuple[int, float], folder: Path, frames: Frames
) -> list[Figure]:
    def run(side: str) -> Watched:
        return watch(side, protocol, folder, frames, rate=line.rate, ssh=line.ssh, latency_s=line.latency_s)

    ours = run("ours")
    theirs = run("textual-image") if line not in REPORTED else None
    where = f"{protocol}, {line.name}"
    key = median(ours.keys_ms)
    exit_s = EXIT_S[protocol]
    return [
        Figure(
            f"{where}: frames of {WANTED} seen",
            ours.frames,
            theirs.frames if theirs else None,
            "",
            f"at least {bound[0]}",
            ours.frames >= bound[0],
            _carried(ours) + (f"; theirs {_carried(theirs)}" if theirs else ""),
        ),
        Figure(
            f"{where}: key → its letter seen",
            key,
            _shown(median(theirs.keys_ms)) if theirs else None,
            "ms",
            f"at most {bound[1]:g} ms",
            key <= bound[1],
            f"the longest {_words(max(ours.keys_ms), 'ms')}"
            + (f", theirs {_words(max(theirs.keys_ms), 'ms')}" if theirs else ""),
        ),
        Figure(
            f"{where}: key → the end, while frames are sent",
            ours.exit_s,
            _shown(theirs.exit_s) if theirs else None,
            "s",
            f"at most {exit_s:g} s",
            ours.exit_s <= exit_s,
            f"theirs {_words(theirs.exit_s, 's')}" if theirs else "",
        ),
    ]


def _carried(seen: Watched) -> str:
    return f"{seen.kilobytes:,.0f} kB, {seen.off:.1f} off"


def _shown(value: float) -> float | None:
    """A yardstick that never came has no ratio."""
    return value if isfinite(value) else None


def _words(value: float, unit: str) -> str:
    return "never" if value == inf else f"{value:,.1f} {unit}"


def _print_chafa(runs: int) -> None:
    """Prints what chafa needs for one picture, where it is installed."""
    chafa = shutil.which("chafa")
    if chafa is None:
        print("chafa: not installed")
        return
    print(f"chafa, a still picture in 40 × 20 cells, median of {runs}:")
    for way in ("kitty", "sixels", "symbols"):
        command = [chafa, "-f", way, "-s", "40x20", "--font-ratio", "1/2", "--animate", "off"]
        if way == "symbols":
            command += ["--symbols", "vhalf", "-c", "full"]
        times, written = [], b""
        for _ in range(runs):
            began = time.perf_counter()
            done = subprocess.run([*command, str(moving.PICTURE)], capture_output=True, check=True)
            times.append(1000 * (time.perf_counter() - began))
            written = done.stdout
        print(f"  {way:8} {median(times):7.1f} ms {len(written) / 1000:8.1f} kB")
