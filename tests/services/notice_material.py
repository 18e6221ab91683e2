"""Ends to be told, somebody to tell, and a clock that is driven by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.errors import DarkroomError, StoreError
from darkroom.domain.generation import Output, Reason, Status, Summary
from darkroom.services.notices import Notices
from darkroom.services.tidings import Left
from darkroom.services.updates import Changed, Hub

if TYPE_CHECKING:
    from darkroom.config.settings import Settings

OUT_OF_MEMORY = Reason("The server ran out of memory", kind="OutOfMemory")


class HandClock:
    """Seconds that pass only by `forward`."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Returns when so much time was put forward."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, woken))
        await woken

    def forward(self, seconds: float) -> None:
        """Lets time pass, and wakes who slept until then."""
        self.now += seconds
        for until, woken in self._sleepers:
            if until <= self.now and not woken.done():
                woken.set_result(None)


def summary(
    ident: str,
    status: Status,
    *,
    prompt: str = "a harbour",
    reason: Reason | None = None,
    output: Output | None = None,
    trashed: bool = False,
) -> Summary:
    """A generation as an update tells it."""
    return Summary(
        id=ident,
        session_id="s",
        number=1,
        status=status,
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        prompt=prompt,
        negative="",
        seed="7",
        width_px=64,
        height_px=64,
        steps=8,
        cfg_scale=7.0,
        sampler="euler",
        scheduler="normal",
        checkpoint="tiny",
        profile="box",
        workflow="txt2img",
        duration_s=None,
        expected=1,
        output_count=0 if output is None else 1,
        first_output=output,
        reason=reason,
        unchanged=False,
        trashed=trashed,
    )


def done(ident: str, prompt: str = "a harbour") -> Summary:
    return summary(ident, Status.COMPLETE, prompt=prompt)


def failed(ident: str) -> Summary:
    return summary(ident, Status.FAILED, reason=OUT_OF_MEMORY)


class Desk:
    """A hub with work on it, and somebody to tell."""

    def __init__(self, settings: Settings, *, terminal: bool = True, is_away: bool = True) -> None:
        self.hub = Hub()
        self.clock = HandClock()
        self.waiting = 0
        self.held = 0
        self.said: list[str] = []
        self.troubles: list[DarkroomError] = []
        self.is_away = is_away
        self.is_counted = True
        self.pictures = Path("/pictures")
        self.notices = Notices(
            self.hub.subscribe(),
            settings,
            left=self._count,
            say=self.said.append if terminal else None,
            away=lambda: self.is_away,
            picture=self.pictures.joinpath,
            complain=self.troubles.append,
            environ={"TERM": "foot"},
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    async def _count(self) -> Left:
        if not self.is_counted:
            raise StoreError("The disk is gone")
        return Left(self.waiting, self.held)

    def end(self, *ends: Summary, waiting: int) -> None:
        """These ended, and so many are left."""
        self.waiting = waiting
        for each in ends:
            self.hub.publish(Changed(each))

    async def settle(self) -> None:
        """Lets everything run that need not wait for the clock."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def forward(self, seconds: float) -> None:
        """Lets so much time pass."""
        await self.settle()
        self.clock.forward(seconds)
        await self.settle()
