"""The doctor's words on the queue: who works on it, what stops it, and whether it goes on after a logout."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.domain.queue import Hold
from darkroom.domain.text import excerpt
from darkroom.services.findings import Finding, Level
from darkroom.services.logout import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.domain.queue import Count, Pause
    from darkroom.services.core import Core
    from darkroom.services.logout import Logout

SECTION = "Queue"

_SERVICE = (
    "A user service goes on: darkroom worker --print-unit, and loginctl enable-linger\n"
    "For this time: systemd-run --user --scope darkroom worker, and loginctl enable-linger"
)


async def queue(core: Core, root: Path) -> list[Finding]:
    """What there is to say; `root` is where the machine's files are.

    Raises:
        StoreError: The database cannot be read.
    """
    pid = core.background.running()
    worker = f"runs, as process {pid}" if pid is not None else "none runs; it is started when it is needed"
    return [
        _jobs(await core.queue.counts(), is_worked_on=pid is not None),
        Finding(SECTION, "worker", worker),
        *_pauses(await core.queue.pauses()),
        after_logout(await asyncio.to_thread(look, root)),
    ]


def _jobs(counts: tuple[Count, ...], *, is_worked_on: bool) -> Finding:
    taken = sum(count.jobs for count in counts if count.profile)
    held = sum(count.jobs for count in counts if not count.profile and count.hold is Hold.PAUSED)
    ready = sum(count.jobs for count in counts) - taken - held
    if not counts:
        return Finding(SECTION, "jobs", "none")
    hint = "`darkroom worker` sends them, and so do the screens" if ready and not is_worked_on else ""
    text = f"{taken} at servers, {ready} waiting" + (f", {held} paused" if held else "")
    return Finding(SECTION, "jobs", text, Level.NOTE if hint else Level.FINE, hint)


def _pauses(pauses: tuple[Pause, ...]) -> Iterator[Finding]:
    for pause in pauses:
        name = excerpt(pause.profile, 60)
        resume = f"darkroom queue resume{f' --profile {name}' if name else ''}"
        said = f"{name or 'everything'} is paused" + (f": {pause.reason}" if pause.reason else "")
        hint = "\n".join(filter(None, (pause.hint, f"It goes on with: {resume}")))
        yield Finding(SECTION, "pause", said, Level.NOTE, hint)


def after_logout(found: Logout) -> Finding:
    """What becomes of a worker when the person logs out."""
    name = "after logout"
    if found.ends is None:
        value = f"it cannot be found out whether {found.place.value} ends a worker"
        return Finding(SECTION, name, value, Level.NOTE, _SERVICE)
    if found.ends:
        value = f"a worker is ended with {found.place.value}; what is left waits for the next Darkroom"
        return Finding(SECTION, name, value, Level.NOTE, _SERVICE)
    return Finding(SECTION, name, "a worker goes on")
