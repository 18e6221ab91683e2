"""Darkroom's services, as a face drives them, with a clock beside them."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.generation import Status
from darkroom.domain.profile import address_name
from darkroom.services.core import Core
from darkroom.services.updates import Changed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.domain.generation import Generation
    from darkroom.domain.parameters import Values
    from darkroom.domain.workflow import Workflow


@dataclass(frozen=True)
class Made:
    """A generation that is complete.

    Attributes:
        took_s: From the submit to the update that says it is complete.
        at: The moment of that update, by `time.monotonic`.
        generation: As it was kept.
    """

    took_s: float
    at: float
    generation: Generation


class Ours:
    """A core over a home of its own. An address is a profile of its own."""

    def __init__(self, core: Core, profile: str, session_id: str) -> None:
        self._core = core
        self._profile = profile
        self._session_id = session_id

    @staticmethod
    @asynccontextmanager
    async def opened(service: str, url: str, folder: Path) -> AsyncIterator[Ours]:
        """For the server at `url`, with its home in `folder`."""
        paths = resolve(folder, {})
        core = await Core.open(paths, load(paths, {}))
        await core.start()
        try:
            session = await core.sessions.create("bench")
            yield Ours(core, address_name(service, url), session.id)
        finally:
            await core.aclose()

    async def run(self, workflow: Workflow, values: Values) -> Made:
        """Makes one picture, and waits until it is kept."""
        # What the server offers is known long before a person presses the key.
        if not await self._core.catalogs.cached(self._profile, workflow):
            await self._core.catalogs.fetch(self._profile, workflow)
        updates = self._core.updates()
        began = time.monotonic()
        kept = await self._core.generations.submit(self._session_id, self._profile, workflow, values)
        summary = kept
        async for update in updates:
            if isinstance(update, Changed) and update.summary.id == kept.id:
                summary = update.summary
                if summary.status.final:
                    break
        at = time.monotonic()
        updates.close()
        if summary.status is not Status.COMPLETE:
            raise SystemExit(f"a measured job ended {summary.status}: {summary.reason}")
        return Made(at - began, at, await self._core.history.get(kept.id))
