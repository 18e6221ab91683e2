"""How long a batch will take, by what this user's own servers took so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.parameters import Role

if TYPE_CHECKING:
    from darkroom.domain.batch.plan import Cell
    from darkroom.services.batching.composed import Composed
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store


class Forecast(NamedTuple):
    """What to expect of a batch.

    Attributes:
        jobs: How many.
        seconds: Until all jobs that were like earlier ones are done, when nothing else waits; `None` when
            none was. Servers work side by side; a group's jobs are divided over those of its servers that
            were measured, the quicker ones taking more.
        unmeasured: Jobs unlike any that was made so far: of another server, checkpoint or size. Their time
            comes on top.
    """

    jobs: int
    seconds: float | None
    unmeasured: int


async def forecast(composed: Composed, store: Store, profiles: Profiles) -> Forecast:
    """What to expect of a batch; see `Forecast`.

    Raises:
        ConfigError: A server of it is not there any more.
    """
    alike = Counter(_kind(composed, cell) for cell in composed.plan)
    busy_s: dict[str, float] = defaultdict(float)
    unmeasured = 0
    for (target, checkpoint, pixels), jobs in alike.items():
        seconds = {
            member: await store.generations.seconds(member, checkpoint, pixels)
            for member in profiles.get(target).members or (target,)
        }
        measured = {member: took_s for member, took_s in seconds.items() if took_s}
        if not measured:
            unmeasured += jobs
            continue
        share_s = jobs / sum(1 / took_s for took_s in measured.values())
        for member in measured:
            busy_s[member] += share_s
    return Forecast(len(composed.plan), max(busy_s.values(), default=None), unmeasured)


def _kind(composed: Composed, cell: Cell) -> tuple[str, str, int]:
    """Server, checkpoint and pixels of a job: what its time is measured by."""
    shape = composed.shapes[composed.key(cell)]
    plain = composed.plain(cell)

    def held(role: Role) -> list[object]:
        specs = shape.state.form.with_role(role)
        return [plain.get(spec.address, shape.state.fields[spec.address].value) for spec in specs]

    names = dict.fromkeys(name for name in held(Role.CHECKPOINT) if isinstance(name, str) and name)
    width, height = (next(iter(held(role)), None) for role in (Role.WIDTH, Role.HEIGHT))
    pixels = width * height if isinstance(width, int) and isinstance(height, int) else 0
    return cell.profile or composed.target, ", ".join(names), pixels
