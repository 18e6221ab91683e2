"""A group is up while one of its servers is, and says so."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import ConfigError, Unreachable
from darkroom.domain.profile import Profile
from darkroom.services.updates import ConnectionChanged, ConnectionState
from tests.servers.answering import answering, comfyui
from tests.services.test_discovery import silent

if TYPE_CHECKING:
    from darkroom.services.core import Core
    from darkroom.services.updates import Subscription

TIMEOUT_S = 30.0
NOWHERE = "http://127.0.0.1:9"


def a_farm(core: Core, **urls: str) -> None:
    for name, url in urls.items():
        core.profiles.save(Profile(name, url=url))
    core.profiles.save_group("farm", list(urls))


async def group_state(updates: Subscription, label: str) -> ConnectionState:
    """The next state of the group that reads like this."""
    async with asyncio.timeout(TIMEOUT_S):
        async for update in updates:
            if isinstance(update, ConnectionChanged) and update.state.profile == "farm":
                state = update.state
                if label == (state.info.label if state.info is not None else state.phase):
                    return state
    raise AssertionError(label)


async def test_a_group_counts_its_servers_and_their_jobs(core: Core) -> None:
    async with answering(comfyui(jobs=2)) as a, answering(comfyui(jobs=3)) as b:
        a_farm(core, a=a, gone=NOWHERE, b=b)
        assert core.connections.state("farm") == ConnectionState("farm", "unknown")
        info = await core.connections.probe("farm")
        assert (info.label, info.queue_remaining, info.service) == ("2 of 3 up", 5, "comfyui")
        assert info.version == "0.3.64"
        assert info.devices[0] == "a: ComfyUI 0.3.64"
        assert info.devices[1].startswith("gone: ")
        assert core.connections.state("farm").phase == "up"
        assert core.connections.state("gone").phase == "down"


async def test_of_a_group_without_a_server_every_reason_is_told(core: Core) -> None:
    a_farm(core, a=NOWHERE, b=NOWHERE)
    with pytest.raises(Unreachable, match="None of 2 servers can be used") as caught:
        await core.connections.probe("farm")
    assert [line.partition(":")[0] for line in caught.value.detail.splitlines()] == ["a", "b"]
    assert core.connections.state("farm").phase == "down"


async def test_of_a_group_of_one_its_own_error_is_told(core: Core) -> None:
    a_farm(core, a=NOWHERE)
    with pytest.raises(Unreachable) as caught:
        await core.connections.probe("farm")
    assert caught.value is core.connections.state("a").error


async def test_a_watched_group_tells_who_comes_and_goes(core: Core) -> None:
    updates = core.updates()
    async with AsyncExitStack() as second:
        async with answering(comfyui()) as a:
            b = await second.enter_async_context(answering(comfyui()))
            a_farm(core, a=a, b=b)
            watching = asyncio.create_task(core.connections.watch("farm", every_s=0.05))
            await group_state(updates, "2 of 2 up")
        await group_state(updates, "1 of 2 up")
        core.profiles.save(Profile("a", url=NOWHERE, active=False))
        await group_state(updates, "1 of 1 up")
    state = await group_state(updates, "down")
    assert state.error is not None
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    updates.close()


async def test_a_member_that_is_watched_alone_is_seen_in_its_group(core: Core) -> None:
    updates = core.updates()
    async with answering(comfyui()) as a:
        a_farm(core, a=a, b=NOWHERE)
        await core.connections.probe("a")
        state = await group_state(updates, "1 of 2 up")
        assert state.info is not None
        assert state.info.devices[1] == "b: not asked yet"
    updates.close()


async def test_the_first_server_that_is_up_answers_for_its_group(core: Core) -> None:
    async with answering(comfyui()) as a, answering(comfyui()) as b, silent() as hangs:
        a_farm(core, hangs=hangs, gone=NOWHERE, a=a, b=b)
        assert await core.connections.answering("a") == "a"
        # Nobody was asked yet: whoever answers first, without waiting for the one that hangs.
        async with asyncio.timeout(4):
            assert await core.connections.answering("farm") in ("a", "b")
        await core.connections.probe("b")
        await core.connections.probe("a")
        assert await core.connections.answering("farm") == "a"
        assert await core.connections.get("farm") is await core.connections.get("a")
        core.connections.lost("a", Unreachable("gone"))
        assert await core.connections.get("farm") is await core.connections.get("b")


async def test_where_no_server_is_up_the_first_one_says_why(core: Core) -> None:
    a_farm(core, a=NOWHERE, b=NOWHERE)
    assert await core.connections.answering("farm") == "a"


async def test_a_group_without_an_active_server_cannot_be_asked(core: Core) -> None:
    a_farm(core, a=NOWHERE)
    core.profiles.save(Profile("a", url=NOWHERE, active=False))
    with pytest.raises(ConfigError, match="No server of the group “farm” is active"):
        await core.connections.get("farm")
    with pytest.raises(ConfigError, match="is active"):
        await core.connections.probe("farm")
    assert core.connections.state("farm").phase == "down"
