"""Servers by name: the saved ones, the demo, and any address that is given in place of a name."""

from __future__ import annotations

import asyncio
import os
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

from darkroom.config.profilecheck import problems
from darkroom.domain.errors import ConfigError, ConnectorError, InputError
from darkroom.domain.profile import DEMO, Profile, address_name, of_address
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded
    from darkroom.connectors.access import Access
    from darkroom.connectors.signs import Identified
    from darkroom.domain.server import ServerInfo
    from darkroom.services.discovery import Found

_TABLES = ("profiles.", "groups.")

HERE = ("127.0.0.1",)
"""This machine, as a host to look at."""


class Profiles:
    """The profiles and groups of one configuration, with changes written to its file."""

    def __init__(
        self,
        paths: Paths,
        loaded: Loaded,
        environ: Mapping[str, str] | None = None,
        *,
        here: Sequence[str] = HERE,
    ) -> None:
        """Asks nobody yet.

        Args:
            paths: Where the configuration is.
            loaded: What stood in it.
            environ: Where `env:NAME` secrets are looked up; this process's environment by default.
            here: The hosts that are looked at when none is named.
        """
        self._here = here
        self.found: tuple[Found, ...] = ()
        """What the last look around this machine found."""
        self._paths = paths
        self._environ = os.environ if environ is None else environ
        self._profiles = dict(loaded.profiles)
        self._broken = {error.key: error for error in loaded.errors if error.key.startswith(_TABLES)}
        self._preferred = loaded.settings.profile

    @property
    def preferred(self) -> str:
        """The profile used when none is asked for; "" when there is no such choice."""
        return self._preferred

    def list(self) -> tuple[Profile, ...]:
        """The servers and groups that are offered: the active ones, the demo last."""
        return tuple(profile for profile in self._profiles.values() if profile.active)

    def inactive(self) -> tuple[Profile, ...]:
        """The profiles that are kept for later: never watched, and never chosen by themselves."""
        return tuple(profile for profile in self._profiles.values() if not profile.active)

    def get(self, name: str) -> Profile:
        """The profile called `name`; an address is a profile of its own (see `domain.profile.address_name`).

        Of a group it holds the service, the defaults and what else its members share (`as_group`).
        An address as a name lets a job that was sent to it be found again by a later process.

        Raises:
            ConfigError: There is none, or it stands in the configuration with a mistake.
            InputError: It is an address that cannot be used.
        """
        known = self._profiles.get(name)
        if known is not None:
            return known
        unnamed = _unnamed(name)
        if unnamed is not None:
            return unnamed
        for key, error in self._broken.items():
            if any(f"{key}.".startswith(f"{table}{name}.") for table in _TABLES):
                raise error
        close = nearest(name, self._profiles)
        raise ConfigError(
            f"No profile is called “{excerpt(name, 60)}”",
            hint=f"Did you mean {close}?" if close else "`darkroom profiles list` lists them",
            key="profile",
        )

    def members(self, name: str) -> tuple[str, ...]:
        """The active profiles that a job for `name` can go to, in the order of the group; of a server itself.

        Raises:
            ConfigError: There is no such profile or group, or no member of the group is active.
            InputError: It is an address that cannot be used.
        """
        profile = self.get(name)
        if not profile.is_group:
            return (name,)
        active = tuple(member for member in profile.members if self._profiles[member].active)
        if not active:
            raise ConfigError(
                f"No server of the group “{excerpt(name, 60)}” is active",
                hint=f"darkroom profiles edit {profile.members[0]} --active",
            )
        return active

    def groups_of(self, name: str) -> tuple[str, ...]:
        """The groups that a profile belongs to, in the order of the configuration."""
        return tuple(known.name for known in self._profiles.values() if name in known.members)

    async def resolve(self, name: str) -> str:
        """`name`, as a person gave it, with the service found that an address leaves out.

        A plain address means a ComfyUI in everything that is kept; so the server is asked here, once, for
        `identify.PATIENCE_S` at most. Where nothing is found out, connecting says what is wrong.

        Raises:
            InputError: It is an address that cannot be used.
        """
        unnamed = of_address(name)
        if name in self._profiles or unnamed is None or name != unnamed.url:
            return name
        try:
            found = await self.identify(_usable(unnamed))
        except ConnectorError:
            return name
        return address_name(found.service, unnamed.url) if found is not None and found.service else name

    async def choose(self, *, last: str = "") -> str | None:
        """The name of the profile to use when none is asked for; `None` when that is not clear.

        In this order: the setting `profile`, the one used last, the first in the file, the only server
        that answers at a usual port of this machine. The demo is never chosen by itself, only when it
        was used last; nor is an inactive profile.

        Args:
            last: The profile that the session used last.
        """
        if self._preferred:
            return await self.resolve(self._preferred)
        offered = [profile.name for profile in self.list()]
        if last and (last in offered or of_address(last) is not None):
            return last
        own = [name for name in offered if name != DEMO]
        if own:
            return own[0]
        ready = [found for found in await self.discover() if found.identified.ready]
        return ready[0].name if len(ready) == 1 else None

    async def discover(self, hosts: Sequence[str] = ()) -> tuple[Found, ...]:
        """What answers at the usual ports of some hosts, of this machine when none is named.

        Raises:
            InputError: A host is none.
        """
        # Most starts look for nothing.
        from darkroom.services import discovery

        found = await discovery.discover(hosts or self._here, self._profiles.values())
        if not hosts:
            self.found = found
        return found

    async def identify(self, profile: Profile) -> Identified | None:
        """What answers at a profile's address, saved or not, whatever its service says; `None` when unknown.

        Raises:
            ConfigError: Its secret cannot be read.
            ConnectorError: Nothing answers.
        """
        from darkroom.connectors.access import parse_address
        from darkroom.connectors.identify import identify_address

        address, access = parse_address(profile.url, await asyncio.to_thread(self.access, profile))
        return await identify_address(address, access, profile=profile.name, verify_tls=profile.verify_tls)

    async def test(self, profile: Profile) -> ServerInfo:
        """Asks the server of a profile, saved or not, whether it is there. The demo is not for this.

        Raises:
            InputError: The profile cannot be used as it is.
            ConfigError: Its secret cannot be read.
            ConnectorError: The server is not there, or is something else.
        """
        # The connector's module imports httpx, which no start-up should pay for.
        from darkroom.connectors import registry

        access = await asyncio.to_thread(self.access, profile)
        connector = await asyncio.to_thread(
            registry.open_connector, profile, url=profile.url, access=access, client_id=uuid.uuid4().hex
        )
        try:
            return await connector.probe()
        finally:
            await connector.aclose()

    def access(self, profile: Profile) -> Access:
        """The credentials of a profile, in the clear: for a connection that is opened now.

        A keyring is waited for: not to be called on the event loop.

        Raises:
            ConfigError: A secret cannot be read; names the profile.
        """
        from darkroom.services.credentials import credentials

        return credentials(profile, self._environ)

    def save(self, profile: Profile, *, replacing: str = "") -> None:
        """Keeps a profile in the configuration, in place of the one of its name, or of `replacing`.

        Groups that had the replaced one have it under its new name.

        Raises:
            InputError: It cannot be used, has the name of a group, or is of another service than the
                others of its group; says why. Nothing was written.
            ConfigError: The file cannot be written.
        """
        from darkroom.services.changes import save

        self._profiles = save(self._paths, self._profiles, profile, replacing or profile.name)

    def save_group(self, name: str, members: Sequence[str]) -> None:
        """Keeps a group of servers in the configuration, in place of the one of its name.

        Raises:
            InputError: It cannot be used; says why. Nothing was written.
            ConfigError: The file cannot be written.
        """
        from darkroom.services.changes import save_group

        self._profiles = save_group(self._paths, self._profiles, name, members)

    def keep(self, found: Found) -> str:
        """The name under which a server that was found is kept: saves it, if no profile has it yet.

        Raises:
            ConfigError: The file cannot be written.
        """
        from darkroom.services.discovery import profile_for

        if found.profile:
            return found.profile
        profile = profile_for(found, self._profiles)
        self.save(profile)
        return profile.name

    def delete(self, name: str) -> None:
        """Takes a profile or a group out of the configuration; generations made with it stay.

        Groups go on without a profile that is deleted.

        Raises:
            InputError: It is the demo, the only server of a group, or there is none of that name.
            ConfigError: The file cannot be written.
        """
        from darkroom.services.changes import delete

        self._profiles = delete(self._paths, self._profiles, name)

    def prefer(self, name: str) -> None:
        """Makes a profile the one that is used when none is asked for; "" for none.

        Raises:
            ConfigError: There is no such profile, or the file cannot be written.
        """
        from darkroom.config.writing import write_setting

        if name:
            self.get(name)
        write_setting(self._paths, "profile", name)
        self._preferred = name


@lru_cache(maxsize=64)
def _unnamed(name: str) -> Profile | None:
    """The profile of an address, `None` for any other name; asked for a dozen times in the course of a job.

    Raises:
        InputError: It is an address that cannot be used.
    """
    unnamed = of_address(name)
    return None if unnamed is None else _usable(unnamed)


def _usable(unnamed: Profile) -> Profile:
    """The profile of an address. Raises `InputError` when it cannot be used."""
    wrong = [problem for problem in problems(unnamed) if problem.field in ("url", "service")]
    if wrong:
        raise InputError(wrong[0].message[0].upper() + wrong[0].message[1:], hint=wrong[0].hint)
    return unnamed
