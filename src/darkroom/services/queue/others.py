"""Other processes on the same home: what they change is noticed, and what runs here is told to them.

The owner of a job alone hears its server. It writes what it hears into the database, at most four times a
second and only while another process may be there to read it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.domain.events import Progress, Queued, Stage
from darkroom.services.queue.presence import is_gone
from darkroom.services.updates import Live, StoreChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.services.queue.following import Following
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often the database is asked whether another process wrote to it; a pragma, no disk access."""

STORE_CHANGED_EVERY_S = 1.0
"""Listeners read anew what they show, so they are told no more often."""

COUNT_EVERY_S = 2.0
"""How often it is looked up whether there are other processes at all."""


class Others:
    """Looks at what other processes write, and shares what this one hears."""

    def __init__(
        self, *, owner: str, store: Store, hub: Hub, following: Following, changed: Callable[[], None]
    ) -> None:
        """`changed` is called when another process wrote something."""
        self._owner = owner
        self._store = store
        self._hub = hub
        self._following = following
        self._changed = changed
        self._told: dict[str, str] = {}
        self._heard: dict[str, str] = {}
        self._seen_at = 0.0
        self._counted_at = -COUNT_EVERY_S
        self._somebody_there = False

    async def watch(self) -> None:
        """Until cancelled."""
        version = -1
        stale = False
        while True:
            try:
                seen, version = version, await self._store.data_version()
                if seen not in (version, -1):
                    stale = True
                    await self._hear()
                await self._share()
            except StoreError as error:
                log.warning("looking at other processes: %s", error)
            if stale and monotonic() - self._seen_at >= STORE_CHANGED_EVERY_S:
                stale, self._seen_at = False, monotonic()
                self._hub.publish(StoreChanged())
                self._changed()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _hear(self) -> None:
        """Tells what the others' jobs do, and stops those of ours that somebody asked to stop."""
        heard = {
            generation_id: (session_id, event)
            for generation_id, (session_id, owner, event) in (await self._store.progress.all()).items()
            if owner != self._owner
        }
        for generation_id, (session_id, event) in heard.items():
            if self._heard.get(generation_id) != event and (known := from_json(event)) is not None:
                self._hub.publish(Live(generation_id, session_id, known))
        self._heard = {generation_id: event for generation_id, (_, event) in heard.items()}
        await self._following.heed()

    async def _share(self) -> None:
        """Writes what is new of our own jobs, if anybody else is there."""
        lives = {live.generation_id: to_json(live.event) for live in self._following.all_live()}
        news = {i: event for i, event in lives.items() if self._told.get(i) != event}
        self._told = lives
        if news and await self._somebody():
            await self._store.progress.publish(news)

    async def _somebody(self) -> bool:
        """Whether another process may be there; looked up now and then."""
        if monotonic() - self._counted_at >= COUNT_EVERY_S:
            self._counted_at = monotonic()
            processes = await self._store.generations.processes()
            self._somebody_there = any(
                process.owner != self._owner and not is_gone(process) for process in processes
            )
        return self._somebody_there


def to_json(event: Queued | Progress) -> str:
    """An event as it is kept for other processes."""
    return json.dumps({"kind": "progress" if isinstance(event, Progress) else "queued", **asdict(event)})


def from_json(text: str) -> Queued | Progress | None:
    """The inverse; `None` for what a newer Darkroom may have written."""
    plain = json.loads(text)
    try:
        kind = plain.pop("kind")
        return Progress(Stage(plain.pop("stage")), **plain) if kind == "progress" else Queued(**plain)
    except (KeyError, TypeError, ValueError):
        return None
