"""Connections: none waits for another, and a server that goes and comes back is noticed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import ConfigError
from darkroom.domain.profile import Profile
from darkroom.services.updates import ConnectionChanged, ConnectionState
from tests.servers.answering import answering, recorded

if TYPE_CHECKING:
    from darkroom.services.core import Core
    from darkroom.services.updates import Subscription

TIMEOUT_S = 30.0


async def test_a_keyring_that_hangs_delays_no_other_server(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.unit.config.backends.Hanging")
    core.profiles.save(Profile("slow", url="http://127.0.0.1:9", auth="bearer", secret="keyring:a/b"))  # noqa: S106
    core.profiles.save(Profile("quick", url="http://127.0.0.1:9"))
    slow = asyncio.create_task(core.connections.get("slow"))
    await asyncio.sleep(0)
    await asyncio.wait_for(core.connections.get("quick"), 2)
    assert not slow.done()
    with pytest.raises(ConfigError, match="did not answer"):
        await slow


async def next_state(updates: Subscription, phase: str) -> ConnectionState:
    """The next state of this kind that is told."""
    async with asyncio.timeout(TIMEOUT_S):
        async for update in updates:
            if isinstance(update, ConnectionChanged) and update.state.phase == phase:
                return update.state
    raise AssertionError(phase)


async def test_a_server_that_goes_and_comes_back_newer_is_noticed(core: Core) -> None:
    known = deepcopy(recorded("comfyui")["answers"])
    known["/prompt"] = {"status": 200, "body": {"exec_info": {"queue_remaining": 0}}}
    async with answering(known) as url:
        port = int(url.rpartition(":")[2])
        core.profiles.save(Profile("box", url=url))
        updates = core.updates()
        watching = asyncio.create_task(core.connections.watch("box", every_s=0.05))
        state = await next_state(updates, "up")
        assert state.info is not None
        assert state.info.version == "0.3.64"
    gone = await next_state(updates, "down")
    assert gone.error is not None
    assert gone.info == state.info, "what it was is still known"
    known["/system_stats"]["body"]["system"]["comfyui_version"] = "0.4.0"
    async with answering(known, port=port):
        back = await next_state(updates, "up")
        assert back.info is not None
        assert back.info.version == "0.4.0"
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    updates.close()


async def test_an_address_is_connected_to_by_the_service_in_its_name(core: Core) -> None:
    began = time.monotonic()
    connector = await core.connections.get("invokeai+http://127.0.0.1:9")
    assert "Invoke" in type(connector).__name__
    assert time.monotonic() - began < TIMEOUT_S
    with pytest.raises(ConfigError, match="No profile is called"):
        await core.connections.get("absent")
