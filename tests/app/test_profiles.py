"""The list of servers and the form of one, over a real configuration and a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.listing import RowList
from darkroom.app.screens.profile_edit import ProfileEditScreen
from darkroom.app.screens.profile_fields import profile_from, specs_for, url_for, values_of
from darkroom.app.screens.profiles import ProfilesScreen
from darkroom.app.widgets.form import ParameterForm
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.profile import DEMO, Profile
from darkroom.services.profiles import Profiles
from tests.app.screen_host import ScreenHost, opened_core, settle, words
from tests.servers.answering import answering, program
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value

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


LOGIN = Profile(
    "studio",
    "invokeai",
    "http://studio:9090",
    "login",
    "me@here",
    "keyring:darkroom/studio",
    defaults={"steps": 30, "checkpoint": "a b", "tiling": True, "cfg_scale": 4.5},
    active=False,
)


QUEUED = Profile("q", url="http://q", queue_depth=5, group_checkpoints=True)


@pytest.mark.parametrize(
    "profile", [FULL, LOGIN, QUEUED, Profile("a", "a1111", "http://a", server_settings=True)]
)
def test_a_profile_survives_its_form(profile: Profile) -> None:
    values = values_of(profile, service=profile.service)
    shown = {spec.address: values[spec.address] for spec in specs_for(profile.service)}
    assert profile_from(shown, profile) == profile
    assert profile_from(values, None) == profile, "all of it has a field, or is told by one"


@pytest.mark.parametrize(
    ("service", "before", "url", "after"),
    [
        ("a1111", None, "http://", "http://127.0.0.1:7860"),
        ("a1111", None, "", "http://127.0.0.1:7860"),
        ("invokeai", "a1111", "http://127.0.0.1:7860", "http://127.0.0.1:9090"),
        ("invokeai", "a1111", "http://box:7860", "http://box:7860"),
        (None, "a1111", "http://127.0.0.1:7860", "http://127.0.0.1:7860"),
    ],
)
def test_a_service_brings_its_usual_address(
    service: str | None, before: str | None, url: str, after: str
) -> None:
    assert url_for(service, before, url) == after


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
            await settle(pilot)
            assert core.profiles.get("box").url == server.url
            kept = load(resolve(tmp_path / "home", {}), {}).profiles
            assert kept["box"].url == server.url
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
        async with app.run_test(size=(100, 36)) as pilot:
            await pilot.pause()
            await pilot.click(button_named(app, "test"))
            await settle(pilot)
            assert "127.0.0.1:9" in words(pilot)
            await pilot.click(button_named(app, "add"))
            await pilot.pause()
            assert isinstance(app.screen, ProfileEditScreen)
            app.screen.query_one(ParameterForm).set_values(
                {"name": "near", "url": "http://127.0.0.1:8", "service": "comfyui"}
            )
            await pilot.click("#save")
            await settle(pilot)
            assert core.profiles.get("near").url == "http://127.0.0.1:8"
            await pilot.click(RowList, offset=(4, 0))
            await pilot.click(button_named(app, "choose"))
            await pilot.pause()
        assert app.answers == ["gone"]


async def edited(pilot: object, values: dict[str, Value]) -> ParameterForm:
    """The form of a server, after `values` were put in and what follows from them."""
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await pilot.pause()
    form: ParameterForm = pilot.app.screen.query_one(ParameterForm)
    form.set_values(values)
    await pilot.pause()
    return form


async def test_choosing_a_service_fills_its_address_and_ways_in(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        app = ScreenHost(ProfileEditScreen(core, None))
        async with app.run_test(size=(100, 30)) as pilot:
            form = await edited(pilot, {"name": "box", "service": "fooocus-api"})
            assert form.values()["url"] == "http://127.0.0.1:8888"
            assert form.model.specs["auth"].choices == ("none", "basic", "bearer", "api-key")
            assert "server_settings" not in form.model.specs
            form = await edited(pilot, {"service": "a1111", "defaults": "size=640x512\nsteps=9"})
            assert form.values()["url"] == "http://127.0.0.1:7860"
            assert form.model.specs["auth"].choices == ("none", "basic", "bearer")
            form = await edited(pilot, {"server_settings": True, "active": False})
            await pilot.press("ctrl+g")
            await settle(pilot)
    assert app.answers == ["box"]
    assert core.profiles.get("box") == Profile(
        "box",
        "a1111",
        "http://127.0.0.1:7860",
        defaults={"width": 640, "height": 512, "steps": 9},
        active=False,
        server_settings=True,
    )


async def test_a_server_without_a_service_is_asked(tmp_path: Path) -> None:
    async with program("forge") as forge, opened_core(tmp_path) as core:
        app = ScreenHost(ProfileEditScreen(core, None))
        async with app.run_test(size=(100, 30)) as pilot:
            form = await edited(pilot, {"name": "box", "url": "http://127.0.0.1:9"})
            await pilot.press("ctrl+g")
            await settle(pilot)
            assert "Nothing answers" in words(pilot)
            await edited(pilot, {"url": forge})
            await pilot.press("ctrl+g")
            await settle(pilot)
            assert form.values()["service"] == "a1111"
    assert app.answers == ["box"]
    assert core.profiles.get("box") == Profile("box", "a1111", forge)


async def test_what_darkroom_does_not_drive_is_not_kept(tmp_path: Path) -> None:
    ollama = {"/": {"status": 200, "body": "Ollama is running"}}
    async with answering(ollama) as url, opened_core(tmp_path) as core:
        app = ScreenHost(ProfileEditScreen(core, None))
        async with app.run_test(size=(100, 30)) as pilot:
            await edited(pilot, {"name": "box", "url": url})
            await pilot.press("ctrl+g")
            await settle(pilot)
            assert "What answers there is Ollama" in words(pilot)
            await edited(pilot, {"defaults": "steps"})
            await pilot.press("ctrl+g")
            await settle(pilot)
            assert "sets nothing" in (app.screen.query_one(ParameterForm).model.problem("defaults") or "")
    assert app.answers == []


async def test_inactive_servers_stand_apart(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(LOGIN)
        core.profiles.save(FULL)
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(120, 30)) as pilot:
            await pilot.pause()
            rows = app.screen.query_one(RowList)
            assert [row.key for row in rows._rows] == ["box", DEMO, "studio"]
            assert "inactive" in "".join(piece.text for piece in rows._rows[2].left)


async def test_looking_around_keeps_what_can_be_used(tmp_path: Path) -> None:
    async with program("forge") as forge, program("invokeai-users") as users, opened_core(tmp_path) as core:
        core.profiles = Profiles(core.paths, load(core.paths, {}), here=(forge, users))
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(120, 30)) as pilot:
            await pilot.press("l")
            await settle(pilot)
            assert f"Forge at {forge}: added as forge" in words(pilot)
            assert "wants credentials (login)" in words(pilot)
            await pilot.press("l")
            await settle(pilot)
            assert f"Forge at {forge}: is forge" in words(pilot)
            assert [profile.name for profile in core.profiles.list()] == ["forge", DEMO]


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


async def test_the_list_begins_with_the_server_in_use(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        core.profiles.save(Profile("first", url="http://127.0.0.1:9"))
        core.profiles.save(Profile("second", url="http://127.0.0.1:9"))
        app = ScreenHost(ProfilesScreen(core, "second"))
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
        assert app.answers == ["second"]
