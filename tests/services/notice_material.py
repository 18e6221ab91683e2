"""Ends to be told, and a clock that is driven by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from darkroom.domain.generation import Output, Reason, Status, Summary

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
