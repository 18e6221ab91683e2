"""A core over an empty home, and an app that shows one of its screens."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.services.core import Core
from tests.app.form_host import StyledApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen


@asynccontextmanager
async def opened_core(home: Path) -> AsyncIterator[Core]:
    paths = resolve(home, {})
    paths.create()
    core = await Core.open(paths, load(paths, {}))
    try:
        yield core
    finally:
        await core.aclose()


class ScreenHost(StyledApp):
    """Opens a screen and keeps what it ends with."""

    def __init__(self, shown: Screen[Any]) -> None:
        super().__init__()
        self._shown = shown
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self._shown, self.answers.append)


def words(pilot: Pilot[Any]) -> str:
    """All that the topmost screen says in its texts."""
    found = []
    for static in pilot.app.screen.query(Static):
        content = static.content
        found.append(content.plain if isinstance(content, Content) else str(content))
    return "\n".join(found)


async def settle(pilot: Pilot[Any]) -> None:
    """Waits until no worker runs and all messages are handled."""
    await pilot.pause()
    busy = [worker for worker in pilot.app.workers if not worker.is_finished]
    if busy:
        await pilot.app.workers.wait_for_complete(busy)
    await pilot.pause()


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Presses a key for each character."""
    await pilot.press(*text)
