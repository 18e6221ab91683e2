"""Open connections: one connector a profile, and the health of its server; of a group, of all of them."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError, ConnectorError, InputError, Unreachable
from darkroom.domain.profile import DEMO, Profile
from darkroom.services.updates import ConnectionChanged, ConnectionState, Hub

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        """What was last known of the server, or of a group's servers together; asks nobody."""
        members = self._members(profile_name)
        if members == (profile_name,):
            return self._states.get(profile_name, ConnectionState(profile_name))
        # Few have groups.
        from darkroom.services.groupstate import group_state

        return group_state(profile_name, [self.state(member) for member in members])

    def _members(self, profile_name: str) -> tuple[str, ...]:
        """The servers behind a name; of a name that cannot be used itself, as asking it tells why."""
        try:
            return self._profiles.members(profile_name)
        except (ConfigError, InputError):
            return (profile_name,)

    async def answering(self, profile_name: str) -> str:
        """The profile that is asked what `profile_name` offers: itself, or a member of the group.

        Of a group it is the first that is known to be up, else the first to answer, else the first. Jobs
        are not given to it for that: they go to whichever member is free.

        Raises:
            ConfigError: There is no such profile or group, or no member of the group is active.
        """
        members = self._profiles.members(profile_name)
        if len(members) == 1:
            return members[0]
        return self._first_up(members) or await self._first_to_answer(members)

    def _first_up(self, members: Sequence[str]) -> str | None:
        return next((member for member in members if self.state(member).phase == "up"), None)

    async def _first_to_answer(self, members: Sequence[str]) -> str:
        asking = [asyncio.create_task(self._look(member)) for member in members]
        try:
            for asked in asyncio.as_completed(asking):
                await asked
                if found := self._first_up(members):
                    return found
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return members[0]

    async def get(self, profile_name: str) -> Connector:
        """The open connector of a profile; of a group, that of the member which answers for it.

        Starts the demo server when it is the demo's.

        Raises:
            ConfigError: There is no such profile, its secret cannot be read, or no member is active.
            Unreachable: The demo server could not be started.
        """
        profile_name = await self.answering(profile_name)
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
        """Asks the server, or all servers of a group, and publishes the answer.

        Raises:
            ConnectorError: It is not there, or it is something else; published as well.
            ConfigError: The profile cannot be used; published as well.
        """
        members = self._members(profile_name)
        if members != (profile_name,):
            await asyncio.gather(*map(self._look, members))
            together = self.state(profile_name)
            if together.info is not None:
                return together.info
            from darkroom.services.groupstate import nobody

            raise nobody(profile_name, [self.state(member) for member in members])
        try:
            info = await (await self.get(profile_name)).probe()
        except (ConnectorError, ConfigError) as error:
            self._publish(ConnectionState(profile_name, "down", self.state(profile_name).info, error))
            raise
        self._publish(ConnectionState(profile_name, "up", info))
        return info

    async def watch(self, profile_name: str, *, every_s: float = PROBE_EVERY_S) -> None:
        """Keeps the state of a profile's server, or of a group's, current until cancelled.

        The demo is not woken by being watched: while it sleeps it is `asleep`.
        """
        for member in self._members(profile_name):
            if self.state(member).phase != "up":
                self._publish(ConnectionState(member, "connecting"))
        while True:
            # The members of a group may change meanwhile, and with them how it stands.
            await asyncio.gather(*map(self._look, self._members(profile_name)))
            self._publish(self.state(profile_name))
            await asyncio.sleep(every_s)

    async def _look(self, profile_name: str) -> None:
        """Asks one server; what it says, or what is wrong, is published."""
        if profile_name == DEMO and self._demo.running() is None:
            self._publish(ConnectionState(profile_name, "asleep"))
        else:
            with contextlib.suppress(ConnectorError, ConfigError):  # published by `probe`
                await self.probe(profile_name)

    def _publish(self, state: ConnectionState) -> None:
        if state == self._states.get(state.profile):
            return
        self._states[state.profile] = state
        self._hub.publish(ConnectionChanged(state))
        for group in self._profiles.groups_of(state.profile):
            # Kept for the comparison alone: `state` looks at the members.
            self._publish(self.state(group))

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
