"""Snapshots, and generations at any point of their way."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from darkroom.domain.generation import Output, OutputKind, Status, Summary
from darkroom.domain.parameters import Role, Value
from darkroom.domain.snapshot import BlobInput, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.store.store import Store

NOW = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
LONG_AGO = NOW - timedelta(days=400)
OWNER, OTHER = "owner-a", "owner-b"

GRAPH = {
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20}},
}

_ROLES = {
    "6.text": Role.PROMPT,
    "7.text": Role.NEGATIVE,
    "3.seed": Role.SEED,
    "3.steps": Role.STEPS,
    "3.cfg": Role.CFG_SCALE,
    "3.sampler_name": Role.SAMPLER,
    "3.scheduler": Role.SCHEDULER,
    "3.denoise": Role.DENOISE,
    "4.ckpt_name": Role.CHECKPOINT,
    "5.width": Role.WIDTH,
    "5.height": Role.HEIGHT,
    "5.batch_size": Role.BATCH_SIZE,
    "10.lora_name": Role.LORA,
}

_VALUES: dict[str, Value] = {
    "6.text": "a quiet harbour",
    "7.text": "low quality",
    "3.seed": 2**64 - 1,
    "3.steps": 20,
    "3.cfg": 7.0,
    "3.sampler_name": "euler",
    "3.scheduler": "normal",
    "3.denoise": 1.0,
    "4.ckpt_name": "harbour-v2.safetensors",
    "5.width": 1024,
    "5.height": 768,
    "5.batch_size": 1,
    "10.lora_name": None,
}


def recipe(
    prompt: str = "a quiet harbour",
    *,
    values: Mapping[str, Value] | None = None,
    blobs: tuple[str, ...] = (),
    document: str = "",
) -> Snapshot:
    """A snapshot of a small graph; `values` replace its own by address."""
    return Snapshot(
        service="comfyui",
        profile="box",
        mode="workflow",
        workflow="harbours",
        values=_VALUES
        | {"6.text": prompt}
        | dict(values or {})
        | {f"20.image{i}": f"blob:{blob}" for i, blob in enumerate(blobs)},
        roles=_ROLES,
        graph=GRAPH,
        inputs={f"20.image{i}": BlobInput(blob, "in.png") for i, blob in enumerate(blobs)},
        document=document,
    )


async def new(
    store: Store,
    session_id: str,
    prompt: str = "a quiet harbour",
    *,
    values: Mapping[str, Value] | None = None,
    owner: str = OWNER,
    blobs: tuple[str, ...] = (),
    created_at: datetime = NOW,
) -> Summary:
    """A generation that was just made."""
    return await store.generations.create(
        str(uuid.uuid4()),
        session_id,
        recipe(prompt, values=values, blobs=blobs),
        owner=owner,
        created_at=created_at,
    )


async def complete(
    store: Store,
    session_id: str,
    prompt: str = "a quiet harbour",
    *,
    values: Mapping[str, Value] | None = None,
    data: bytes = b"",
    status: Status = Status.COMPLETE,
    duration_s: float = 4.0,
) -> Summary:
    """A generation that ended, with one output when there are `data`."""
    made = await new(store, session_id, prompt, values=values)
    if data:
        await store.generations.add_output(made.id, OWNER, output(await store.blobs.add(data), len(data)))
    return await store.generations.finish(made.id, OWNER, status, duration_s=duration_s, finished_at=LATER)


def output(blob_hash: str, size: int = 3, index: int = 0) -> Output:
    """An output of these bytes."""
    return Output(index, blob_hash, "ComfyUI_00001_.png", OutputKind.IMAGE, "image/png", size, 1024, 768, "9")
