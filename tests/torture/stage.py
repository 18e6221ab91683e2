"""The servers of a round, and the wires to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.contract.backends import available
from tests.contract.relay import relay
from tests.servers.comfyui import ComfyServer

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from pathlib import Path

    from tests.contract.relay import Relay
    from tests.servers.process import ServerProcess
    from tests.torture.scenario import Scenario

TRIES = 5
IDLE_S = 900


class Stage:
    """Some servers of one service.

    Attributes:
        backend: What is known of the service.
        servers: They.
        wires: What Darkroom reaches them by.
        names: Their profiles.
        targets: What jobs may be for: these, and the group of them.
        jobs: How many they took, as far as it was noted.
        foreign_stopped: Foreign jobs that a request of ours ended, likewise.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.backend = available()[scenario.service]
        self.servers: list[ServerProcess] = [
            self.backend.server(folder / f"server-{number}") for number in range(scenario.servers)
        ]
        self.wires: list[Relay] = []
        self.names = ["one", "two"][: scenario.servers]
        self.targets = [*self.names, *(["both"] if scenario.servers > 1 else [])]
        self.jobs = self.foreign_stopped = 0

    async def open(self, stack: AsyncExitStack) -> None:
        """Starts the servers; the wires are closed with `stack`."""
        for server in self.servers:
            await _start(server)
            self.wires.append(await stack.enter_async_context(relay(server.url)))

    async def kill(self, which: int, for_s: float) -> None:
        """Kills a server; after a while it comes back."""
        server = self.servers[which]
        await self.note(server)
        await server.kill()
        await asyncio.sleep(for_s)
        await _start(server)

    async def note(self, server: ServerProcess) -> None:
        """Adds to the books what a server has done in this life."""
        state = await server.state()
        self.jobs += state.jobs
        self.foreign_stopped += state.foreign_stopped

    async def cut(self, which: int, for_s: float) -> None:
        """Breaks all connections to a server; none can be made for a while."""
        wire = self.wires[which]
        wire.dead = for_s > 0
        wire.drop()
        await asyncio.sleep(for_s)
        wire.dead = False

    async def free(self) -> None:
        """Lets foreign jobs end by themselves."""
        for server in self.servers:
            await server.fault("free")

    async def settle(self) -> int:
        """Starts those anew that have nothing to do; how many those were."""
        idle = [n for n, server in enumerate(self.servers) if not (await server.state()).unfinished]
        for number in idle:
            await self.kill(number, 0.0)
        return len(idle)


async def _start(server: ServerProcess) -> None:
    """Starts a server, on a machine that may be too busy for it at first."""
    # ComfyUI is played by the demo server, which leaves when nobody needs it: here Darkrooms stand still.
    patient = ("--idle-exit-s", str(IDLE_S)) if isinstance(server, ComfyServer) else ()
    for _ in range(TRIES - 1):
        try:
            return await server.start(*patient)
        except TimeoutError:
            await server.kill()
    await server.start(*patient)
    return None
