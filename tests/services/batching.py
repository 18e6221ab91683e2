"""What tests of batches share: a batch of the built-in workflow, and its jobs as they were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batches import Wanted

if TYPE_CHECKING:
    from darkroom.domain.parameters import Role, Value
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.batches import Composed
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer

BASE: dict[str, Value] = {"prompt": "a quiet harbour", "width": 64, "height": 64, "steps": 2}


async def composed(core: Core, server: ComfyServer, *texts: str, **options: object) -> Composed:
    wanted = Wanted(axes=tuple(map(parse_axis, texts)), **options)  # type: ignore[arg-type]
    session = await core.sessions.last()
    return await core.batches.compose(session.id, server.url, BUILT_IN, BASE, wanted)


async def snapshots_of(core: Core, batch: Composed) -> list[Snapshot]:
    """The batch, added and paused, as the requests of its jobs in their order."""
    added = await core.batches.add(batch, paused=True)
    jobs = await core.store.batches.jobs(added.id)
    assert [job.position for job in jobs] == list(range(len(batch.plan)))
    assert [dict(job.coordinates) for job in jobs] == [dict(cell.coordinates) for cell in batch.plan]
    return [(await core.history.get(job.generation_id)).snapshot for job in jobs]


def of_role(snapshots: list[Snapshot], role: Role) -> list[Value]:
    return [snapshot.first(role) for snapshot in snapshots]
