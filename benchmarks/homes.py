"""Darkroom homes to measure in: a configuration, a history, a draft."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.search import build
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.generation import Output, OutputKind, Status
from darkroom.domain.parameters import Role
from darkroom.domain.profile import Profile
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.core import Core

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from darkroom.config.paths import Paths
    from darkroom.domain.parameters import Value

DRAFT = "ebrafinches"
"""A part of the prompt that the form opens with (the cursor stands on the letter before it)."""

NEWEST = "quokkas"
"""Likewise for the newest generation in the history."""

PICTURE = Path(__file__).resolve().parents[1] / "tests/data/pictures/harbour.png"


@contextmanager
def home(
    url: str, *, stored: int = 0, form: Mapping[str, Value] | None = None, others: Sequence[Profile] = ()
) -> Iterator[Path]:
    """A home whose server is at `url`.

    Args:
        url: Of the server that it opens with.
        stored: Generations in the session that it opens with.
        form: What was typed into the form, beside the prompt.
        others: Further profiles.
    """
    with TemporaryDirectory() as folder:
        paths = resolve(Path(folder), {})
        paths.create()
        if stored:
            build(paths.database, (stored,))
        asyncio.run(_furnish(paths, url, dict(form or {}), others))
        yield Path(folder)


async def _furnish(paths: Paths, url: str, form: dict[str, Value], others: Sequence[Profile]) -> None:
    core = await Core.open(paths, load(paths, {}))
    try:
        for profile in (Profile("box", url=url), *others):
            core.profiles.save(profile)
        session = await core.sessions.last()
        values: dict[str, Value] = {"prompt": f"{NEWEST} at dawn", "width": 512, "height": 512, "seed": 7}
        generation_id = str(uuid.uuid4())
        await core.store.generations.create(
            generation_id,
            session.id,
            Snapshot("comfyui", "box", "txt2img", "txt2img", values, roles={k: Role(k) for k in values}),
            owner="bench",
            created_at=datetime.now(UTC),
        )
        kept = await core.store.blobs.add_file(PICTURE)
        size = PICTURE.stat().st_size
        await core.store.generations.add_output(
            generation_id, "bench", Output(0, kept, "a.png", OutputKind.IMAGE, "image/png", size, 512, 512)
        )
        await core.store.generations.finish(
            generation_id, "bench", Status.COMPLETE, duration_s=2.0, finished_at=datetime.now(UTC)
        )
        await core.sessions.use(session.id, workflow_id=BUILT_IN.id, profile="box")
        state = await core.forms.open(session.id, "box", BUILT_IN)
        await core.forms.refresh(state)
        await core.forms.save_draft(session.id, BUILT_IN.id, {"prompt": f"z{DRAFT} ", **form})
    finally:
        await core.aclose()


def command() -> list[str]:
    """What starts the TUI: the command as it is installed, else the module."""
    installed = Path(sys.executable).with_name("darkroom")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "darkroom"]


def environ(folder: Path) -> dict[str, str]:
    """The environment of a plain truecolor terminal, with this home."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "PYTHONPATH") if key in os.environ}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "DARKROOM_HOME": str(folder)}
