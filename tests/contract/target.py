"""What the suite needs to know of a server, and the requests it makes of it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from darkroom.domain.events import Ended, Progress
from darkroom.domain.parameters import Role
from darkroom.domain.snapshot import BlobInput, Snapshot
from darkroom.domain.workflow import TXT2IMG, WORKFLOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from darkroom.connectors.base import Connector, Prepared
    from darkroom.domain.events import JobEvent
    from darkroom.domain.generation import OutputRef
    from darkroom.domain.workflow import Graph

PATIENCE_S = 60.0
MANY_STEPS = 2000
"""So many that a test has time to stop it."""
SLOW = 60
"""Steps of a job that outlasts a reconnect."""


@dataclass(frozen=True)
class Target:
    """A server under test."""

    service: str
    url: str
    is_demo: bool = False


@dataclass
class Blobs:
    """The pictures that a snapshot feeds in, by hash."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def add(self, data: bytes, name: str) -> BlobInput:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return BlobInput(digest, name)

    async def read_blob(self, blob_hash: str) -> bytes:
        return self.kept[blob_hash]


def new_seed() -> int:
    """A seed that no earlier test used: the server's cache would answer."""
    return random.randrange(2**48)


def picture(width: int = 24, height: int = 16) -> bytes:
    """A PNG unlike any other."""
    made = Image.new("RGB", (width, height), (new_seed() % 256, new_seed() % 256, new_seed() % 256))
    made.putpixel((0, 0), (new_seed() % 256, new_seed() % 256, new_seed() % 256))
    written = io.BytesIO()
    made.save(written, "PNG")
    return written.getvalue()


async def txt2img(connector: Connector, **changes: Any) -> Snapshot:
    """A small picture from the built-in workflow, with the server's first checkpoint."""
    form = connector.form(await connector.catalog(), TXT2IMG, None, {})
    (checkpoint,) = form.with_role(Role.CHECKPOINT)
    values = {
        "prompt": "a lighthouse at night",
        "negative": "blurry",
        "checkpoint": checkpoint.choices[0],
        "width": 64,
        "height": 64,
        "batch_size": 1,
        "steps": 4,
        "cfg_scale": 5.0,
        "sampler": "euler",
        "scheduler": "normal",
        "seed": new_seed(),
        **changes,
    }
    roles = {spec.address: spec.role for spec in form.specs if spec.role is not None}
    return Snapshot("comfyui", "test", TXT2IMG, TXT2IMG, values, roles)


def workflow(graph: Graph, **changes: Any) -> Snapshot:
    """A request with a graph of one's own."""
    return replace(Snapshot("comfyui", "test", WORKFLOW, "own", {}, graph=graph), **changes)


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def plain(**savers: dict[str, Any]) -> dict[str, Any]:
    """A graph that needs no model: an empty picture in node 1, of a colour of its own, and `savers`.

    A saver `s9` becomes node 9.
    """
    source = node("EmptyImage", width=24, height=16, batch_size=1, color=new_seed() % 0xFFFFFF)
    return {"1": source, **{name.removeprefix("s"): saver for name, saver in savers.items()}}


def save(prefix: str = "contract") -> dict[str, Any]:
    return node("SaveImage", images=["1", 0], filename_prefix=prefix)


async def prepare(connector: Connector, snapshot: Snapshot, blobs: Blobs | None = None) -> Prepared:
    return await connector.prepare(str(uuid.uuid4()), snapshot, blobs or Blobs())


async def collect(events: AsyncIterator[JobEvent]) -> list[JobEvent]:
    """All events, checked against what every run promises."""
    async with asyncio.timeout(PATIENCE_S):
        found = [event async for event in events]
    assert [isinstance(event, Ended) for event in found] == [False] * (len(found) - 1) + [True]
    told = [e.fraction for e in found if isinstance(e, Progress) and e.fraction is not None]
    assert told == sorted(told)
    assert all(0 <= fraction < 1 for fraction in told)
    return found


async def run(connector: Connector, snapshot: Snapshot, blobs: Blobs | None = None) -> Ended:
    """Prepares and runs to the end."""
    return ended(await collect(connector.run(await prepare(connector, snapshot, blobs))))


def ended(events: list[JobEvent]) -> Ended:
    assert isinstance(events[-1], Ended)
    return events[-1]


async def read(connector: Connector, output: OutputRef) -> bytes:
    return b"".join([piece async for piece in connector.read(output)])


async def until(events: AsyncIterator[JobEvent], wanted: Callable[[JobEvent], bool]) -> JobEvent:
    """Takes events up to the first that is `wanted`."""
    async with asyncio.timeout(PATIENCE_S):
        async for event in events:
            if wanted(event):
                return event
    raise AssertionError("the run ended before it happened")


def is_sampling(event: JobEvent) -> bool:
    return isinstance(event, Progress) and event.step is not None
