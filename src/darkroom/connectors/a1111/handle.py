"""What finds a job of an A1111 server again: written before it is sent, read by whoever follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.connectors.handles import unreadable

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle

VERSION = 1


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the server writes the pictures, so that they can be fetched when the answer was lost.

    Attributes:
        folder: Below the server's own folder, or absolute, as its settings say.
        stem: Start of the file names, nobody else's.
        ending: Without the dot.
    """

    folder: str
    stem: str
    ending: str

    def names(self, count: int) -> tuple[str, ...]:
        """The names of the files of `count` pictures: the server numbers them when there are several."""
        if count == 1:
            return (f"{self.stem}.{self.ending}",)
        return tuple(f"{self.stem}-{number}.{self.ending}" for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class JobHandle:
    """A job of ours.

    Attributes:
        task: Its name on the server (`force_task_id`).
        expected: Pictures asked for, when that can be told.
        asked: What the pictures' own parameters are compared with; see `truth`.
        tasks: The server tells of tasks by name; without, a lost answer is a lost job.
        saved: Where the pictures are kept at the server; `None` when they are not.
    """

    task: str
    expected: int | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    tasks: bool = True
    saved: Saved | None = None

    def to_json(self) -> Handle:
        """As it is stored on the generation's row."""
        return {"v": VERSION, **asdict(self), "asked": dict(self.asked)}


def read_handle(handle: Handle) -> JobHandle:
    """The job that `to_json` wrote.

    Raises:
        JobLost: It cannot be read: written by a newer Darkroom, or damaged.
    """
    task, expected = handle.get("task"), handle.get("expected")
    if handle.get("v") != VERSION or not isinstance(task, str) or not task:
        raise unreadable(handle, VERSION)
    asked, saved = handle.get("asked"), handle.get("saved")
    return JobHandle(
        task,
        expected if isinstance(expected, int) else None,
        asked if isinstance(asked, Mapping) else {},
        handle.get("tasks") is not False,
        _saved(saved) if isinstance(saved, Mapping) else None,
    )


def _saved(saved: Mapping[str, Any]) -> Saved:
    return Saved(str(saved.get("folder", "")), str(saved.get("stem", "")), str(saved.get("ending", "png")))
