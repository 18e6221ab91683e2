"""Why a job waits, and for how many others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import EVERYTHING, Hold
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from darkroom.domain.queue import Job, Pause
    from darkroom.services.catalogs import Catalogs
    from darkroom.services.connections import Connections
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store

Kind = Literal["next", "behind", "paused", "away", "stuck"]
"""`stuck`: it will not go before somebody does something."""


class Why(NamedTuple):
    """Why a job waits.

    Attributes:
        kind: For the tone in which it is shown.
        text: In a few words; foreign text in it is printable.
        more: What is known beside it, and what to do; "" when there is nothing.
        ahead: How many jobs for the same target go before it; `None` when it is on hold.
    """

    kind: Kind
    text: str
    more: str = ""
    ahead: int | None = None


class Reasons:
    """Tells why jobs wait, by what is known; asks no server."""

    def __init__(
        self, store: Store, profiles: Profiles, connections: Connections, catalogs: Catalogs
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._connections = connections
        self._catalogs = catalogs

    async def of(
        self, jobs: Iterable[Job], pauses: Iterable[Pause], foreign: Mapping[str, int] | None = None
    ) -> dict[str, Why]:
        """Why jobs wait, by generation id; those that a Darkroom has are passed over.

        Args:
            jobs: A part of the queue without gaps, in its order; of one target alone, or of all of them.
            pauses: What is stopped.
            foreign: How many jobs of others stand at a server.

        Raises:
            StoreError: The database cannot be read.
        """
        stopped = {pause.profile: pause for pause in pauses}
        ahead: dict[str, int] = {}
        known: dict[tuple[str, str], Sequence[str]] = {}
        found = {}
        for job in jobs:
            if job.claimed:
                continue
            if job.hold is Hold.NONE:
                before = ahead.get(job.target)
                if before is None:
                    before = await self._store.queue.ahead(job.summary.id) or 0
                ahead[job.target] = before + 1
            found[job.summary.id] = await self._why(job, ahead, stopped, known, foreign or {})
        return found

    async def _why(
        self,
        job: Job,
        ahead: Mapping[str, int],
        stopped: Mapping[str, Pause],
        known: dict[tuple[str, str], Sequence[str]],
        foreign: Mapping[str, int],
    ) -> Why:
        if job.hold is Hold.PAUSED:
            return Why("paused", "paused")
        if job.hold is Hold.BATCH:
            return Why("paused", "its batch is still being written")
        before = ahead[job.target] - 1
        if EVERYTHING in stopped:
            return Why("paused", "everything is paused", _more(stopped[EVERYTHING]), before)
        try:
            members = self._profiles.members(job.target)
        except (ConfigError, InputError) as error:
            return Why("stuck", excerpt(error.title, 60), error.hint, before)
        fit = await self._fit(job, members, known)
        if not fit:
            lacking = excerpt(job.summary.checkpoint, 60)
            hint = f"Put {lacking} on one of {', '.join(map(_name, members))}, or choose another one"
            return Why("stuck", f"no server of {_name(job.target)} has its checkpoint", hint, before)
        only = "" if len(fit) == len(members) else "No other server of the group has its checkpoint"
        if job.target in stopped or all(member in stopped for member in fit):
            stop = job.target if job.target in stopped else fit[0]
            return Why("paused", f"{_name(stop)} is paused", _more(stopped[stop]) or only, before)
        going = [member for member in fit if member not in stopped]
        states = [self._connections.state(member) for member in going]
        if all(state.phase == "down" for state in states):
            who = _name(going[0]) if only else _name(job.target)
            error_now = states[0].error
            told = error_now.title if error_now is not None else ""
            return Why("away", f"when {who} is back", ". ".join(filter(None, (told, only))), before)
        others = min((foreign.get(member, 0) for member in going), default=0)
        more = f"{plural(others, 'job')} of others at the server" if others else ""
        if before:
            return Why("behind", f"{before:,} before it", more, before)
        return Why("next", "next", more, before)

    async def _fit(
        self, job: Job, members: Sequence[str], known: dict[tuple[str, str], Sequence[str]]
    ) -> Sequence[str]:
        """The servers that may have the job's checkpoint; a profile is asked for nothing but itself."""
        if len(members) == 1:
            return members
        key = (job.target, job.summary.checkpoint)
        if key not in known:
            has = [await self._catalogs.has_checkpoint(member, key[1]) for member in members]
            known[key] = [one for one, answer in zip(members, has, strict=True) if answer is not False]
        return known[key]


def _more(pause: Pause) -> str:
    return ". ".join(part.rstrip(".") for part in (pause.reason, pause.hint) if part)


def _name(profile: str) -> str:
    return excerpt(shown_name(profile), 24)
