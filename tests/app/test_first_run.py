"""The first start: looks for a server, offers the demo, and chooses nothing by itself."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button

from darkroom.app.screens.first_run import FirstRunScreen
from darkroom.app.screens.main.choosing import FIRST_PROMPT
from darkroom.app.screens.profile_edit import ProfileEditScreen
from darkroom.app.widgets.form import ParameterForm
from darkroom.config.settings import load
from darkroom.domain.generation import Status
from darkroom.domain.profile import DEMO, Profile
from darkroom.services.profiles import Profiles
from tests.app.screen_host import ScreenHost, settle, words
from tests.app.shell import shown
from tests.servers.answering import answering, program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.services.core import Core


def looking_at(core: Core, *hosts: str) -> None:
    """Has the core look there instead of at this machine, on which anything may run."""
    core.profiles = Profiles(core.paths, load(core.paths, {}), here=hosts)


@pytest.fixture
async def new(core: Core) -> AsyncIterator[Core]:
    """An empty home; a demo server that was started for it is ended."""
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


async def first_run(core: Core, *hosts: str) -> ScreenHost:
    """The screen, after `core` has looked at some hosts."""
    looking_at(core, *hosts)
    await core.profiles.discover()
    return ScreenHost(FirstRunScreen(core))


async def test_what_answers_is_listed_and_one_figure_uses_it(core: Core) -> None:
    async with program("forge") as forge, program("invokeai") as invoke:
        app = await first_run(core, invoke, forge)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            rows = [str(button.label) for button in app.screen.query("#first-found Button").results(Button)]
            assert [row.split("  ")[:2] for row in rows] == [["1", "InvokeAI 6.14.2"], ["2", "Forge"]]
            assert app.focused is not None
            assert app.focused.id == "found-1"
            await pilot.press("2")
            await settle(pilot)
        assert app.answers == ["forge"]
        assert core.profiles.get("forge").url == forge
        kept = load(core.paths, {}).profiles
        assert (kept["forge"].service, kept["forge"].url) == ("a1111", forge)
        again = await first_run(core, forge)
        async with again.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter")
            await settle(pilot)
        assert again.answers == ["forge"], "it is kept once"


async def test_a_server_that_comes_later_is_found_by_looking_again(core: Core) -> None:
    async with program("invokeai") as invoke:
        host = invoke.removeprefix("http://")
    app = await first_run(core, host)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Nothing answers on this machine" in words(pilot)
        async with program("invokeai", port=int(host.rpartition(":")[2])):
            await pilot.press("r")
            await settle(pilot)
            assert "InvokeAI" in str(app.screen.query("#first-found Button").first(Button).label)
            await pilot.press("1")
            await settle(pilot)
    assert app.answers == ["invokeai"]


async def test_a_server_that_wants_credentials_is_asked_for_them(core: Core) -> None:
    async with program("invokeai-users") as invoke:
        app = await first_run(core, invoke)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press("1")
            await pilot.pause()
            assert isinstance(app.screen, ProfileEditScreen)
            form = app.screen.query_one(ParameterForm)
            values = form.values()
            assert (values["name"], values["url"]) == ("invokeai", invoke)
            assert (values["service"], values["auth"]) == ("invokeai", "login")
            await pilot.press(*"me", "tab", *"env:STUDIO")
            await pilot.press("ctrl+g")
            await settle(pilot)
    assert app.answers == ["invokeai"]
    assert core.profiles.get("invokeai") == Profile(
        "invokeai", "invokeai", invoke, "login", "me", "env:STUDIO"
    )


async def test_what_nobody_drives_is_told_and_not_offered(core: Core) -> None:
    async with program("fooocus-api-locked") as locked, answering({}) as nas:
        app = await first_run(core, nas, locked)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press("1")
            await settle(pilot)
            assert isinstance(app.screen, FirstRunScreen)
            rows = list(app.screen.query("#first-found Button"))
            assert [row.disabled for row in rows] == [True, False]
            assert app.focused is not None
            assert app.focused.id == "demo", "neither can be used by one key"
    assert app.answers == []
