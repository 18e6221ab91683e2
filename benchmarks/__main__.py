"""`python -m benchmarks [NAME …] [--runs N] [--live SERVICE=URL …] [--strict]`: measures, prints figures."""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass

from benchmarks.figures import Figure, show
from darkroom.domain.service import SERVICES

NAMES = (
    "submit",
    "queue",
    "group",
    "startup",
    "unreachable",
    "keys",
    "idle",
    "search",
    "json_stall",
    "catalogs",
    "pictures",
    "previews",
    "gallery",
    "picture_start",
    "form",
)


@dataclass(frozen=True)
class Options:
    """What every benchmark is given.

    Attributes:
        runs: Counted runs of each side.
        live: Service and URL of real servers to measure on as well.
    """

    runs: int
    live: tuple[tuple[str, str], ...] = ()


def _server(text: str) -> tuple[str, str]:
    """Service and URL of `SERVICE=URL`."""
    service, _, url = text.partition("=")
    if service not in SERVICES or not url.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not SERVICE=URL")
    return service, url.rstrip("/")


def main() -> int:
    """Runs what was asked for; 0, or with `--strict` 1 when a figure is over its bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all by default")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--live",
        action="append",
        default=[],
        type=_server,
        metavar="SERVICE=URL",
        help=f"measure on this real server too; SERVICE is one of {', '.join(SERVICES)}; may be repeated",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a figure is over its bound")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    options = Options(given.runs, tuple(given.live))
    figures: list[Figure] = []
    for name in given.names or NAMES:
        print(f"\n{name}", flush=True)
        found = importlib.import_module(f"benchmarks.{name}").measure(options)
        show(found)
        figures += found
    over = [figure.name for figure in figures if not figure.holds]
    print(f"\n{len(figures)} figures, {len(over)} over their bound" + "".join(f"\n  {name}" for name in over))
    return 1 if over and given.strict else 0


if __name__ == "__main__":
    sys.exit(main())
