"""`make torture`: many rounds, and what became of them.

SEED is the first seed, ROUNDS how many follow; ARGS=--help tells the other options.
Full disks need a file system of their own, and so mount namespaces; frozen Darkrooms need a minute each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.backends import available
from tests.store.test_faults import has_namespaces
from tests.torture.faces import ROOT
from tests.torture.played import Played, line, summary
from tests.torture.playing import play
from tests.torture.scenario import COMMON, Trouble, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.torture.scenario import Scenario

DISK_MB = 24


def scenario_of(seed: int, services: Sequence[str], trouble: str) -> Scenario:
    """The round of a seed; every tenth freezes, every twentieth fills a disk, where that can be."""
    if trouble:
        return draw(seed, services, (Trouble(trouble),))
    if seed % 20 == 7 and has_namespaces():
        return draw(seed, services, (Trouble.FULL,))
    if seed % 10 == 3:
        return draw(seed, services, (*COMMON, Trouble.FREEZE))
    return draw(seed, services)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--seed", type=int, default=0, help="0: a random one")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--service", action="append", default=[], choices=[*available()])
    parser.add_argument("--trouble", default="", choices=["", *Trouble])
    parser.add_argument("--keep", action="store_true", help="leave the folders of failing rounds")
    options = parser.parse_args()
    first = options.seed or random.SystemRandom().randrange(1, 1_000_000)
    scenarios = [
        scenario_of(seed, options.service, options.trouble) for seed in range(first, first + options.rounds)
    ]
    played = asyncio.run(_all(scenarios, options.at_once, _drawn_with(options), keep=options.keep))
    print(summary(played))  # noqa: T201
    return any(one.wrong for one in played)


def _drawn_with(options: argparse.Namespace) -> str:
    words = [f"--service {service}" for service in options.service]
    return " ".join([*words, *([f'--trouble "{options.trouble}"'] if options.trouble else [])])


async def _all(scenarios: Sequence[Scenario], at_once: int, options: str, *, keep: bool) -> list[Played]:
    room = asyncio.Semaphore(at_once)

    async def one(scenario: Scenario) -> Played:
        async with room:
            folder = Path(tempfile.mkdtemp(prefix=f"darkroom-torture-{scenario.seed}-"))
            if Trouble.FULL in scenario.troubles:
                played = await asyncio.to_thread(_on_small_disk, scenario, folder)
            else:
                played = await play(scenario, folder)
            print(line(played, options), flush=True)  # noqa: T201
            if not (played.wrong and keep):
                shutil.rmtree(folder, ignore_errors=True)
            else:
                print(f"    {folder}")  # noqa: T201
            return played

    return await asyncio.gather(*map(one, scenarios))


def _on_small_disk(scenario: Scenario, folder: Path) -> Played:
    """The round in a process of its own, which has a small disk for itself."""
    troubles = [*scenario.troubles]
    done = subprocess.run(
        [
            *("unshare", "-rm", sys.executable, "-m", "tests.torture.small_disk", str(DISK_MB), str(folder)),
            *(str(scenario.seed), scenario.service, ",".join(dict.fromkeys(troubles))),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Played(scenario, wrong=[f"the round broke off: {done.stderr[-2000:]}"])
    return Played.of(scenario, json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
