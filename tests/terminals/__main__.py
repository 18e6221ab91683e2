"""`python -m tests.terminals`: the program in real terminals, and a table of what was seen."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.terminals import kit, report
from tests.terminals.matrix import Matrix, Result
from tests.terminals.ways import TERMINALS, WAYS, Case

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = kit.ROOT / "build" / "terminals"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options in `argv`. Exits with code 2 on wrong usage."""
    ways = [way.name for way in WAYS]
    parser = argparse.ArgumentParser(prog="make test-terminals", description=__doc__)
    parser.add_argument("--terminals", nargs="+", choices=TERMINALS, default=TERMINALS)
    parser.add_argument("--ways", nargs="+", choices=ways, default=ways)
    parser.add_argument("--images", default="auto", help="the setting `images` of the program")
    parser.add_argument("--jobs", type=int, default=2, help="terminals at a time (default: %(default)s)")
    parser.add_argument("--patience", type=float, default=1.0, help="times as long as usual for each step")
    parser.add_argument("--once", action="store_true", help="do not try what is wrong again with more time")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for screenshots (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put what was seen into docs/terminals.md")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Runs what was chosen; 0 when all was right, or when there is no kit."""
    chosen = parse(argv)
    script, why_not = kit.find(os.environ)
    if script is None:
        report.say(f"Skipped: {why_not}.")
        return 0
    ways = [way for way in WAYS if way.name in chosen.ways]
    cases = [Case(terminal, way, chosen.images) for terminal in chosen.terminals for way in ways]
    shutil.rmtree(chosen.folder, ignore_errors=True)
    chosen.folder.mkdir(parents=True)
    begun = time.monotonic()

    def tell(result: Result) -> None:
        report.say(f"{time.monotonic() - begun:5.0f} s  {report.line(result)}")

    matrix = Matrix(script, chosen.folder, chosen.patience, chosen.jobs, chosen.once, tell)
    results = matrix.run([case for case in cases if case.possible()])
    report.keep_failures(results, chosen.folder)
    report.say(report.table(results))
    report.say(report.summary(results, chosen.folder))
    if chosen.write:
        report.write(results)
    return 0 if all(result.right for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
