"""Finds a job: by the server's id, by the name of its files, or among those that may be it.

The server chooses the id and says it in its answer. Where the answer was lost, the name that we chose for
the files tells the job once it has ended; as long as it waits or runs, nothing does. So a job that came
after the last one we knew of, and is of our kind, *may* be ours: it is followed until its files tell, and
ours is not sent again before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.outputs import is_ours, ref
from darkroom.connectors.together import together
from darkroom.domain.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.connectors.fooocus_api.replies import History, Record
    from darkroom.domain.generation import OutputRef

AT_ONCE = 8
"""Questions that are asked at the same time."""

CANDIDATES_MAX = 200
"""So many of the newest jobs are looked at, where it is not known which came after ours."""

DAYS_MAX = 7
"""So many days of the server's folders are looked through for files; a job takes hours at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a job is. With nothing set the server knows nothing of it, and has none of its files.

    Attributes:
        job: The server's id for it.
        record: Its record.
        files: Its pictures, where only those are left.
        doubtful: Jobs that have not ended, one of which may be it; oldest first.
    """

    job: str = ""
    record: Record | None = None
    files: tuple[OutputRef, ...] = ()
    doubtful: tuple[str, ...] = ()


async def seek(client: Client, job: JobHandle) -> Found:
    """Where `job` is: its record, then its files.

    Raises:
        ConnectorError: The server cannot be asked.
    """
    if job.job:
        record = await client.query(job.job)
        return Found(job.job, record, () if record is not None else await files(client, job))
    history = await client.history()
    ids = _in_order(history)
    remembers = job.before in ids
    later = ids[ids.index(job.before) + 1 :] if remembers else ids
    found = await _among(client, job, later[-CANDIDATES_MAX:], {listed.id for listed in history.queue})
    if found.record is not None or found.doubtful or remembers:
        return found
    # The server was restarted since, or has cut its history.
    return Found(files=await files(client, job))


def _in_order(history: History) -> list[str]:
    """Ids of all jobs that are listed, in the order in which the server took them."""
    taken = sorted((*history.history, *history.queue), key=lambda listed: listed.taken_mills)
    return list(dict.fromkeys(listed.id for listed in taken if listed.id))


async def _among(client: Client, job: JobHandle, ids: Sequence[str], waiting: Set[str]) -> Found:
    """The job among `ids`; or those of them that may be it."""
    doubtful = []
    for start in range(0, len(ids), AT_ONCE):
        asked = ids[start : start + AT_ONCE]
        for job_id, record in zip(asked, await together(*map(client.query, asked)), strict=True):
            if record is None:
                continue
            if is_ours(record.job_result or (), job.name):
                return Found(job_id, record)
            if job_id in waiting and not record.ended and record.job_type == job.kind:
                doubtful.append(job_id)
    return Found(doubtful=tuple(doubtful))


async def files(client: Client, job: JobHandle) -> tuple[OutputRef, ...]:
    """The files with the job's name, which stay when the server is restarted.

    The server moves a job's files into place one right after the other, when the job is done; each has
    the name we chose and its number. Source: Fooocus-API 0.5.0.1, `worker.py`, `return_result`.
    """
    for day in _days(job.day):
        if not await _is_there(client, ref(day, f"{job.name}-0.{job.ending}")):
            continue
        found = [ref(day, f"{job.name}-0.{job.ending}")]
        while len(found) < job.count:
            output = ref(day, f"{job.name}-{len(found)}.{job.ending}")
            if not await _is_there(client, output):
                break
            found.append(output)
        return tuple(found)
    return ()


def _days(made: str) -> Iterator[str]:
    """The days on which the server may have filed it, by its own clock and zone, likely ones first."""
    today = datetime.now(UTC).date()
    try:
        first = date.fromisoformat(made)
    except ValueError:
        first = today
    last = min(today, first + timedelta(days=DAYS_MAX))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)] or [first]
    for day in (*days, days[-1] + timedelta(days=1), days[0] - timedelta(days=1)):
        yield day.isoformat()


async def _is_there(client: Client, output: OutputRef) -> bool:
    """Whether the server has a file: a missing one is a 404 or, in this version, a 500."""
    try:
        return bool(await client.head(output.locator["path"]))
    except ProtocolError:
        return False
