"""What the services tell whoever listens, and the hub that spreads it.

Those with fields are named tuples: a frozen dataclass takes ten times as long to make, and every start does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.domain.errors import DarkroomError
    from darkroom.domain.events import Progress, Queued
    from darkroom.domain.generation import Summary
    from darkroom.domain.server import ServerInfo

Phase = Literal["unknown", "connecting", "up", "down", "asleep"]
"""How a server stands; `asleep` is the demo while nothing needs it."""


class ConnectionState(NamedTuple):
    """What is known of a profile's server just now."""

    profile: str
    phase: Phase = "unknown"
    info: ServerInfo | None = None
    error: DarkroomError | None = None


class Changed(NamedTuple):
    """A generation is new, or its row changed (status, outputs, trash)."""

    summary: Summary


class Live(NamedTuple):
    """Where a running generation stands; not kept."""

    generation_id: str
    session_id: str
    event: Queued | Progress


class PreviewArrived(NamedTuple):
    """A picture in the making: encoded, untrusted bytes. Only the latest of a generation is delivered."""

    generation_id: str
    session_id: str
    data: bytes
    media_type: str


class Refused(NamedTuple):
    """The server refused a request; `problems` by parameter address, for the form to mark."""

    generation_id: str
    session_id: str
    problems: Mapping[str, str]


class ConnectionChanged(NamedTuple):
    """A server came, went, or told something new."""

    state: ConnectionState


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """Names, counts or the order of sessions changed."""


@dataclass(frozen=True, slots=True)
class StoreChanged:
    """Another process wrote to the database: what is shown may be stale."""


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """What waits, its order, or what holds it, changed."""


class Trouble(NamedTuple):
    """Something went wrong that no generation's row can tell (a disk that is full, say)."""

    error: DarkroomError


Update = (
    Changed
    | Live
    | PreviewArrived
    | Refused
    | ConnectionChanged
    | SessionsChanged
    | StoreChanged
    | QueueChanged
    | Trouble
)  # fmt: skip


class Subscription:
    """One listener's updates, from the moment it was made until `close`.

    Facts (`Changed`, …) wait in order. `Live` and previews are hints: of those only the latest of
    each generation waits, after the facts, and longer where the listener wants them at a pace.
    """

    def __init__(self, hub: Hub, hints_every_s: Callable[[], float] | None) -> None:
        self._hub = hub
        self._hints_every_s = hints_every_s
        self._facts: deque[Update] = deque()
        self._hints: dict[tuple[type, str], Update] = {}
        self._due: dict[tuple[type, str], Update] = {}
        self._due_at = float("-inf")
        self._ready = asyncio.Event()

    def put(self, update: Update) -> None:
        """Adds an update; returns at once."""
        if isinstance(update, Live | PreviewArrived):
            self._put_hint((type(update), update.generation_id), update)
        else:
            self._facts.append(update)
            self._ready.set()

    def _put_hint(self, key: tuple[type, str], update: Update) -> None:
        if key in self._due:
            self._due[key] = update
            return
        if not self._hints:  # the first one alone wakes the reader: a hundred more cost it nothing
            self._ready.set()
        self._hints[key] = update

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Update:
        while True:
            if self._facts:
                return self._facts.popleft()
            if self._due:
                return self._due.pop(next(iter(self._due)))
            wait_s = self._hints_wait_s()
            if self._hints and wait_s <= 0:
                # All at once, so that a screen is painted once for all of them.
                self._due, self._hints = self._hints, {}
                self._due_at = monotonic()
                continue
            self._ready.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s if self._hints else None):
                    await self._ready.wait()

    def _hints_wait_s(self) -> float:
        every_s = self._hints_every_s() if self._hints_every_s is not None else 0.0
        return self._due_at + every_s - monotonic()

    def close(self) -> None:
        """Ends the delivery. Idempotent."""
        self._hub.leave(self)


class Hub:
    """Spreads updates to every subscription; never waits for a slow listener."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def publish(self, update: Update) -> None:
        """Hands `update` to every subscription; returns at once."""
        for subscription in self._subscriptions:
            subscription.put(update)

    def subscribe(self, hints_every_s: Callable[[], float] | None = None) -> Subscription:
        """A subscription that hears everything published from now on.

        Args:
            hints_every_s: Seconds between hints, asked whenever there are some; left out, they come at once.
        """
        subscription = Subscription(self, hints_every_s)
        self._subscriptions.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Ends a subscription. Idempotent."""
        self._subscriptions.discard(subscription)
