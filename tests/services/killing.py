"""A program that is killed (-9) while it works on what it was asked for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.workflow import BUILT_IN
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.parameters import Values

ROOT = Path(__file__).parents[2]


async def killed_after(home: Path, target: str, jobs: Sequence[Values], seconds: float) -> list[str]:
    """Ids that the victim had been told were kept, when it was killed `seconds` after the first.

    Args:
        home: Its home.
        target: A profile of that home, or the address of a server.
        jobs: The values of each.
        seconds: 0 is as soon as the first was kept.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.killing", str(home), target, json.dumps([*jobs])),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    first = await process.stdout.readline()
    # The moment itself is what is tried here: whatever has happened by then.
    await asyncio.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    rest = await process.stdout.read()
    await process.wait()
    return [line.decode() for line in (first + rest).split()]


async def _victim(home: Path, target: str, jobs: Sequence[Values]) -> None:
    async with opened_core(home, takes_all=True) as core:
        session = await core.sessions.last()
        for values in jobs:
            summary = await core.generations.submit(session.id, target, BUILT_IN, values)
            sys.stdout.write(f"{summary.id}\n")
            sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_victim(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
