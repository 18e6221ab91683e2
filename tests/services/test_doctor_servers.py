"""The doctor's words on servers: what each is, what it lacks, and all of them at once."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.profile import DEMO, Profile
from darkroom.services.doctor_servers import SLOW_S, servers
from darkroom.services.findings import Finding, Level
from tests.servers.answering import answering, comfyui, program
from tests.services.test_discovery import silent

if TYPE_CHECKING:
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def said(core: Core, name: str, *, online: bool = True) -> list[Finding]:
    return [finding for finding in await servers(core, online=online) if finding.name == name]


async def test_a_server_that_is_well_is_told_with_its_version_and_memory(
    core: Core, server: ComfyServer
) -> None:
    core.profiles.save(Profile("box", url=server.url))
    (found,) = await said(core, "box")
    assert found.level is Level.FINE
    assert server.url in found.value
    assert found.hint, "its devices"


async def test_a_server_that_is_something_else_is_named_with_the_command_that_helps(core: Core) -> None:
    async with program("forge") as forge, program("invokeai-users") as users:
        core.profiles.save(Profile("box", "comfyui", forge))
        core.profiles.save(Profile("studio", "invokeai", users))
        box, studio = await said(core, "box"), await said(core, "studio")
    assert [(finding.value, finding.hint) for finding in box] == [
        (
            "this is Forge, not what the profile says (comfyui)",
            "darkroom profiles edit box --service a1111",
        )
    ]
    wants = next(finding for finding in studio if "wants credentials: login" in finding.value)
    assert wants.level is Level.WRONG
    assert wants.hint == "darkroom profiles edit studio --auth login --username NAME --secret env:NAME"


async def test_a_web_ui_without_its_api_says_so(core: Core) -> None:
    page = {"version": "4.40.0", "title": "Stable Diffusion", "components": []}
    async with answering({"/config": {"status": 200, "body": page}}) as url:
        core.profiles.save(Profile("forge", "a1111", url))
        found = await said(core, "forge")
    assert any("--api" in finding.hint and finding.level is Level.WRONG for finding in found)


LOGIN = Profile("a", "invokeai", "http://studio:1", "login", "me", "env:PATH")


@pytest.mark.parametrize(
    ("profile", "word"),
    [
        (Profile("a", "a1111", "http://box:1"), "server_settings is off"),
        (Profile("a", "fooocus", "http://box:1"), "may be lost"),
        (Profile("a", url="https://box:1", verify_tls=False), "certificate is not checked"),
        (LOGIN, "unencrypted"),
    ],
)
async def test_what_a_profile_costs_is_said_without_asking(core: Core, profile: Profile, word: str) -> None:
    core.profiles.save(profile)
    found = await said(core, "a", online=False)
    assert [finding.level for finding in found] == [Level.FINE, Level.NOTE]
    assert word in found[1].value


@pytest.mark.parametrize(
    "profile",
    [
        Profile("a", "a1111", "http://box:1", server_settings=True),
        Profile("a", "invokeai", "https://box:1"),
        replace(LOGIN, url="http://127.0.0.1:1"),
    ],
)
async def test_a_profile_without_such_costs_has_no_remarks(core: Core, profile: Profile) -> None:
    core.profiles.save(profile)
    assert len(await said(core, "a", online=False)) == 1


async def test_inactive_profiles_are_listed_and_not_asked(core: Core) -> None:
    core.profiles.save(Profile("idle", url="http://127.0.0.1:9", active=False))
    found = await servers(core)
    assert [(finding.name, finding.level) for finding in found] == [(DEMO, Level.FINE), ("idle", Level.FINE)]
    assert "inactive" in found[1].value


async def test_nine_silent_servers_take_no_longer_than_one(core: Core, server: ComfyServer) -> None:
    async with AsyncExitStack() as stack:
        for number in range(9):
            core.profiles.save(Profile(f"silent-{number}", url=await stack.enter_async_context(silent())))
        core.profiles.save(Profile("box", url=server.url))
        began = time.monotonic()
        found = await servers(core)
        took = time.monotonic() - began
    assert took < SLOW_S + 1
    levels = {finding.name: finding.level for finding in found}
    assert levels["box"] is Level.FINE
    assert sum(level is Level.WRONG for level in levels.values()) == 9


async def test_of_a_group_it_is_said_how_many_of_its_servers_can_be_used(
    core: Core, server: ComfyServer
) -> None:
    core.profiles.save(Profile("box", url=server.url))
    core.profiles.save(Profile("gone", url="http://127.0.0.1:9"))
    core.profiles.save(Profile("idle", url="http://127.0.0.1:9", active=False))
    core.profiles.save_group("farm", ["box", "gone", "idle"])
    core.profiles.save_group("ruin", ["gone"])
    core.profiles.save_group("later", ["idle"])
    found = {finding.name: finding for finding in await servers(core)}
    assert found["farm"].level is Level.FINE
    assert found["farm"].value == "group of box, gone (1 server more, inactive): 1 of 2 up"
    assert (found["ruin"].level, found["ruin"].value) == (Level.WRONG, "group of gone: 0 of 1 up")
    assert found["later"].value == "group of idle inactive, not asked"
    (farm,) = await said(core, "farm", online=False)
    assert farm.value.endswith("(not asked)")


async def test_servers_of_a_group_that_differ_are_told(core: Core) -> None:
    async with answering(comfyui()) as old, answering(comfyui("0.4.0")) as new:
        core.profiles.save(Profile("old", url=old))
        core.profiles.save(Profile("new", url=new))
        core.profiles.save_group("farm", ["old", "new"])
        found = {finding.name: finding for finding in await servers(core)}
    assert found["farm"].level is Level.NOTE
    assert "ComfyUI 0.3.64, ComfyUI 0.4.0" in found["farm"].hint
