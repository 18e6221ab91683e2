"""Drives a connector as the services do, and holds every run to what all runs promise."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from darkroom.domain.events import Ended, Progress, Stage
from darkroom.domain.snapshot import BlobInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from darkroom.connectors.base import Connector, Prepared
    from darkroom.domain.events import JobEvent
    from darkroom.domain.generation import OutputRef
    from darkroom.domain.snapshot import Snapshot

PATIENCE_S = 60.0


@dataclass
class Blobs:
    """The pictures that a snapshot feeds in, by hash."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def add(self, data: bytes, name: str = "a.png") -> BlobInput:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return BlobInput(digest, name)

    async def read_blob(self, blob_hash: str) -> bytes:
        return self.kept[blob_hash]


def new_seed(maximum: float | None = None) -> int:
    """A seed that no earlier test used: the server's cache would answer."""
    return random.randrange(2**31 if maximum is None else min(int(maximum) + 1, 2**31))


def picture(width: int = 24, height: int = 16) -> bytes:
    """A PNG unlike any other."""
    made = Image.new("RGB", (width, height), tuple(random.randbytes(3)))
    made.putpixel((0, 0), tuple(random.randbytes(3)))
    return png(made)


def png(made: Image.Image) -> bytes:
    written = io.BytesIO()
    made.save(written, "PNG")
    return written.getvalue()


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
    """Whether it tells that steps are being made."""
    if not isinstance(event, Progress) or event.stage is not Stage.SAMPLING:
        return False
    return bool(event.step or event.fraction)
