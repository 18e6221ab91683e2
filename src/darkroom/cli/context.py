"""What every command has at hand: folders, configuration, and the services when they are needed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import InputError
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded
    from darkroom.services.core import Core


class Context(NamedTuple):
    """Where the program works and what was configured.

    Attributes:
        paths: The folders.
        loaded: Settings, profiles, and what could not be used.
    """

    paths: Paths
    loaded: Loaded

    @contextlib.asynccontextmanager
    async def core(self, *, owning: bool = False) -> AsyncIterator[Core]:
        """The services over the opened store, closed at the end.

        Args:
            owning: Jobs will be made: this process registers as one that may own them.

        Raises:
            ConfigError: A folder cannot be used.
            StoreError: The database cannot be used.
        """
        from darkroom.config.logs import configure
        from darkroom.services.core import Core

        self.paths.create()
        configure(self.paths, self.loaded.settings.log_level)
        core = await Core.open(self.paths, self.loaded)
        try:
            if owning:
                await core.start(background=False, takes_all=False)
            yield core
        finally:
            await core.aclose()

    def address(self, url: str) -> str:
        """`url`, when it can be the address of a server.

        Raises:
            InputError: It cannot; it is not repeated, as a password may stand in it.
        """
        from darkroom.config.profilecheck import problems
        from darkroom.domain.profile import Profile, of_address

        profile = of_address(url) or Profile(name=url, url=url)
        wrong = [problem for problem in problems(profile) if problem.field in ("url", "service")]
        if wrong:
            message = wrong[0].message
            raise InputError(message[0].upper() + message[1:], hint=wrong[0].hint)
        return url

    def known_profile(self, name: str) -> str:
        """`name`, when there is such a profile or group, or it is an address.

        Raises:
            InputError: There is none.
            ConfigError: It stands in the configuration with a mistake.
        """
        from darkroom.domain.profile import of_address

        if name in self.loaded.profiles or of_address(name) is not None:
            return name
        for error in self.loaded.errors:
            if f"{error.key}.".startswith((f"profiles.{name}.", f"groups.{name}.")):
                raise error
        close = nearest(name, self.loaded.profiles)
        raise InputError(
            f"No profile is called “{excerpt(name, 60)}”",
            hint=f"Did you mean {close}?" if close else "`darkroom profiles list` lists them",
        )
