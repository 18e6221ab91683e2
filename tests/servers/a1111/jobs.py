"""Jobs: one lock, first come, first served; nothing is remembered but names.

Source: Forge f2.0.1, `modules/api/api.py`, `modules/progress.py`, `modules/shared_state.py`.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.a1111 import painting
from tests.servers.a1111.lists import names
from tests.servers.harness.faults import HOSTILE
from tests.servers.harness.painting import cloud

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PIL import Image

    from tests.servers.a1111.options import Options
    from tests.servers.harness.faults import Faults

REMEMBERED = 16
_LORA = re.compile(r"<lora:([^:>]+):")
_STYLES = {
    "lab-photo": ("{prompt}, photo, 50mm", "blurry, lowres"),
    "lab-suffix": ("oil painting", "bad"),
}
MODELS = {"random-sd15": "1a2b3c4d5e", "tiny-sd15": "d7d8d74aff"}
MEMORY = "CUDA out of memory. Tried to allocate 2.00 GiB"


class Failure(Exception):
    """A job fails as Python does there."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class State:
    """What the server does now."""

    job: str = ""
    job_timestamp: str = ""
    job_count: int = 0
    job_no: int = 0
    sampling_step: int = 0
    sampling_steps: int = 0
    interrupted: bool = False
    skipped: bool = False
    seed: int = 0
    preview: int = 0

    @property
    def fraction(self) -> float:
        """Of the whole job."""
        if self.job_count <= 0 or not self.sampling_steps:
            return 0.0
        return min((self.job_no + self.sampling_step / self.sampling_steps) / self.job_count, 1)


@dataclass
class Made:
    """What a job gives."""

    pictures: list[bytes] = field(default_factory=list)
    infotexts: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    first: int = 0
    timestamp: str = ""
    styles: list[str] = field(default_factory=list)


