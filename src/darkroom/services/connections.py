"""Open connections: one connector a profile, and the health of its server."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError, ConnectorError, Unreachable
from darkroom.domain.profile import DEMO, Profile
from darkroom.services.updates import ConnectionChanged, ConnectionState, Hub

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.server import ServerInfo
    from darkroom.services.demo import Demo
    from darkroom.services.profiles import Profiles

PROBE_EVERY_S = 5.0
"""How often the watched server is asked whether it is there; one small GET on an open connection."""

RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Waits before a lost line is tried again; the last one repeats."""


class Connections:
    """Connectors of this process, opened when first needed and reused.

    Each process has a client id of its own for each profile: two sockets with one id would
    deafen each other on ComfyUI.
    """

    def __init__(self, profiles: Profiles, demo: Demo, hub: Hub) -> None:
        self._profiles = profiles
        self._demo = demo
        self._hub = hub
        self._open: dict[str, tuple[str, Profile, Connector]] = {}
        self._states: dict[str, ConnectionState] = {}
        self._opening: dict[str, asyncio.Lock] = {}

    def state(self, profile_name: str) -> ConnectionState:
        """What was last known of the server; asks nobody."""
        return self._states.get(profile_name, ConnectionState(profile_name))

    async def get(self, profile_name: str) -> Connector:
        """The open connector of a profile. Starts the demo server when it is the demo's.

        Raises:
            ConfigError: There is no such profile, or its secret cannot be read.
            Unreachable: The demo server could not be started.
        """
        profile = self._profiles.get(profile_name)
        url = await self._demo.ensure() if profile.name == DEMO else profile.url
        # A lock for each: a keyring, or a host, that keeps one waiting is no matter of the others.
        async with self._opening.setdefault(profile_name, asyncio.Lock()):
            opened = self._open.get(profile_name)
            if opened is not None and opened[:2] == (url, profile):
                return opened[2]
            if opened is not None:
                await opened[2].aclose()
            connector = await self._connect(profile, url)
            self._open[profile_name] = (url, profile, connector)
            return connector

    async def _connect(self, profile: Profile, url: str) -> Connector:
        from darkroom.connectors import registry

        # Keyrings are waited for, and the first connector imports httpx (100 ms): both kept off the loop.
        access = await asyncio.to_thread(self._profiles.access, profile)
        return await asyncio.to_thread(
            registry.open_connector, profile, url=url, access=access, client_id=uuid.uuid4().hex
        )

    async def probe(self, profile_name: str) -> ServerInfo:
        """Asks the server whether it is there, and publishes the answer.

        Raises:
            ConnectorError: It is not, or it is something else; published as well.
            ConfigError: The profile cannot be used; published as well.
        """
        try:
            info = await (await self.get(profile_name)).probe()
        except (ConnectorError, ConfigError) as error:
            self._publish(ConnectionState(profile_name, "down", self.state(profile_name).info, error))
            raise
        self._publish(ConnectionState(profile_name, "up", info))
        return info

    async def watch(self, profile_name: str, *, every_s: float = PROBE_EVERY_S) -> None:
        """Keeps the state of a profile's server current until cancelled.

        The demo is not woken by being watched: while it sleeps it is `asleep`.
        """
        self._publish(ConnectionState(profile_name, "connecting"))
        while True:
            if profile_name == DEMO and self._demo.running() is None:
                self._publish(ConnectionState(profile_name, "asleep"))
            else:
                with contextlib.suppress(ConnectorError, ConfigError):  # published by `probe`
                    await self.probe(profile_name)
            await asyncio.sleep(every_s)

    def _publish(self, state: ConnectionState) -> None:
        if state != self._states.get(state.profile):
            self._states[state.profile] = state
            self._hub.publish(ConnectionChanged(state))

    def lost(self, profile_name: str, error: Unreachable) -> None:
        """Notes that a job found the server unreachable, without waiting for the next probe."""
        self._publish(ConnectionState(profile_name, "down", self.state(profile_name).info, error))

    async def wait_out(self, profile_name: str, error: Unreachable, tries: int) -> None:
        """Notes that a server is unreachable, and waits before the next try; `tries` counts from 0."""
        self.lost(profile_name, error)
        await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])

    async def forget(self, profile_name: str) -> None:
        """Closes the connector of a profile that was changed or deleted."""
        opened = self._open.pop(profile_name, None)
        self._states.pop(profile_name, None)
        if opened is not None:
            await opened[2].aclose()

    async def aclose(self) -> None:
        """Closes all connectors. Jobs go on at their servers."""
        opened, self._open = list(self._open.values()), {}
        await asyncio.gather(*(connector.aclose() for _, _, connector in opened))
