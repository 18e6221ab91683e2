"""Sessions, with names that are unique and changes that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt
from darkroom.services.clock import now
from darkroom.services.updates import SessionsChanged

if TYPE_CHECKING:
    from darkroom.domain.session import Session
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

FIRST_NAME = "first session"
"""Name of the session that a new home starts with."""

NAME_LENGTH = 80
"""Longest name, in characters."""


class Sessions:
    """The sessions of the store."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub

    async def list(self, *, trashed: bool = False) -> tuple[Session, ...]:
        """All sessions, last used first."""
        return await self._store.sessions.list(trashed=trashed)

    async def last(self) -> Session:
        """The session used last; a first one is made where there is none."""
        sessions = await self.list()
        return sessions[0] if sessions else await self.create(FIRST_NAME)

    async def named(self, name: str) -> Session | None:
        """The session with this name or id, or `None`."""
        return next((s for s in await self.list() if name in (s.name, s.id)), None)

    async def require(self, name: str) -> Session:
        """The session that a person means.

        Raises:
            InputError: There is none.
        """
        found = await self.named(name)
        if found is None:
            close = nearest(name, (session.name for session in await self.list()))
            raise InputError(
                f"No session is called “{excerpt(name, 60)}”",
                hint=f"Did you mean “{close}”?" if close else "`darkroom sessions` lists them",
            )
        return found

    async def create(self, name: str = "") -> Session:
        """A new, empty session. A name that is taken gets a number ("harbour 2")."""
        session = await self._store.sessions.create(await self._free(name or "new session"))
        self._hub.publish(SessionsChanged())
        return session

    async def rename(self, session_id: str, name: str) -> None:
        """Gives a session another name.

        Raises:
            InputError: The name is empty.
        """
        if not name.strip():
            raise InputError("A session needs a name", hint="Type one or more letters")
        await self._store.sessions.rename(session_id, await self._free(name, besides=session_id))
        self._hub.publish(SessionsChanged())

    async def duplicate(self, session_id: str) -> Session:
        """A new session with the same form; pictures stay where they are."""
        original = await self._store.sessions.get(session_id)
        if original is None:
            raise InputError("This session is gone")
        copy = await self._store.sessions.duplicate(session_id, await self._free(original.name))
        self._hub.publish(SessionsChanged())
        return copy

    async def trash(self, session_id: str) -> None:
        """Moves a session and its pictures to the trash; `restore` brings them back.

        What waits to be sent is cancelled.
        """
        await self._store.queue.clear(now(), session_id=session_id)
        await self._store.sessions.trash(session_id)
        self._hub.publish(SessionsChanged())

    async def restore(self, session_id: str) -> None:
        """Brings a session back from the trash."""
        await self._store.sessions.restore(session_id)
        self._hub.publish(SessionsChanged())

    async def use(self, session_id: str, *, workflow_id: str, profile: str) -> None:
        """Notes that a session is used now, and with what."""
        await self._store.sessions.touch(session_id, workflow_id=workflow_id, profile=profile)

    async def _free(self, wanted: str, besides: str = "") -> str:
        name = excerpt(wanted.strip(), NAME_LENGTH)
        taken = {session.name for session in await self.list() if session.id != besides}
        number, stem = 2, name
        while name in taken:
            name = f"{stem} {number}"
            number += 1
        return name