class Jobs:
    """The lock, the state, and what is known of tasks."""

    def __init__(self, home: Path, options: Options, faults: Faults, step_s: float) -> None:
        self.home = home
        self.options = options
        self.faults = faults
        self.state = State()
        self.current: str | None = None
        self.pending: dict[str, None] = {}
        self.finished: list[str] = []
        self.taken = 0
        self.unfinished = 0
        self.foreign_stopped = 0
        self.ready_at = 0.0
        self._step_s = step_s
        self._lock = asyncio.Lock()
        self._foreign: asyncio.Task[None] | None = None
        self._free = asyncio.Event()
        self._clock = 0

    def begin(self, job: str) -> None:
        """A job begins: flags are cleared, but the number of steps stays that of the one before."""
        self._clock += 1
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(1_700_000_000 + self._clock))
        self.state = State(job, stamp, -1, sampling_steps=self.state.sampling_steps)

    def end(self) -> None:
        """It is over; flags stay as they are."""
        self.state.job, self.state.job_count = "", 0

    def interrupt(self) -> None:
        """Whatever runs."""
        self.state.interrupted = True
        if self.state.job.startswith("task("):
            self.foreign_stopped += 1
            self._free.set()

    def occupy(self) -> None:
        """A job of a browser runs until it is freed."""
        if self._foreign is None or self._foreign.done():
            self._foreign = asyncio.create_task(self._browse())

    def flag(self) -> None:
        """Sets the flag that `interrupt` sets, as if somebody else had."""
        self.state.interrupted = True

    def free(self) -> None:
        """The browser's job ends."""
        self._free.set()

    async def _browse(self) -> None:
        self._free.clear()
        self.unfinished += 1
        async with self._lock:
            self.begin("task(browser01)")
            self.current, self.state.job_count = "task(browser01)", 1
            await self._free.wait()
            self.current = None
            self.end()
        self.unfinished -= 1

    async def generate(self, body: Mapping[str, Any], kind: str) -> Made:
        """Runs one job to its end, whether or not anybody waits for it.

        Raises:
            Failure: It fails.
        """
        task = str(body.get("force_task_id") or f"task({kind}-{uuid.uuid4().hex[:7].upper()})")
        self.taken += 1
        self.unfinished += 1
        self.pending[task] = None
        try:
            async with self._lock:
                self.begin(f"scripts_{kind}")
                self.current = task
                self.pending.pop(task, None)
                try:
                    overrides = body.get("override_settings") or {}
                    known = overrides.get("sd_model_checkpoint") in (None, *MODELS)
                    changes = {k: v for k, v in overrides.items() if known or k != "sd_model_checkpoint"}
                    with self.options.overridden(changes):
                        made = await self._process(body, kind)
                finally:
                    self.end()
                self.ready_at = time.monotonic()
                self.current = None
                self.finished = [*self.finished, task][-REMEMBERED:]
                return made
        except KeyError as error:
            raise Failure("KeyError", str(error)) from error
        finally:
            self.unfinished -= 1

    async def _process(self, body: Mapping[str, Any], kind: str) -> Made:
        rounds, size = int(body.get("n_iter", 1)), int(body.get("batch_size", 1))
        if not body["steps"]:
            raise Failure("ZeroDivisionError", "integer division or modulo by zero")
        self.state.job_count = rounds
        made = Made(timestamp=self.state.job_timestamp, styles=list(body.get("styles") or ()))
        made.seeds = [body["seed"] + place for place in range(rounds * size)]
        painted: list[Image.Image] = []
        for number in range(rounds):
            self.state.job_no = number
            if rounds > 1:
                self.state.job = f"Batch {number + 1} out of {rounds}"
            await self._sample(body, made.seeds[number * size])
            for place in range(number * size, (number + 1) * size):
                painted.append(painting.paint(body, made.seeds[place]))
                made.infotexts.append(self._text(body, made.seeds[place]))
            if self.state.interrupted:
                break
        form = str(self.options["samples_format"])
        made.pictures = [
            painting.encode(picture, text, form)
            for picture, text in zip(painted, made.infotexts, strict=True)
        ]
        if body.get("save_images"):
            self._save(made, kind, len(made.seeds))
            if len(painted) > 1 and self.options["return_grid"]:
                made.pictures.insert(0, painting.encode(painting.grid(painted), made.infotexts[0], form))
                made.infotexts.insert(0, made.infotexts[0])
                made.first = 1
        if body.get("alwayson_scripts", {}).get("ControlNet"):
            made.pictures.append(painting.encode(cloud(1, painted[0].size).convert("L"), "", form))
        return made

    async def _sample(self, body: Mapping[str, Any], seed: int) -> None:
        steps = int(body["steps"])
        self.state.seed, self.state.sampling_steps, self.state.sampling_step = seed, steps, 0
        for step in range(1, steps + 1):
            await asyncio.sleep(self._step_s)
            self.state.sampling_step = min(step, steps - 1)
            if step % int(self.options["show_progress_every_n_steps"]) == 0:
                self.state.preview += 1
            self._strike()
            if self.state.interrupted or self.state.skipped:
                return

    def _strike(self) -> None:
        failure = self.faults.at_step()
        if failure == "fail":
            words = "mat1 and mat2 shapes cannot be multiplied"
            raise Failure("RuntimeError", HOSTILE[1] + HOSTILE[2] if self.faults.hostile else words)
        if failure == "oom":
            raise Failure("OutOfMemoryError", MEMORY)

    def _text(self, body: Mapping[str, Any], seed: int) -> str:
        sampler, scheduler = body.get("sampler_name") or "Euler", body.get("scheduler") or "Automatic"
        known = names("/sdapi/v1/samplers", "name")
        schedulers = names("/sdapi/v1/schedulers", "label")
        model = str(self.options["sd_model_checkpoint"])
        return painting.infotext(
            body,
            {
                "sampler": sampler if sampler in known else "DPM++ 2M",
                "scheduler": scheduler if scheduler in schedulers else "Automatic",
                "model": model,
                "hash": MODELS[model],
                "clip_skip": int(self.options["CLIP_stop_at_last_layers"]),
                "loras": [n for n in _LORA.findall(body["prompt"]) if n in names("/sdapi/v1/loras", "name")],
                "prompt": _styled(body["prompt"], body.get("styles"), 0),
                "negative": _styled(body.get("negative_prompt", ""), body.get("styles"), 1),
            },
            seed,
        )

    def _save(self, made: Made, kind: str, planned: int) -> None:
        """Writes the pictures to disk, under names of the server's pattern."""
        if not self.options["samples_save"]:
            return
        if self.state.interrupted and not self.options["save_incomplete_images"]:
            return
        folder = self.home / str(self.options[f"outdir_{kind}_samples"])
        if self.options["save_to_dirs"]:
            folder /= str(self.options["directories_filename_pattern"]).replace("[date]", "2026-11-20")
        folder.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(made.pictures, 1):
            pattern = str(self.options["samples_filename_pattern"]) or "[seed]"
            name = pattern.replace("[seed]", str(made.seeds[number - 1])).replace("[none]", "")
            name = name.replace("-[generation_number]", f"-{number}" if planned > 1 else "")
            if self.options["save_images_add_number"]:
                name = f"{len(list(folder.iterdir())):05}-{name}"
            if self.faults.strike("vanish") is None:
                (folder / f"{name}.{self.options['samples_format']}").write_bytes(picture)


def _styled(text: str, styles: Any, side: int) -> str:
    """Known styles are written into the text; the others are ignored."""
    for name in styles or ():
        if name in _STYLES:
            style = _STYLES[name][side]
            text = style.replace("{prompt}", text) if "{prompt}" in style else f"{text}, {style}"
    return text
