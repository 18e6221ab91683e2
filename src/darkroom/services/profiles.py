"""Servers by name: the saved ones, the demo, and any address that is given in place of a name."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import TYPE_CHECKING

from darkroom.config import profiles as kept
from darkroom.config.profilecheck import problems
from darkroom.config.secrets import is_reference, reveal
from darkroom.domain.errors import ConfigError, ConnectorError, InputError
from darkroom.domain.profile import DEMO, Profile, address_name, of_address
from darkroom.domain.service import API_KEY, BASIC, BEARER, LOGIN
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

HERE = ("127.0.0.1",)
"""This machine, as a host to look at."""


class Profiles:
    """The profiles of one configuration, with changes written to its file."""

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
        self._broken = {error.key: error for error in loaded.errors if error.key.startswith("profiles.")}
        self._preferred = loaded.settings.profile

    @property
    def preferred(self) -> str:
        """The profile used when none is asked for; "" when there is no such choice."""
        return self._preferred

    def list(self) -> tuple[Profile, ...]:
        """The profiles that are offered: the active ones, the demo last."""
        return tuple(profile for profile in self._profiles.values() if profile.active)

    def inactive(self) -> tuple[Profile, ...]:
        """The profiles that are kept for later: never watched, and never chosen by themselves."""
        return tuple(profile for profile in self._profiles.values() if not profile.active)

    def get(self, name: str) -> Profile:
        """The profile called `name`; an address is a profile of its own (see `domain.profile.address_name`).

        An address as a name lets a job that was sent to it be found again by a later process.

        Raises:
            ConfigError: There is none, or it stands in the configuration with a mistake.
            InputError: It is an address that cannot be used.
        """
        known = self._profiles.get(name)
        if known is not None:
            return known
        unnamed = of_address(name)
        if unnamed is not None:
            return _usable(unnamed)
        for key, error in self._broken.items():
            if key == f"profiles.{name}" or key.startswith(f"profiles.{name}."):
                raise error
        close = nearest(name, self._profiles)
        raise ConfigError(
            f"No profile is called “{excerpt(name, 60)}”",
            hint=f"Did you mean {close}?" if close else "`darkroom profiles list` lists them",
            key="profile",
        )

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
        from darkroom.connectors.access import Access

        secret = self._reveal(profile, profile.secret)
        headers = {
            name: self._reveal(profile, value) if is_reference(value) else value
            for name, value in profile.headers.items()
        }
        if profile.auth == BEARER:
            return Access(token=secret, headers=headers)
        if profile.auth == API_KEY:
            return Access(headers={**headers, "X-API-KEY": secret})
        if profile.auth in (BASIC, LOGIN):
            return Access(profile.username, secret, headers=headers, login=profile.auth == LOGIN)
        return Access(headers=headers)

    def _reveal(self, profile: Profile, reference: str) -> str:
        try:
            return reveal(reference, self._environ).get_secret_value()
        except ConfigError as error:
            raise ConfigError(
                f"Profile “{profile.name}”: {error.title}",
                error.detail,
                error.hint,
                file=error.file,
                key=f"profiles.{profile.name}.secret",
            ) from error

    def save(self, profile: Profile, *, replacing: str = "") -> None:
        """Keeps a profile in the configuration, in place of the one of its name, or of `replacing`.

        Raises:
            InputError: It cannot be used; says why. Nothing was written.
            ConfigError: The file cannot be written.
        """
        kept.write(self._paths, profile)
        if replacing and replacing != profile.name:
            self.delete(replacing)
        demo = self._profiles.pop(DEMO, kept.DEMO_PROFILE)
        self._profiles[profile.name] = profile
        self._profiles[DEMO] = demo

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
        """Takes a profile out of the configuration; generations made with it stay.

        Raises:
            InputError: It is the demo, or there is none of that name.
            ConfigError: The file cannot be written.
        """
        if name == DEMO:
            raise InputError("The demo cannot be deleted", hint="It costs nothing while it is not used")
        if not kept.remove(self._paths, name):
            raise InputError(f"No profile is called “{excerpt(name, 60)}”", hint="`darkroom profiles list`")
        self._profiles.pop(name, None)

    def prefer(self, name: str) -> None:
        """Makes a profile the one that is used when none is asked for; "" for none.

        Raises:
            ConfigError: There is no such profile, or the file cannot be written.
        """
        if name:
            self.get(name)
        kept.write_setting(self._paths, "profile", name)
        self._preferred = name


def _usable(unnamed: Profile) -> Profile:
    """The profile of an address. Raises `InputError` when it cannot be used."""
    wrong = [problem for problem in problems(unnamed) if problem.field in ("url", "service")]
    if wrong:
        raise InputError(wrong[0].message[0].upper() + wrong[0].message[1:], hint=wrong[0].hint)
    return unnamed
