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
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded
    from darkroom.connectors.access import Access
    from darkroom.domain.server import ServerInfo

LOCAL_URL = "http://127.0.0.1:8188"
"""Where ComfyUI listens when nothing else is said. Source: ComfyUI 0.3.64, `--port`."""


class Profiles:
    """The profiles of one configuration, with changes written to its file."""

    def __init__(self, paths: Paths, loaded: Loaded, environ: Mapping[str, str] | None = None) -> None:
        """`environ` is where `env:NAME` secrets are looked up; this process's environment by default."""
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
        """All profiles, the demo last."""
        return tuple(self._profiles.values())

    def get(self, name: str) -> Profile:
        """The profile called `name`; an `http://` or `https://` address is a profile of its own.

        An address as a name lets a job that was sent to it be found again by a later process.

        Raises:
            ConfigError: There is none, or it stands in the configuration with a mistake.
            InputError: It is an address that cannot be used.
        """
        known = self._profiles.get(name)
        if known is not None:
            return known
        if name.startswith(("http://", "https://")):
            return self._unnamed(name)
        for key, error in self._broken.items():
            if key == f"profiles.{name}" or key.startswith(f"profiles.{name}."):
                raise error
        close = nearest(name, self._profiles)
        raise ConfigError(
            f"No profile is called “{excerpt(name, 60)}”",
            hint=f"Did you mean {close}?" if close else "`darkroom profiles list` lists them",
            key="profile",
        )

    def _unnamed(self, url: str) -> Profile:
        profile = Profile(name=url, url=url)
        wrong = [problem for problem in problems(profile) if problem.field == "url"]
        if wrong:
            raise InputError(wrong[0].message[0].upper() + wrong[0].message[1:], hint=wrong[0].hint)
        return profile

    async def choose(self, *, last: str = "") -> str | None:
        """The name of the profile to use when none is asked for; `None` when there is nothing to use.

        In this order: the setting `profile`, the one used last, the first in the file, a ComfyUI on
        this machine's usual port. The demo is never chosen by itself, only when it was used last.

        Args:
            last: The profile that the session used last.
        """
        if self._preferred:
            return self._preferred
        if last and (last in self._profiles or "://" in last):
            return last
        own = [name for name in self._profiles if name != DEMO]
        if own:
            return own[0]
        return LOCAL_URL if await self.local() is not None else None

    async def local(self) -> ServerInfo | None:
        """What answers on this machine's usual port, or `None`."""
        try:
            return await self.test(Profile(name=LOCAL_URL, url=LOCAL_URL))
        except ConnectorError:
            return None

    async def test(self, profile: Profile) -> ServerInfo:
        """Asks the server of a profile, saved or not, whether it is there. The demo is not for this.

        Raises:
            InputError: The profile cannot be used as it is.
            ConfigError: Its secret cannot be read.
            ConnectorError: The server is not there, or is something else.
        """
        # The connector's module imports httpx, which no start-up should pay for.
        from darkroom.connectors import registry

        access = self.access(profile)
        connector = await asyncio.to_thread(
            registry.open_connector, profile, url=profile.url, access=access, client_id=uuid.uuid4().hex
        )
        try:
            return await connector.probe()
        finally:
            await connector.aclose()

    def access(self, profile: Profile) -> Access:
        """The credentials of a profile, in the clear: for a connection that is opened now.

        Raises:
            ConfigError: A secret cannot be read; names the profile.
        """
        from darkroom.connectors.access import Access

        secret = self._reveal(profile, profile.secret)
        headers = {
            name: self._reveal(profile, value) if is_reference(value) else value
            for name, value in profile.headers.items()
        }
        if profile.auth == "bearer":
            return Access(token=secret, headers=headers)
        if profile.auth == "basic":
            return Access(username=profile.username, password=secret, headers=headers)
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
