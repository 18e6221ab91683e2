"""Jobs of the queue as the command line tells them, and as people name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.domain.errors import InputError
from darkroom.domain.generation import Status
from darkroom.domain.queue import EVERYTHING, Hold, Priority
from darkroom.domain.text import excerpt
from darkroom.services.exports import heading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from darkroom.domain.queue import Batch, Job, Pause
    from darkroom.services.core import Core

PROMPT_COLUMNS = 50

PRIORITIES = tuple(priority.word for priority in Priority)
"""As they are typed."""


def state_of(job: Job, paused: Collection[str] = ()) -> str:
    """Where a job stands, in one word; `paused` are the profiles and groups that are stopped."""
    if job.cancelled:
        return "stopping"
    if job.claimed:
        return "sending" if job.summary.status in (Status.NEW, Status.SENDING) else str(job.summary.status)
    if job.hold is Hold.PAUSED:
        return "paused"
    if job.hold is Hold.BATCH:
        return "being added"
    return "stopped" if EVERYTHING in paused or job.target in paused else "waiting"


def row(job: Job, paused: Collection[str]) -> tuple[str, ...]:
    """A job as the cells of a line; `HEADINGS` has the titles."""
    summary = job.summary
    size = f"{summary.width_px}x{summary.height_px}" if summary.width_px and summary.height_px else ""
    place = summary.profile if job.claimed and summary.profile != job.target else ""
    return (
        str(summary.number),
        state_of(job, paused),
        job.target + (f" ({place})" if place else ""),
        "" if job.priority is Priority.NORMAL else job.priority.word,
        size,
        excerpt(summary.prompt, PROMPT_COLUMNS),
    )


HEADINGS = ("#", "STATE", "SERVER", "PRIORITY", "SIZE", "PROMPT")


def as_json(job: Job, paused: Collection[str] = ()) -> dict[str, Any]:
    """A job as JSON values."""
    return {
        **heading(job.summary),
        "created_at": job.summary.created_at.isoformat(),
        "target": job.target,
        "state": state_of(job, paused),
        "priority": job.priority.word,
        "batch": job.batch or None,
    }


def pause_json(pause: Pause) -> dict[str, Any]:
    """A pause as JSON values; its profile is `null` when everything is stopped."""
    return {"profile": pause.profile or None, "reason": pause.reason, "hint": pause.hint}


def tell_pauses(pauses: Iterable[Pause]) -> None:
    """Says what is stopped, why, and how it goes on."""
    for pause in pauses:
        name = excerpt(pause.profile, 60)
        output.say(f"{name or 'Everything'} is paused" + (f": {pause.reason}" if pause.reason else ""))
        if pause.hint:
            output.say(f"  {pause.hint}")
        output.say(f"  It goes on with: darkroom queue resume{f' --profile {name}' if name else ''}")


async def waiting(core: Core, names: Sequence[str]) -> list[Job]:
    """The jobs that are meant, all of which wait.

    Raises:
        InputError: A name fits none, or its job has been sent or has ended.
        AmbiguousName: One fits several.
    """
    found = []
    for name in names:
        summary = (await core.history.find(name)).summary
        job = await core.queue.job(summary.id)
        if job is None or job.claimed:
            why = f"it is {summary.status}" if job is None else "a Darkroom has taken it to its server"
            raise InputError(
                f"#{summary.number} does not wait: {why}",
                hint="`darkroom queue list` lists what waits; `darkroom queue cancel` stops what runs",
            )
        found.append(job)
    return found


async def batch_named(core: Core, name: str) -> Batch:
    """The batch that is meant: by its id, or by any of its jobs.

    Raises:
        InputError: There is none.
        AmbiguousName: A job is meant that is not the only one.
    """
    batch = await core.store.batches.get(name)
    if batch is None:
        summary = (await core.history.find(name)).summary
        batch = await core.store.batches.of(summary.id)
        if batch is None:
            raise InputError(
                f"#{summary.number} belongs to no batch",
                hint="`darkroom queue list --json` names the batch of each job",
            )
    return batch
