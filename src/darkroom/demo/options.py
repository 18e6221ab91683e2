"""What `python -m darkroom.demo` can be told."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_IDLE_EXIT_S = 1800.0
IDLE_EXIT_VARIABLE = "DARKROOM_DEMO_IDLE_EXIT_S"
"""Environment variable that replaces the default: a test's detached servers should not stay for long."""


@dataclass(frozen=True, slots=True)
class Options:
    """How one demo server runs."""

    home: Path
    """Folder of a Darkroom home; the server keeps everything in `home/demo`."""
    port: int = 0
    """Loopback port; 0 takes a free one and writes it to the state file."""
    idle_exit_s: float = DEFAULT_IDLE_EXIT_S
    """Seconds without a request, a socket or a job after which the server ends; 0 means never."""
    control: bool = False
    """Whether `POST /darkroom/control` may inject faults; for tests."""
    speed: float = 1.0
    """1 samples 20 steps of a 1024×1024 picture in about 2.5 s, 2 in half of that; 0 never waits."""
    previews: bool = True
    """Whether the sampler sends pictures while it works (`--preview-method auto`)."""
    forget: bool = False
    """Whether queue, history and temporary files of an earlier run are dropped, as ComfyUI does."""


def parse(argv: Sequence[str]) -> Options:
    """The options in `argv` (without the program's name). Exits with code 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="darkroom demo",
        description="A server that speaks ComfyUI's protocol and paints procedural pictures. It is no AI.",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--home", type=Path, required=True, help="folder that holds demo/ with its files")
    parser.add_argument(
        "--idle-exit-s",
        type=float,
        default=os.environ.get(IDLE_EXIT_VARIABLE, str(DEFAULT_IDLE_EXIT_S)),
        help="end after so many idle seconds; 0: never (default: %(default)s)",
    )
    parser.add_argument("--control", action="store_true", help="accept faults at /darkroom/control")
    parser.add_argument("--speed", type=float, default=1.0, help="pace of sampling; 0: as fast as possible")
    parser.add_argument("--preview-method", choices=("auto", "none"), default="auto", help="live previews")
    parser.add_argument("--forget", action="store_true", help="drop the queue and history of earlier runs")
    given = parser.parse_args(argv)
    return Options(
        home=given.home.expanduser().resolve(),
        port=given.port,
        idle_exit_s=given.idle_exit_s,
        control=given.control,
        speed=given.speed,
        previews=given.preview_method == "auto",
        forget=given.forget,
    )
