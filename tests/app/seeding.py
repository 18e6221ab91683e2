"""Homes with something in them: sessions, generations in every state, pictures; the same each time."""

from __future__ import annotations

import colorsys
import io
import json
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from darkroom.connectors.comfyui.nodes import core_nodes
from darkroom.domain.generation import Output, OutputKind, Reason, Status
from darkroom.domain.parameters import Role
from darkroom.domain.snapshot import Snapshot
from darkroom.services.catalogs import KIND
from darkroom.services.clock import now

if TYPE_CHECKING:
    from darkroom.domain.session import Session
    from darkroom.services.core import Core

OWNER = "0" * 32
"""Owns all rows that are made here."""

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

PROMPTS = (
    "a quiet harbour at dawn, (mist:1.2), fishing boats, soft light",
    "a quiet harbour at dusk, lanterns on the water",
    "an old lighthouse in a storm, [blurry] waves, oil painting",
    "港の夜明け、霧、漁船",
    "macro photograph of a dew drop on moss, shallow depth of field, golden hour, 85mm, very sharp",
)

BUILT_IN_CLASSES = (
    "CheckpointLoaderSimple",
    "CLIPTextEncode",
    "CLIPSetLastLayer",
    "KSampler",
    "EmptyLatentImage",
    "VAELoader",
    "LoraLoader",
    "LoadImage",
)
"""What the built-in workflow asks a server for, as far as the snapshots show it."""

ROLES = {
    "prompt": Role.PROMPT,
    "negative": Role.NEGATIVE,
    "checkpoint": Role.CHECKPOINT,
    "width": Role.WIDTH,
    "height": Role.HEIGHT,
    "steps": Role.STEPS,
    "cfg_scale": Role.CFG_SCALE,
    "sampler": Role.SAMPLER,
    "scheduler": Role.SCHEDULER,
    "seed": Role.SEED,
    "batch_size": Role.BATCH_SIZE,
}

OUT_OF_MEMORY = Reason(
    "The server ran out of memory",
    "KSampler: 2048×2048 needs 14.2 GB, 11.8 GB are free",
    "Make the picture smaller, or free memory at the server",
    "OutOfMemory",
)


@dataclass(frozen=True)
class Row:
    """One generation to make: `status`, how many pictures of how many, and what came beside them.

    With `extras` ("grid") it is of a service that knows no nodes; they come before the pictures.
    """

    status: Status = Status.COMPLETE
    pictures: int = 1
    expected: int = 1
    reason: Reason | None = None
    width: int = 1024
    height: int = 1024
    extras: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


FULL = (
    Row(),
    Row(width=1216, height=832),
    Row(Status.FAILED, 0, 1, OUT_OF_MEMORY, 2048, 2048),
    Row(pictures=4, expected=4),
    Row(Status.CANCELLED, 0, 1, Reason("Cancelled", kind="Cancelled")),
    Row(Status.LOST, 0, 1, Reason("The server was restarted and knows nothing of it", kind="JobLost")),
    Row(width=832, height=1216),
    *(Row() for _ in range(9)),
)
"""Oldest first; what a history in use looks like."""


