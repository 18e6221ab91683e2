"""Jobs of others at the server: it lists what runs and waits by ids alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.seek import seek
from darkroom.connectors.together import together
from darkroom.domain.server import ServerJob
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle

LABEL_CHARS = 80


async def foreign(client: Client, ours: Sequence[JobHandle]) -> tuple[ServerJob, ...]:
    """The jobs that are none of `ours`; see `base.Connector.foreign`.

    A job that may be ours, because we never heard its id, is not counted.
    """
    if not (await client.queue()).running_size:
        return ()
    found = await together(*(seek(client, job) for job in ours if not job.job))
    known = {job.job for job in ours}.union(*({one.job, *one.doubtful} for one in found))
    # The first of them runs. Source: Fooocus-API 0.5.0.1, recording `job_history_busy`.
    listed = [(place == 0, one.id) for place, one in enumerate((await client.history()).queue)]
    return tuple(
        [
            ServerJob(runs, await _kind(client, job) if runs else "")
            for runs, job in listed
            if job not in known
        ]
    )


async def _kind(client: Client, job: str) -> str:
    """What kind of job it is ("Text to Image")."""
    record = await client.query(job)
    return excerpt(record.job_type, LABEL_CHARS) if record is not None else ""
