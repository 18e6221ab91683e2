"""The whole program over a real core, driven by a pilot."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from darkroom.app.app import DarkroomApp
from darkroom.app.opening import open_session
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.config.writing import write
from darkroom.services.core import Core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from darkroom.app.screens.main import MainScreen
    from darkroom.domain.profile import Profile

TIMEOUT_S = 60.0


class Shell:
    """A running program: its app, core, main screen and the pilot's keys."""

    def __init__(self, app: DarkroomApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.core = app.core
        self.pilot = pilot

    @property
    def main(self) -> MainScreen:
        return self.app.main

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for something to be seen; the screen as it is goes into the failure."""
        end = time.monotonic() + TIMEOUT_S
        while not condition():
            assert time.monotonic() < end, f"never: {what}\n{self.text()}"
            # Not `pilot.pause`: that waits for an idle program, and a busy one is what is looked at.
            await asyncio.sleep(0.01)

    async def sees(self, text: str) -> None:
        """Waits until the screen shows `text`."""
        await self.until(lambda: text in self.text(), f"“{text}” on the screen")

    def text(self) -> str:
        """The screen as plain text, as it was composed last."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines[:height])[
            : width * height * 2
        ]

    async def settle(self) -> None:
        """Waits until picture and thumbnails in sight are drawn."""
        main = self.main
        summary = main.preview.generation()
        if summary is not None and summary.first_output is not None and main.preview.size.area:
            ident = summary.first_output.hash
            await self.until(lambda: main.preview.picture.shown == ident, "the picture")
        if main.history.list.size.area:
            await self.until(lambda: not main.history.list.unseen(), "thumbnails")
        await self.pilot.pause()


NOWHERE = "127.0.0.1:9"
"""A host on which nothing answers, in place of this machine, on which anything may run."""


@asynccontextmanager
async def opened_core(
    home: Path, *, theme: str = "", profiles: Iterable[Profile] = (), hosts: Sequence[str] = (NOWHERE,)
) -> AsyncIterator[Core]:
    """A core over `home`, with further profiles beside the demo's, that looks for servers on `hosts`."""
    paths = resolve(home, {})
    paths.create()
    for profile in profiles:
        write(paths, profile)
    core = await Core.open(paths, load(paths, {}, {"theme": theme} if theme else {}), hosts=hosts)
    try:
        yield core
    finally:
        await core.aclose()


@asynccontextmanager
async def shown(
    core: Core, *, size: tuple[int, int] = (120, 36), clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[Shell]:
    """The program on the screen, until the block ends."""
    loaded = load(core.paths, {}, {"theme": core.settings.theme})
    opened = await open_session(core, await core.sessions.last())
    app = DarkroomApp(core, loaded, opened, await core.sessions.list(), clock=clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        shell = Shell(app, pilot)
        await pilot.pause()
        yield shell
        await core.owning.aclose()
