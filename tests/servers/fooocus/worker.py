"""The one worker: it does tasks one after the other, whoever listens. Source: Fooocus 2.5.5, `worker`."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING

from PIL import Image

from tests.servers.fooocus.log import metadata
from tests.servers.fooocus.painting import paint, preview, upscaled
from tests.servers.fooocus.task import Progress, Results, Task

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fooocus.log import Log
    from tests.servers.harness.faults import Faults

START = 13
"""Percent where sampling begins."""


class Interrupted(Exception):
    """Somebody pressed stop."""


class Worker:
    """Takes tasks in their order; `interrupt` hits whatever it does."""

    def __init__(self, log: Log, step_s: float, preview_px: int, faults: Faults) -> None:
        self.log = log
        self.jobs = 0
        self.foreign_stopped = 0
        self.busy = False
        """A foreign job occupies the page's queue."""
        self.waiting: deque[Task] = deque()
        self.current: Task | None = None
        self._step_s = step_s
        self._preview_px = preview_px
        self._faults = faults
        self._interrupted = False

    @property
    def unfinished(self) -> int:
        """Tasks that wait or run."""
        return len(self.waiting) + (self.current is not None)

    def take(self, task: Task) -> None:
        """What the generator does first."""
        self._interrupted = False
        self.jobs += 1
        self.waiting.append(task)

    def interrupt(self) -> None:
        """Sets the flag of the whole process."""
        if self.busy:
            self.foreign_stopped += 1
            self.free()
        self._interrupted = True

    def occupy(self) -> None:
        """A foreign job begins, and goes on until `free`."""
        self.busy = True

    def free(self) -> None:
        """The foreign job ends."""
        self.busy = False

    async def work(self) -> None:
        """Does tasks for ever."""
        while True:
            if not self.waiting:
                await asyncio.sleep(0.005)
                continue
            task = self.current = self.waiting.popleft()
            try:
                await self._do(task)
                if task.asked["generate_image_grid"]:
                    self._wall(task)
            except (RuntimeError, ValueError):
                # Printed by the real one; it stays under way for ever, which makes its stop hit others.
                pass
            task.yields.append(Results([*task.results], final=True))
            self.current = None

    async def _do(self, task: Task) -> None:
        task.processing = True
        if "Fast" in task.method:
            self._tell(task, 100, "Saving image to system ...")
            self._save(task, upscaled(task), {"upscale_fast": "2x"}, tell=False)
            return
        self._tell(task, 2, "Loading models ...")
        count = len(task.seeds)
        for number, seed in enumerate(task.seeds):
            try:
                await self._sample(task, number, seed)
            except Interrupted:
                break
            self._tell(
                task, self._percent(task, number + 1), f"Saving image {number + 1}/{count} to system ..."
            )
            picture = await asyncio.to_thread(paint, task, seed)
            self._save(task, picture, metadata(task, seed, picture.size), tell=count > 1)
        task.processing = False

    async def _sample(self, task: Task, number: int, seed: int) -> None:
        count, steps = len(task.seeds), task.steps
        # The bar falls back a little between pictures, as the real one does.
        self._tell(task, max(self._percent(task, number) - 2, 5), f"Preparing task {number + 1}/{count} ...")
        for step in range(steps):
            if self._interrupted or task.last_stop:
                self._interrupted = False
                raise Interrupted
            await asyncio.sleep(self._step_s)
            if (failure := self._faults.at_step()) is not None:
                raise RuntimeError(failure)
            percent = self._percent(task, number, (step + 1) / steps)
            title = f"Sampling step {step + 1}/{steps}, image {number + 1}/{count} ..."
            shown = preview(seed, (step + 1) / steps, self._preview_px)
            task.yields.append(Progress(percent, title, None if task.asked["disable_preview"] else shown))

    def _percent(self, task: Task, done: int, part: float = 0.0) -> int:
        return int(START + (100 - START) * (done + part) / len(task.seeds))

    def _tell(self, task: Task, percent: int, title: str) -> None:
        task.yields.append(Progress(percent, title))

    def _save(self, task: Task, picture: Image.Image, told: dict[str, object], *, tell: bool) -> None:
        saved: Path = self.log.save(picture, task, told)
        task.results = [*task.results, saved]
        if tell and not task.asked["disable_intermediate_results"]:
            task.yields.append(Results([*task.results]))

    def _wall(self, task: Task) -> None:
        files = [file for file in task.results if not isinstance(file, Image.Image)]
        if len(files) < 2:
            return
        pictures = [Image.open(file).convert("RGB") for file in files]
        columns = math.ceil(math.sqrt(len(pictures)))
        rows = math.ceil(len(pictures) / columns)
        width, height = pictures[0].size
        wall = Image.new("RGB", (columns * width, rows * height))
        for number, picture in enumerate(pictures):
            wall.paste(picture, ((number % columns) * width, (number // columns) * height))
        task.results = [*task.results, wall]
