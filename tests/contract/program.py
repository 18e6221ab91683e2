"""The program without its faces: a core over a home of its own, with a profile for the server under test."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.domain.workflow import BUILT_IN, UPSCALE
from tests.contract.driving import PATIENCE_S
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from darkroom.domain.generation import Generation, Summary
    from darkroom.domain.parameters import Values
    from darkroom.services.core import Core
    from darkroom.services.updates import Update
    from tests.contract.site import Site


@dataclass(frozen=True)
class Program:
    """An open core whose profile `test` is the server under test."""

    core: Core
    session_id: str

    async def submit(self, values: Values, profile: str = "test") -> Summary:
        """Keeps and starts to send a picture of a cat; returns when it is kept."""
        asked = {"prompt": "a cat on a roof", **values}
        return await self.core.generations.submit(self.session_id, profile, BUILT_IN, asked)

    async def upscale(self, values: Values) -> Summary:
        """Keeps and starts to send a picture that is made larger."""
        known = await self.core.workflows.list()
        workflow = next(workflow for workflow in known if workflow.mode == UPSCALE)
        return await self.core.generations.submit(self.session_id, "test", workflow, values)

    async def end(self, generation_id: str) -> Generation:
        """The generation when it has ended."""
        await asyncio.wait_for(self.core.generations.wait(generation_id), PATIENCE_S)
        generation = await self.core.history.get(generation_id)
        assert generation.summary.status.final
        return generation

    async def until(self, happened: Callable[[Update], bool]) -> None:
        """Waits for an update."""
        updates = self.core.updates()
        async with asyncio.timeout(PATIENCE_S):
            async for update in updates:
                if happened(update):
                    break
        updates.close()


@asynccontextmanager
async def opened(home: Path, site: Site, *more: str) -> AsyncIterator[Program]:
    """A program below `home`, with a profile `test` and further ones for the same server."""
    async with opened_core(home, takes_all=True) as core:
        for name in ("test", *more):
            core.profiles.save(site.backend.profile(site.url, name))
        yield Program(core, (await core.sessions.last()).id)
