"""Process start → prompt and newest history entry on the screen, beside a minimal Textual app."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import homes, minimal_app
from benchmarks.figures import Figure, median, spread
from benchmarks.pty_program import PtyProgram
from benchmarks.servers import demo_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.__main__ import Options

STORED = 10_000
BOUND = 1.5
SIZE = (160, 48)


def _first_paint(command: Sequence[str], environ: Mapping[str, str], *markers: str) -> float:
    with PtyProgram(command, environ, size=SIZE) as program:
        return 1000 * (program.until(*(marker.encode() for marker in markers)) - program.started)


def measure(options: Options) -> list[Figure]:
    """In turn, one start of each; one of each before that is not counted."""
    ours: list[float] = []
    floor: list[float] = []
    # -P: else its own folder comes first, where `queue` is another module than Python's.
    minimal = [sys.executable, "-P", str(Path(minimal_app.__file__))]
    with demo_server() as server, homes.home(server.url, stored=STORED) as folder:
        environ = homes.environ(folder)
        for _ in range(options.runs + 1):
            floor.append(_first_paint(minimal, environ, "minimal-app-ready"))
            ours.append(_first_paint(homes.command(), environ, homes.DRAFT, homes.NEWEST))
    ours, floor = ours[1:], floor[1:]
    ratio = median(ours) / median(floor)
    return [
        Figure(
            f"start → prompt and newest picture shown, {STORED:,} stored",
            median(ours),
            median(floor),
            "ms",
            f"at most {BOUND}× the first paint of a minimal Textual app: {ratio:.2f}×",
            ratio <= BOUND,
            f"ours {spread(ours)}; minimal {spread(floor)}",
        )
    ]
