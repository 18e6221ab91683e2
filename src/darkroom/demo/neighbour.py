"""A client that is not ours, with a job that never ends; for tests."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom.demo.server import DemoServer

STEPS = 10_000_000
"""Nobody waits so long, at whatever pace."""


class Neighbour:
    """Keeps the server busy, and notices when somebody else ends its jobs."""

    def __init__(self, demo: DemoServer) -> None:
        self._demo = demo
        self._mine: set[str] = set()

    def begin(self) -> None:
        """Puts a job before all that wait."""
        job = str(uuid.uuid4())
        self._mine.add(job)
        self._demo.jobs.put((-1.0, job, _graph(), {"client_id": "a neighbour"}, ["5"]))

    def end(self) -> None:
        """Ends its jobs, as if they were done."""
        running, pending = self._demo.jobs.snapshot()
        for item in pending:
            if item[1] in self._mine:
                self._demo.jobs.delete_pending(item[1])
        if any(item[1] in self._mine for item in running):
            self._demo.executor.interrupt.set()
        self._mine.clear()

    def stopped(self) -> int:
        """How many of its jobs were ended by others."""
        running, pending = self._demo.jobs.snapshot()
        return len(self._mine - {item[1] for item in (*running, *pending)})


def _graph() -> dict[str, Any]:
    def node(class_type: str, **inputs: object) -> dict[str, Any]:
        return {"class_type": class_type, "inputs": inputs}

    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="demo-ink.safetensors"),
        "2": node("CLIPTextEncode", text="", clip=["1", 1]),
        "3": node("EmptyLatentImage", width=64, height=64, batch_size=1),
        "4": node(
            "KSampler",
            model=["1", 0],
            seed=0,
            steps=STEPS,
            cfg=1.0,
            sampler_name="euler",
            scheduler="normal",
            positive=["2", 0],
            negative=["2", 0],
            latent_image=["3", 0],
            denoise=1.0,
        ),
        "5": node("PreviewImage", images=["6", 0]),
        "6": node("VAEDecode", samples=["4", 0], vae=["1", 2]),
    }
