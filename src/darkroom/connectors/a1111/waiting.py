"""Which tasks wait at a server, and which of all that it does are not ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.connectors.a1111.watching import BROWSER
from darkroom.connectors.together import together
from darkroom.domain.server import ServerJob
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.a1111.handle import JobHandle
    from darkroom.connectors.a1111.replies import State

LABEL_CHARS = 80

_KIND = re.compile(r"(txt2img|img2img|extras)\b")
"""In the names that the server gives to a request without one ("task(img2img-OBE3O3G)", "scripts_txt2img").
Source: Forge f2.0.1, recording `browser_job_seen_from_api`."""


class Waiting:
    """Tells the tasks that wait from the ghosts among them.

    Requests that failed while their pictures were read stay among the waiting ones for ever; while nothing
    runs, all that wait are such. Source: Forge f2.0.1, recording `failed_job_ghosts`.
    """

    def __init__(self) -> None:
        self._ghosts: frozenset[str] = frozenset()

    def among(self, pending: Iterable[str], state: State) -> list[str]:
        """The tasks of `pending` that really wait; `state` was asked together with them."""
        if state.idle:
            self._ghosts = frozenset(pending)
            return []
        return [task for task in pending if task not in self._ghosts]


async def foreign(
    client: Client, waiting: Waiting, ours: Sequence[JobHandle]
) -> tuple[ServerJob, ...] | None:
    """The jobs that are none of `ours`; see `base.Connector.foreign`."""
    progress, pending = await together(client.progress(), client.pending())
    if progress is None:
        return None
    tasks = waiting.among(pending or (), progress.state)
    if progress.state.idle:
        return ()
    names = {job.task for job in ours}
    others = tuple(ServerJob(False, kind_of(task)) for task in tasks if task not in names)
    if pending is None:
        # Such a server does not say whose job it is that runs.
        return None if ours else (ServerJob(True, label_of(progress.state)),)
    if await _is_any(client, names.difference(tasks)):
        return others
    return (ServerJob(True, label_of(progress.state)), *others)


async def _is_any(client: Client, tasks: Iterable[str]) -> bool:
    """Whether the job that runs is one of these."""
    found = await together(*map(client.task, sorted(tasks)))
    return any(task is not None and task.active for task in found)


def label_of(state: State) -> str:
    """What is told of the job that runs: its kind, or how far its batches are."""
    if state.job.startswith(BROWSER):
        return "web page"
    return kind_of(state.job) or excerpt(state.job, LABEL_CHARS)


def kind_of(name: str) -> str:
    """The kind of job that a name tells, "" where it tells none."""
    found = _KIND.search(name.replace("_", " ")[:LABEL_CHARS])
    return found[1] if found is not None else ""
