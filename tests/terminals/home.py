"""A home with photo-like pictures, the reference picture the newest, and its demo server."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from darkroom.config.paths import resolve
from darkroom.domain.generation import Output, OutputKind, Status
from darkroom.services.clock import now
from tests.app import seeding
from tests.app.shell import opened_core
from tests.terminal.decoders import harbour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core

COUNT = 14
"""Generations in the history: more than there is room for, so that it scrolls."""

REFERENCE = COUNT - 1
"""The newest one: the reference picture itself."""

SIDE = 512
"""Of the picture that is made while the program is watched."""

STEPS, SPEED = 60, 0.6
"""Of that picture: it takes some 7 s, most of them with previews, and more with more patience."""


def picture(number: int) -> Image.Image:
    """The picture of the generation with this number: no two look alike, and all look like photographs."""
    image = harbour()
    if number == REFERENCE:
        return image
    pixels = np.roll(np.asarray(image), number % 3, axis=2)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    turns = [None, *Image.Transpose]
    turn = turns[1 + number % (len(turns) - 1)]
    return image if turn is None else image.transpose(turn)


def png(image: Image.Image) -> bytes:
    """The picture, encoded."""
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def fill(home: Path) -> None:
    """Makes the home: one session, its generations, and what the demo server offers."""
    asyncio.run(_fill(home))


async def _fill(home: Path) -> None:
    async with opened_core(home) as core:
        await core.store.generations.register(seeding.OWNER, os.getpid(), socket.gethostname(), now())
        session = await core.sessions.create("harbour studies")
        for number in range(COUNT):
            await _add(core, session.id, number)
        await seeding.know_catalog(core, "demo")
        values: dict[str, Value] = {
            "prompt": seeding.PROMPTS[0],
            "width": SIDE,
            "height": SIDE,
            "steps": STEPS,
        }
        await core.store.sessions.remember(session.id, "txt2img", {}, values)
        await core.sessions.use(session.id, workflow_id="txt2img", profile="demo")


async def _add(core: Core, session_id: str, number: int) -> None:
    generations, owner = core.store.generations, seeding.OWNER
    ident = str(uuid.UUID(int=number + 1))
    created = seeding.START + timedelta(minutes=number)
    image = picture(number)
    row = seeding.Row(width=image.width, height=image.height)
    await generations.create(
        ident, session_id, seeding.snapshot(number, row, "demo"), owner=owner, created_at=created
    )
    handle = {"v": 1, "prompt_id": ident}
    await generations.prepared(
        ident, owner, request={"prompt": {}}, handle=handle, expected=1, server_version=""
    )
    data = png(image)
    name, kind = f"darkroom_{number:05d}.png", OutputKind.IMAGE
    output = Output(
        0,
        await core.store.blobs.add(data),
        name,
        kind,
        "image/png",
        len(data),
        image.width,
        image.height,
        "9",
    )
    await generations.add_output(ident, owner, output)
    await generations.finish(ident, owner, Status.COMPLETE, duration_s=6.2, finished_at=created)


def newest(home: Path) -> Image.Image | None:
    """The picture that was made since `fill`; `None` when there is none."""
    return asyncio.run(_newest(home))


async def _newest(home: Path) -> Image.Image | None:
    async with opened_core(home) as core:
        session = await core.sessions.last()
        assert session is not None
        (summary, *_) = await core.history.page(session.id, offset=0, limit=1)
        if summary.first_output is None or summary.id == str(uuid.UUID(int=COUNT)):
            return None
        with Image.open(core.store.blobs.path(summary.first_output.hash)) as image:
            return image.convert("RGB")


@contextlib.contextmanager
def copied(template: Path, home: Path, patience: float) -> Iterator[Path]:
    """A copy of a home, with its demo server running until the block ends."""
    shutil.copytree(template, home)
    paths = resolve(home, {})
    with (home / "demo.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "darkroom.demo", "--home", paths.data, "--speed", str(SPEED / patience)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _until_it_runs(paths.demo / "server.json", server)
        yield home
    finally:
        server.terminate()
        server.wait()


def _until_it_runs(state: Path, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError, ValueError, KeyError):
            if json.loads(state.read_text("utf-8"))["pid"] == server.pid:
                return
        assert server.poll() is None, "the demo server ended"
        assert time.monotonic() < end, "the demo server does not start"
        time.sleep(0.02)