def picture(number: int, width: int, height: int) -> bytes:
    """A sky, a sun and hills in colours of their own, as PNG."""
    image = Image.new("RGB", (width // 8, height // 8))
    draw = ImageDraw.Draw(image)
    hue = (number * 0.137) % 1
    for y in range(image.height):
        share = y / image.height
        red, green, blue = colorsys.hsv_to_rgb(
            (hue + share * 0.12) % 1, 0.65 - share * 0.35, 0.35 + share * 0.6
        )
        draw.line((0, y, image.width, y), (int(red * 255), int(green * 255), int(blue * 255)))
    sun = image.width // 4 + number * 13 % (image.width // 2)
    draw.ellipse((sun, image.height // 3, sun + 18, image.height // 3 + 18), (255, 236, 200))
    for layer in range(3):
        top = image.height * (6 + layer) // 9
        red, green, blue = colorsys.hsv_to_rgb(hue, 0.5, 0.32 - layer * 0.1)
        shade = (int(red * 255), int(green * 255), int(blue * 255))
        points = [(x, top + (x * (3 + layer) + number * 31) % 17 - 8) for x in range(0, image.width + 12, 12)]
        draw.polygon([(0, image.height), *points, (image.width, image.height)], shade)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def snapshot(number: int, row: Row, profile: str) -> Snapshot:
    """The request of the generation with this number."""
    return Snapshot(
        service="a1111" if row.extras else "comfyui",
        profile=profile,
        mode="txt2img",
        workflow="txt2img",
        values={
            "prompt": PROMPTS[number % len(PROMPTS)],
            "negative": "low quality, blurry",
            "checkpoint": "demo-dusk.safetensors",
            "width": row.width,
            "height": row.height,
            "steps": 20,
            "cfg_scale": 7.0,
            "sampler": "euler",
            "scheduler": "normal",
            "seed": 987654321 + number * 1_000_003,
            "batch_size": max(row.expected, 1),
        },
        roles=ROLES,
    )


async def add(core: Core, session: Session, number: int, row: Row, *, profile: str = "demo") -> str:
    """Makes one generation; its id."""
    generations = core.store.generations
    generation_id = str(uuid.UUID(int=(int(session.id.replace("-", "")[:8], 16) << 64) + number + 1))
    created = START + timedelta(minutes=number)
    await generations.create(
        generation_id, session.id, snapshot(number, row, profile), owner=OWNER, created_at=created
    )
    if row.status in (Status.NEW,):
        return generation_id
    graph = {"3": {"class_type": "KSampler", "inputs": {"seed": 987654321 + number, "steps": 20}}}
    await generations.prepared(
        generation_id,
        OWNER,
        request={"prompt": PROMPTS[0] if row.extras else graph},
        handle={"v": 1, "prompt_id": generation_id},
        expected=row.expected,
        server_version="ComfyUI 0.3.64",
    )
    if not row.status.final:
        await generations.advance(generation_id, OWNER, row.status, started_at=created)
        return generation_id
    nodes = [*row.extras, *["" if row.extras else "9"] * row.pictures]
    for index, node in enumerate(nodes):
        data = picture(number * 7 + index, row.width, row.height)
        await generations.add_output(
            generation_id,
            OWNER,
            Output(
                index,
                await core.store.blobs.add(data),
                f"darkroom_{number:05d}_{index}.png",
                OutputKind.IMAGE,
                "image/png",
                len(data),
                row.width // 8,
                row.height // 8,
                node,
            ),
        )
    await generations.finish(
        generation_id,
        OWNER,
        row.status,
        reason=row.reason,
        notes=row.notes,
        duration_s=6.2 + number % 5 / 10,
        finished_at=created + timedelta(seconds=6),
    )
    return generation_id


async def know_catalog(core: Core, profile: str) -> None:
    """Remembers what a server offers, so that none is asked: the recorded core nodes and two checkpoints."""
    schema: dict[str, Any] = {name: core_nodes()[name] for name in BUILT_IN_CLASSES}
    loader = schema["CheckpointLoaderSimple"]
    choices = [["demo-dusk.safetensors", "sd_xl_base_1.0.safetensors"], {}]
    schema["CheckpointLoaderSimple"] = {**loader, "input": {"required": {"ckpt_name": choices}}}
    await core.store.documents.put(profile, KIND, "txt2img", json.dumps(schema), "0.3.64")


async def fill(core: Core, *, rows: tuple[Row, ...] = FULL, profile: str = "demo") -> Session:
    """Four sessions, the last used of which, "harbour studies", has `rows`; that one."""
    # A living owner: nobody takes over what it has not finished.
    await core.store.generations.register(OWNER, os.getpid(), socket.gethostname(), now())
    for name in ("faces", "product shots", "dragons"):
        other = await core.sessions.create(name)
        for number in range(3):
            await add(core, other, number, Row() if number else Row(Status.FAILED, 0, 1, OUT_OF_MEMORY))
    session = await core.sessions.create("harbour studies")
    for number, row in enumerate(rows):
        await add(core, session, number, row, profile=profile)
    await know_catalog(core, profile)
    await core.store.sessions.remember(
        session.id, "txt2img", {}, {"prompt": PROMPTS[0], "negative": "blurry"}
    )
    await core.sessions.use(session.id, workflow_id="txt2img", profile=profile)
    return session
