"""Processor time of the program while a server is connected and nothing happens (Linux)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks import homes
from benchmarks.figures import Figure
from benchmarks.pty_program import PtyProgram
from benchmarks.servers import demo_server

if TYPE_CHECKING:
    from benchmarks.__main__ import Options

SETTLE_S = 6.0
WATCH_S = 30.0
BOUND_PERCENT = 1.0


def measure(options: Options) -> list[Figure]:
    """One process, watched for half a minute; more runs would tell no more."""
    del options
    with (
        demo_server() as server,
        homes.home(server.url) as folder,
        PtyProgram(homes.command(), homes.environ(folder), size=(160, 48)) as program,
    ):
        program.until(homes.NEWEST.encode())
        program.rest(SETTLE_S)
        before, started = program.cpu_seconds(), time.perf_counter()
        program.rest(WATCH_S)
        percent = 100 * (program.cpu_seconds() - before) / (time.perf_counter() - started)
    return [
        Figure(
            "processor while idle and connected",
            percent,
            None,
            "% of a core",
            f"less than {BOUND_PERCENT:g} %",
            percent < BOUND_PERCENT,
            f"over {WATCH_S:g} s",
        )
    ]
