"""Groups of servers on the screens: made, shown, asked, used, changed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.group_edit import GroupEditScreen
from darkroom.app.screens.listing import RowList
from darkroom.app.screens.profile_edit import ProfileEditScreen
from darkroom.app.screens.profile_fields import profile_from, values_of
from darkroom.app.screens.profiles import ProfilesScreen
from darkroom.app.widgets.form import ParameterForm
from darkroom.config.settings import load
from darkroom.domain.parameters import Role
from darkroom.domain.profile import DEMO, Profile
from tests.app import shell
from tests.app.screen_host import ScreenHost, opened_core, settle, words
from tests.servers.answering import answering, comfyui

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core

NOWHERE = "http://127.0.0.1:9"


def three_servers(core: Core) -> None:
    core.profiles.save(Profile("a", url=NOWHERE))
    core.profiles.save(Profile("b", url=NOWHERE, active=False))
    core.profiles.save(Profile("i", "invokeai", NOWHERE))


def row(pilot: Pilot[Any], name: str) -> str:
    """What the list says of a server or a group."""
    rows = pilot.app.screen.query_one(RowList)
    return next("".join(p.text for p in (*r.left, *r.right)) for r in rows._rows if r.key == name)


async def test_a_group_is_made_and_used_by_keys(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        three_servers(core)
        app = ScreenHost(ProfilesScreen(core))
        async with app.run_test(size=(110, 36)) as pilot:
            await pilot.press("n")
            await settle_on(pilot, GroupEditScreen)
            await pilot.press(*"farm", "ctrl+g")
            await settle_on(pilot, GroupEditScreen)
            assert "Choose the servers" in words(pilot)
            await pilot.press("tab", "space", "ctrl+g")
            await settle_on(pilot, ProfilesScreen)
            await settle(pilot)
            assert core.profiles.get("farm").members == ("a",)
            assert load(core.paths, {}).profiles["farm"].members == ("a",)
            assert "ComfyUI: a" in row(pilot, "farm")
            assert app.screen.query_one(RowList).current() == "farm"
            await pilot.press("enter")
            await pilot.pause()
        assert app.answers == ["farm"]


async def settle_on(pilot: Pilot[Any], screen: type) -> None:
    """Waits until this kind of screen is on top and nothing is left to do on it."""
    from asyncio import timeout

    async with timeout(20):
        while not isinstance(pilot.app.screen, screen):
            await pilot.pause(0.01)
    await pilot.pause()


async def fill(pilot: Pilot[Any], values: dict[str, Value]) -> None:
    await pilot.pause()
    pilot.app.screen.query_one(ParameterForm).set_values(values)
    await pilot.press("ctrl+g")
    await settle(pilot)


async def test_a_group_is_changed_and_keeps_the_order_of_its_servers(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        three_servers(core)
        core.profiles.save(Profile("c", url=NOWHERE))
        core.profiles.save_group("farm", ["c", "b"])
        app = ScreenHost(GroupEditScreen(core, core.profiles.get("farm")))
        async with app.run_test(size=(100, 30)) as pilot:
            await fill(pilot, {"server:i": True})
            assert "different services" in words(pilot)
            assert core.profiles.get("farm").members == ("c", "b")
            await fill(pilot, {"server:i": False, "server:a": True, "name": "i"})
            assert "is taken" in words(pilot)
            await fill(pilot, {"name": "fields"})
        assert app.answers == ["fields"]
        known = load(core.paths, {}).profiles
        assert known["fields"].members == ("c", "b", "a")
        assert "farm" not in known


async def test_a_group_says_how_many_of_its_servers_are_up(tmp_path: Path) -> None:
    async with answering(comfyui(jobs=3)) as url, opened_core(tmp_path) as core:
        core.profiles.save(Profile("a", url=url))
        core.profiles.save(Profile("gone", url=NOWHERE))
        core.profiles.save_group("farm", ["a", "gone"])
        app = ScreenHost(ProfilesScreen(core, "farm"))
        async with app.run_test(size=(110, 36)) as pilot:
            await settle(pilot)
            await pilot.press("t")
            await settle(pilot)
            assert "1 of 2 up · 3 jobs in their queues" in words(pilot)
            assert "a: ComfyUI 0.3.64" in words(pilot)
            assert "1 of 2 up" in row(pilot, "farm")
            assert "ComfyUI 0.3.64" in row(pilot, "a"), "its servers were asked by that as well"


def loader(*models: str) -> dict[str, Any]:
    """What a ComfyUI says of its checkpoints."""
    entry = {"input": {"required": {"ckpt_name": [list(models)]}}, "output": ["MODEL"]}
    return {"CheckpointLoaderSimple": entry}


async def test_a_server_that_comes_back_brings_its_models_into_the_form_of_its_group(tmp_path: Path) -> None:
    unknown = {"status": 200, "body": {}}
    async with (
        answering(comfyui(jobs=2, **loader("one")), unknown) as url,
        shell.opened_core(tmp_path) as core,
    ):
        core.profiles.save(Profile("a", url=url))
        core.profiles.save(Profile("b", url=NOWHERE))
        core.profiles.save_group("farm", ["a", "b"])
        core.profiles.prefer("farm")
        async with shell.shown(core, size=(160, 40)) as seen:
            assert seen.main.profile == "farm"

            def offered() -> tuple[str, ...]:
                (spec,) = seen.main.desk.state.form.with_role(Role.CHECKPOINT)
                return spec.choices

            await seen.sees("farm ● 1 of 2 up · 2 jobs")
            await seen.until(lambda: offered() == ("one",), "the models of the server that is up")
            async with answering(comfyui(**loader("two")), unknown) as late:
                core.profiles.save(Profile("b", url=late))
                await seen.sees("farm ● 2 of 2 up")
                await seen.until(lambda: offered() == ("one", "two"), "those of the other one")


async def test_deleting_says_what_it_means_for_groups(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        three_servers(core)
        core.profiles.save_group("farm", ["a", "b"])
        app = ScreenHost(ProfilesScreen(core, "a"))
        async with app.run_test(size=(110, 36)) as pilot:
            await settle(pilot)
            await pilot.press("d")
            await settle_on(pilot, ConfirmScreen)
            assert "no longer in farm" in words(pilot)
            await pilot.press("y")
            await settle(pilot)
            assert core.profiles.get("farm").members == ("b",)
            app.screen.query_one(RowList).show(app.screen.query_one(RowList)._rows, "farm")
            await pilot.press("d")
            await settle_on(pilot, ConfirmScreen)
            assert "Its servers and pictures stay." in words(pilot)
            await pilot.press("y")
            await settle(pilot)
            assert [known.name for known in core.profiles.list()] == ["i", DEMO]


async def test_e_opens_what_fits(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        three_servers(core)
        core.profiles.save_group("farm", ["a"])
        app = ScreenHost(ProfilesScreen(core, "farm"))
        async with app.run_test(size=(110, 36)) as pilot:
            await settle(pilot)
            await pilot.press("e")
            await settle_on(pilot, GroupEditScreen)
            await pilot.press("escape")
            await settle_on(pilot, ProfilesScreen)
            await pilot.press("home", "e")
            await settle_on(pilot, ProfileEditScreen)


@pytest.mark.parametrize("size", [(80, 24), (40, 16)])
async def test_the_form_of_a_group_fits_small_windows(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened_core(tmp_path) as core:
        for number in range(30):
            core.profiles.save(Profile(f"server {number}", url=NOWHERE))
        app = ScreenHost(GroupEditScreen(core, None))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            assert app.screen.region.contains_region(app.screen.query_one(".dialog").region)


@pytest.mark.parametrize("typed", ["many", 0, 101, None, True, 2.5])
def test_a_depth_that_is_none_is_not_taken_for_the_default(typed: Value) -> None:
    assert profile_from({"name": "box", "url": "http://box", "queue_depth": typed}, None).queue_depth == -1


def test_the_default_depth_is_shown_and_not_written() -> None:
    profile = Profile("box", url="http://box")
    assert values_of(profile, service="comfyui")["queue_depth"] == 2
    assert profile_from(values_of(profile, service="comfyui"), profile).queue_depth == 0


async def test_a_wrong_depth_is_marked_and_not_saved(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        app = ScreenHost(ProfileEditScreen(core, None))
        async with app.run_test(size=(100, 30)) as pilot:
            await fill(pilot, {"name": "box", "service": "comfyui", "queue_depth": 0})
            model = app.screen.query_one(ParameterForm).model
            assert model.problem("queue_depth")
            await fill(pilot, {"queue_depth": 4, "group_checkpoints": True})
        assert app.answers == ["box"]
        assert core.profiles.get("box").queue_depth == 4
        assert core.profiles.get("box").group_checkpoints
