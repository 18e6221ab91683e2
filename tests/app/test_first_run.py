"""The first start: looks for a server, offers the demo, and chooses nothing by itself."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from darkroom.app.screens.main.choosing import FIRST_PROMPT
from darkroom.domain.generation import Status
from darkroom.domain.profile import DEMO
from tests.app.shell import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.services.core import Core


@pytest.fixture
async def new(core: Core) -> AsyncIterator[Core]:
    """An empty home; a demo server that was started for it is ended."""
    if await core.profiles.local() is not None:
        pytest.skip("a server listens on the usual port of this machine, and would be found")
    yield core
    state = core.paths.demo / "server.json"
    if core.demo.running() is not None:
        os.kill(int(json.loads(state.read_text())["pid"]), signal.SIGTERM)


async def test_it_says_what_the_demo_is_and_waits(new: Core) -> None:
    async with shown(new, size=(80, 24)) as shell:
        await shell.sees("It is no AI")
        await shell.sees("Add a server")
        assert shell.main.profile == ""
        assert new.demo.running() is None
        await shell.press("escape")
        await shell.sees("no server")
        await shell.press("ctrl+g")
        await shell.sees("It is no AI")
        assert await new.history.count(shell.main.session.id) == 0


async def test_the_demo_is_used_once_it_was_chosen(new: Core) -> None:
    async with shown(new, size=(120, 36)) as shell:
        await shell.sees("Try the demo")
        await shell.pilot.click("#demo")
        await shell.until(lambda: shell.main.profile == DEMO, "the demo")
        await shell.until(lambda: shell.main.desk.state.known, "its lists")
        session = await new.sessions.last()
        assert session.profile == DEMO


async def test_from_an_empty_home_two_keys_make_a_picture(new: Core) -> None:
    async with shown(new, size=(80, 24)) as shell:
        await shell.sees("Try the demo")
        await shell.press("enter")
        await shell.until(lambda: shell.main.desk.state.known, "the demo's lists")
        shell.main.form.set_values({"width": 64, "height": 64, "steps": 2})
        await shell.press("ctrl+g")
        session_id = shell.main.session.id

        def is_complete() -> bool:
            row = shell.main.history.list.window.row(0)
            return row is not None and row.status is Status.COMPLETE and row.session_id == session_id

        await shell.until(is_complete, "the picture")
        row = shell.main.history.list.window.row(0)
        assert row is not None
        assert row.prompt == FIRST_PROMPT
