"""The list of servers and the form of one, over a real configuration and a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.listing import RowList
from darkroom.app.screens.profile_edit import ProfileEditScreen
from darkroom.app.screens.profile_fields import profile_from, values_of
from darkroom.app.screens.profiles import ProfilesScreen
from darkroom.app.widgets.form import ParameterForm
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.profile import DEMO, Profile
from tests.app.screen_host import ScreenHost, opened_core, settle, words
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from pathlib import Path

FULL = Profile(
    "box",
    url="https://box.example/comfy",
    auth="basic",
    username="me",
    secret="env:BOX_SECRET",  # noqa: S106 - a reference
    headers={"X-Team": "ink", "X-Key": "file:/etc/key"},
    verify_tls=False,
    defaults={"steps": 30},
)


def test_a_profile_survives_its_form() -> None:
    assert profile_from(values_of(FULL), FULL) == FULL


async def test_adding_testing_and_using_a_server(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path / "server", speed=0) as server, opened_core(tmp_path / "home") as core:
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("a")
            await pilot.pause()
            assert isinstance(app.screen, ProfileEditScreen)
            await pilot.press(*"box", "tab", *server.url, "f5")
            await settle_until(pilot, "is there")
            assert not [p for p in core.profiles.list() if p.name == "box"], "testing keeps nothing"
            await pilot.press("ctrl+g")
            await pilot.pause()
            await pilot.pause()
            assert core.profiles.get("box").url == server.url
            kept = load(resolve(tmp_path / "home", {}), {}).profiles
            assert kept["box"].url == server.url
            await settle(pilot)
            await pilot.press("t")
            await settle(pilot)
            assert "is there" in words(pilot)
            await pilot.press("m")
            await settle(pilot)
            assert load(resolve(tmp_path / "home", {}), {}).settings.profile == "box"
            await pilot.press("enter")
            await pilot.pause()
        assert app.answers == ["box"]


async def settle_until(pilot: object, text: str) -> None:
    """Waits until the screen says `text`."""
    from asyncio import timeout

    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    async with timeout(20):
        while text not in words(pilot):
            await pilot.pause(0.02)


async def test_all_of_it_works_by_the_mouse(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(Profile("gone", url="http://127.0.0.1:9"))
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            await pilot.click(button_named(app, "test"))
            await settle(pilot)
            assert "127.0.0.1:9" in words(pilot)
            await pilot.click(button_named(app, "add"))
            await pilot.pause()
            assert isinstance(app.screen, ProfileEditScreen)
            app.screen.query_one(ParameterForm).set_values({"name": "near", "url": "http://127.0.0.1:8"})
            await pilot.click("#save")
            await settle(pilot)
            assert core.profiles.get("near").url == "http://127.0.0.1:8"
            await pilot.click(RowList, offset=(4, 0))
            await pilot.click(button_named(app, "choose"))
            await pilot.pause()
        assert app.answers == ["gone"]


def button_named(app: ScreenHost, name: str) -> Button:
    """The button of a deed."""
    return next(button for button in app.screen.query(Button) if button.name == name)


async def test_a_server_that_is_not_there_says_so_and_what_to_do(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(Profile("gone", url="http://127.0.0.1:9"))
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("home", "t")
            await settle(pilot)
            assert "127.0.0.1:9" in words(pilot)


async def test_what_cannot_be_used_is_marked_and_not_saved(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(FULL)
        app = ScreenHost(ProfileEditScreen(core, None))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            await pilot.press(*"box", "tab", "ctrl+u", *"ftp:", "ctrl+g")
            await pilot.pause()
            model = app.screen.query_one(ParameterForm).model
            assert model.problem("name") == "is taken"
            assert "http" in (model.problem("url") or "")
            assert core.profiles.get("box") == FULL
            assert app.answers == []


async def test_deleting_asks_and_spares_the_demo(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(FULL)
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("home", "d")
            await pilot.pause()
            assert isinstance(app.screen, ConfirmScreen)
            await pilot.press("enter")
            await settle(pilot)
            assert core.profiles.get("box") == FULL, "enter on a question changes nothing"
            await pilot.press("d")
            await pilot.pause()
            await pilot.press("y")
            await settle(pilot)
            assert [profile.name for profile in core.profiles.list()] == [DEMO]
            await pilot.press("d")
            await settle(pilot)
            assert "cannot be deleted" in words(pilot)


@pytest.mark.parametrize("size", [(80, 24), (40, 16)])
async def test_it_fits_small_windows(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(FULL)
        app = ScreenHost(ProfileEditScreen(core, FULL))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            frame = app.screen.query_one(".dialog").region
            assert app.screen.region.contains_region(frame)
