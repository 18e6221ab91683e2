"""What finds a job again, as it stands on the generation's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.connectors.handles import unreadable

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle
    from darkroom.domain.parameters import Value

VERSION = 1


@dataclass(frozen=True, slots=True)
class JobHandle:
    """One job.

    Attributes:
        name: Start of its files' names, chosen by us: `save_name`. Nobody else uses it.
        job: The server's id for it; "" until the server answered.
        kind: `job_type` of its record.
        before: The last job that the server had taken before ours was sent; "" for none.
        count: Pictures asked for.
        ending: Of its files, without the dot.
        day: When it was made, `YYYY-MM-DD` in UTC: the server files results by its own day.
        asked: What is compared with the metadata of what comes back, by address.
    """

    name: str
    job: str = ""
    kind: str = ""
    before: str = ""
    count: int = 1
    ending: str = "png"
    day: str = ""
    asked: Mapping[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        return {"v": VERSION, **asdict(self)}


def read_handle(handle: Handle) -> JobHandle:
    """The handle that `to_json` wrote.

    Raises:
        JobLost: It cannot be read: written by a newer Darkroom, or damaged.
    """
    name, count, asked = handle.get("name"), handle.get("count"), handle.get("asked")
    if handle.get("v") != VERSION or not isinstance(name, str) or not name:
        raise unreadable(handle, VERSION)
    return JobHandle(
        name,
        str(handle.get("job") or ""),
        str(handle.get("kind") or ""),
        str(handle.get("before") or ""),
        count if isinstance(count, int) and count > 0 else 1,
        str(handle.get("ending") or "png"),
        str(handle.get("day") or ""),
        dict(asked) if isinstance(asked, Mapping) else {},
    )
