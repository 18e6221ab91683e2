"""The queue and its scheduler: one job after the other, with the records of the real one."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.fooocus.task import STEPS
from tests.servers.fooocus_api import painting
from tests.servers.fooocus_api.requests import Common, VaryOrUpscale

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.harness.faults import Faults

SEED_MAX = 2**63 - 1


class Interrupted(Exception):
    """A step found the flag that `stop` sets."""


@dataclass
class Job:
    """One job; `request` is `None` for the foreign one, which never ends by itself."""

    request: Common | None
    type: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    in_queue_mills: int = field(default_factory=lambda: round(time.time() * 1000))
    finish_mills: int = 0
    is_finished: bool = False
    failed: bool = False
    progress: int = 0
    status: str | None = None
    preview: str | None = None
    result: list[dict[str, Any]] | None = None

    def record(self, *, with_preview: bool) -> dict[str, Any]:
        """As `query-job` tells it: the stage is WAITING until the end."""
        stage = "WAITING"
        if self.is_finished:
            stage = "ERROR" if self.failed else "SUCCESS"
        return {
            "job_id": self.id,
            "job_type": self.type,
            "job_stage": stage,
            "job_progress": self.progress,
            "job_status": self.status,
            "job_step_preview": self.preview if with_preview else None,
            "job_result": self.result if stage == "SUCCESS" else None,
        }

    def listed(self) -> dict[str, Any]:
        """As `job-history` lists it: ids and times only."""
        return {
            "job_id": self.id,
            "in_queue_mills": self.in_queue_mills,
            "start_mills": 0,
            "finish_mills": self.finish_mills,
            "is_finished": self.is_finished,
        }

    def row(self) -> dict[str, Any]:
        """As `job-history` lists it with `--persistent`: a row of the database."""
        params = {"save_name": self.request.save_name} if self.request is not None else {}
        info = {"task_id": self.id, "task_type": self.type, "task_in_queue_mills": self.in_queue_mills}
        return {"params": params, "task_info": info}


class Queue:
    """Jobs that wait or run, jobs that ended, and the loop that works on them."""

    def __init__(
        self, folder: Path, base_url: str, step_s: float, faults: Faults, *, persistent: bool = False
    ) -> None:
        self.waiting: list[Job] = []
        self.history: list[Job] = []
        self.last_job_id: str | None = None
        self.taken = 0
        self.foreign_stopped = 0
        self.ready_at = 0.0
        self.dead = False
        self.interrupted = False
        self._folder = folder
        self._base_url = base_url
        self._step_s = step_s
        self._faults = faults
        self.persistent = persistent
        self._released = asyncio.Event()

    def add(self, request: Common | None, type_: str) -> Job:
        """Takes a job; the foreign one goes before all others."""
        job = Job(request, type_)
        if request is None:
            self._released.clear()
            self.waiting.insert(0, job)
        else:
            self.taken += 1
            self.waiting.append(job)
        self.last_job_id = job.id
        return job

    def release(self) -> None:
        """Ends the foreign job."""
        self._released.set()

    def die(self) -> None:
        """Ends the scheduler: jobs are taken and never begin."""
        self.dead = True

    def live(self) -> None:
        """Starts the scheduler again."""
        self.dead = False

    def get(self, job_id: str) -> Job | None:
        return next((job for job in (*self.waiting, *self.history) if job.id == job_id), None)

    def stop(self) -> None:
        """Sets the flag that the next step finds, whosever step it is."""
        self.interrupted = True
        if self.waiting and self.waiting[0].request is None:
            self.foreign_stopped += 1
            self.release()

    async def work(self) -> None:
        """Works on the first job, again and again, as long as the scheduler lives."""
        while True:
            if self.dead or not self.waiting:
                await asyncio.sleep(0.01)
                continue
            job = self.waiting[0]
            if job.request is None:
                await self._released.wait()
                self.interrupted = False
                self._finish(job, [])
            elif job.request.meta_scheme not in ("fooocus", "a1111"):
                # Raised outside of the real worker's try block: its thread ends.
                self.dead = True
            else:
                await self._generate(job, job.request)

    async def _generate(self, job: Job, request: Common) -> None:
        made: list[tuple[bytes, int]] = []
        try:
            await self._paint(job, request, made)
        except Interrupted:
            self.interrupted = False
        except Exception:  # noqa: BLE001 - as the real worker: the reason goes to its log alone
            job.failed = True
            self._finish(job, [])
            # The real one looks for a first picture to write into its database: its thread ends.
            self.dead = self.persistent
            return
        job.progress, job.status = 100, "Finished"
        self._finish(job, [self._store(job, request, *one, number) for number, one in enumerate(made)])

    async def _paint(self, job: Job, request: Common, made: list[tuple[bytes, int]]) -> None:
        width, height = (int(number) for number in request.aspect_ratios_selection.split("*")[:2])
        steps = STEPS[request.performance_selection]
        if request.advanced_params.overwrite_step > 0:
            steps = request.advanced_params.overwrite_step
        for progress, status in (
            (1, "Initializing ..."),
            (2, "Loading models ..."),
            (13, "Moving model to GPU ..."),
        ):
            job.progress, job.status = progress, status
            await asyncio.sleep(self._step_s)
        seed = request.image_seed if 0 <= request.image_seed <= SEED_MAX else random.randint(0, SEED_MAX)
        if isinstance(request, VaryOrUpscale) and "Fast" in request.uov_method:
            made.append((painting.encode(painting.paint(request, seed), request, {}), seed))
            return
        for number in range(request.image_number):
            same = request.advanced_params.disable_seed_increment
            own = seed if same else (seed + number) % (SEED_MAX + 1)
            await self._sample(job, request, own, number, steps)
            # The prompts go into its log: on what is no character the real one fails here.
            (request.prompt + request.negative_prompt).encode("utf-8")
            picture = painting.paint(request, own)
            told = painting.metadata(request, own, steps, (width, height))
            job.status = f"Saving image {number + 1}/{request.image_number} to system ..."
            made.append((painting.encode(picture, request, told), own))

    async def _sample(self, job: Job, request: Common, seed: int, number: int, steps: int) -> None:
        total = steps * request.image_number
        for step in range(steps):
            await asyncio.sleep(self._step_s)
            if self.interrupted:
                raise Interrupted
            if (failure := self._faults.at_step()) is not None:
                raise RuntimeError(failure)
            done = number * steps + step
            # A little less than at the end of the picture before: so it falls between two.
            job.progress = int(15 + 85 * done / total)
            job.status = f"Step {step}/{steps} in the {number + 1}-th Sampling"
            job.preview = painting.preview(seed, step / steps)
        job.progress = min(99, job.progress + 3)

    def _store(self, job: Job, request: Common, data: bytes, seed: int, number: int) -> dict[str, Any]:
        day = time.strftime("%Y-%m-%d")
        name = f"{request.save_name or job.id}-{number}.{request.save_extension}"
        place = self._folder / day / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        url = f"{self._base_url}/files/{day}/{name}"
        return {"base64": None, "url": url, "seed": str(seed), "finish_reason": "SUCCESS"}

    def _finish(self, job: Job, result: list[dict[str, Any]]) -> None:
        job.result = result
        job.is_finished, job.finish_mills = True, round(time.time() * 1000)
        self.ready_at = time.monotonic()
        self.waiting.remove(job)
        self.history.append(job)
