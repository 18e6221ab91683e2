"""The state of the form while a server is asked what it offers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.app.screens.main.desk import Desk
from darkroom.domain.workflow import BUILT_IN
from tests.app.shell import opened_core
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from pathlib import Path


async def test_lists_that_come_after_the_form_was_made_anew_are_not_lost(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path, speed=0) as server, opened_core(tmp_path / "home") as core:
        session = await core.sessions.last()
        desk = Desk(core, await core.forms.open(session.id, server.url, BUILT_IN))
        values = desk.state.values()
        asking = asyncio.create_task(desk.refresh(values))
        await asyncio.sleep(0)
        desk.rebuild({**values, "steps": 7})
        assert await asking
        assert desk.state.known
        assert desk.state.values()["steps"] == 7
        assert desk.state.values()["checkpoint"]


async def test_lists_that_come_for_another_session_change_nothing(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path, speed=0) as server, opened_core(tmp_path / "home") as core:
        first = await core.sessions.last()
        second = await core.sessions.create("second")
        desk = Desk(core, await core.forms.open(first.id, server.url, BUILT_IN))
        asking = asyncio.create_task(desk.refresh(desk.state.values()))
        await asyncio.sleep(0)
        other = await core.forms.open(second.id, server.url, BUILT_IN)
        desk.state = other
        assert not await asking
        assert desk.state is other
