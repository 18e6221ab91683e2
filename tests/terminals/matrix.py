"""Runs the cases, several at once, and has their screenshots judged."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.terminals import grid, home, kit
from tests.terminals.layout import places
from tests.terminals.script import (
    BEFORE_SECOND,
    BEFORE_SUSPENDING,
    COLUMNS,
    LINES,
    MADE,
    Sees,
    Step,
    kit_steps,
    script,
)
from tests.terminals.second import Second
from tests.terminals.verdict import Shot, Verdict, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.terminals.grid import Grid
    from tests.terminals.layout import Place, View
    from tests.terminals.ways import Case

SHELL = Path(__file__).with_name("shell.bash")

IDLE_EXIT_S = "120"
"""A demo server that is left behind ends after so long."""


@dataclass(slots=True)
class Result:
    """What became of one case.

    Attributes:
        case: Which.
        verdicts: One a step; none when it did not run to its end.
        trouble: Why it did not, or "".
        slow: It was right only when it was given more time.
    """

    case: Case
    verdicts: list[Verdict] = field(default_factory=list)
    trouble: str = ""
    slow: bool = False

    @property
    def right(self) -> bool:
        """Whether all steps were right."""
        return not self.trouble and not any(verdict.faults for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Matrix:
    """What all cases share.

    Attributes:
        kit: The kit's `shot.sh`.
        folder: Where everything goes.
        patience: How many times longer than usual everything may take.
        jobs: Cases at a time.
        once: What is wrong is not tried again with more time.
        tell: Called with each result.
    """

    kit: Path
    folder: Path
    patience: float
    jobs: int
    once: bool
    tell: Callable[[Result], None]

    @property
    def template(self) -> Path:
        """The home that each case gets a copy of."""
        return self.folder / "home"

    def run(self, cases: Sequence[Case]) -> list[Result]:
        """The results, in the order of the cases."""
        home.fill(self.template)
        views = {step.view for case in cases for step in script(case, 1)}
        shutil.copytree(self.template, self.folder / "layout")
        where = asyncio.run(places(self.folder / "layout", views))
        with ThreadPoolExecutor(self.jobs) as pool:
            terminals = sorted({case.terminal for case in cases})
            grids = dict(zip(terminals, pool.map(self._measure, terminals), strict=True))
            return list(pool.map(lambda case: self._case(case, grids[case.terminal], where), cases))

    def _measure(self, terminal: str) -> Grid:
        folder = self.folder / f"grid-{terminal}"
        return grid.measure(self.kit, terminal, folder, os.environ, wait_s=0.6 * self.patience)

    def _case(self, case: Case, cells: Grid, where: dict[View, Place]) -> Result:
        """One case; where it is not right it is tried once more, with more time."""
        result = self._attempt(case, cells, where, self.patience, self.folder / case.name)
        if not result.right and not self.once:
            again = self._attempt(case, cells, where, self.patience * 2, self.folder / f"{case.name}-again")
            if again.right:
                again.slow = True
                result = again
        self.tell(result)
        return result

    def _attempt(
        self, case: Case, cells: Grid, where: dict[View, Place], patience: float, folder: Path
    ) -> Result:
        steps = script(case, patience)
        with home.copied(self.template, folder / "home", patience) as own:
            try:
                finished = self._drive(case, steps, patience, folder)
            except kit.KitError as error:
                return Result(case, trouble=str(error))
        made = home.newest(own)
        verdicts = []
        for step in steps:
            picture = made if step.picture == MADE else home.picture(step.picture)
            with Image.open(folder / step.file) as shot:
                seen = Shot(shot.convert("RGB"), cells, where[step.view])
            verdicts.append(judged(case, step, seen, picture, finished=step.name in finished))
        return Result(case, verdicts)

    def _drive(self, case: Case, steps: list[Step], patience: float, folder: Path) -> set[str]:
        """Runs one case; the steps after which the picture was finished."""
        pid, own = folder / "pid", folder / "home"
        named = {step.shot: step for step in steps if not step.second}
        second = Second(self.kit, case.terminal, folder, patience)
        finished = set()

        def seen(file: str) -> None:
            step = named[file]
            if step.sees is Sees.PREVIEW and home.newest(own) is not None:
                finished.add(step.name)
            if step.name == BEFORE_SECOND:
                second.attach(step for step in steps if step.second)
            if step.name == BEFORE_SUSPENDING:
                # The terminal is raw while the program has it, so that no key stops it.
                with suppress(OSError, ValueError):
                    os.kill(int(pid.read_text("ascii")), signal.SIGTSTP)

        kit.run(
            self.kit,
            case.terminal,
            [*case.way.options(), "--size", f"{COLUMNS}x{LINES}"],
            steps=kit_steps(steps, patience),
            folder=folder,
            command=["bash", "--noprofile", "--rcfile", str(SHELL), "-i"],
            environ={
                **os.environ,
                "DARKROOM_HOME": str(own),
                "DARKROOM_IMAGES": case.images,
                "DARKROOM_DEMO_IDLE_EXIT_S": IDLE_EXIT_S,
                "WATCHED_PYTHON": sys.executable,
                "WATCHED_PID": str(pid),
                "WATCHED_TMUX": str(folder / "tmux"),
            },
            seen=seen,
        )
        second.end()
        return finished
