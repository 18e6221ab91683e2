"""What finds an InvokeAI job again: written before it is sent, read by whichever process follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.connectors.handles import unreadable

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle

VERSION = 1


@dataclass(frozen=True, slots=True)
class JobHandle:
    """A job of ours: a batch of items, a picture each.

    Attributes:
        batch: Its name on the server: the generation's UUID.
        expected: Pictures asked for.
        output: Id of the node whose picture is the result.
        kinds: Node type by node id: stages and progress need no more of the graph than this.
        steps: Steps of the sampler, 0 without one.
        asked: What the metadata of every picture must say.
        seeds: A seed for each picture, in the order in which items run; empty without a sampler.
        board: Id of the board, "" for none.
        items: Ids of the items in the order in which they run; empty before the server said them.
    """

    batch: str
    expected: int = 1
    output: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    steps: int = 0
    asked: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()
    board: str = ""
    items: tuple[int, ...] = ()

    @property
    def destination(self) -> str:
        """A mark of ours on each item: the only thing that items can be listed by."""
        return destination(self.batch)

    def to_json(self) -> Handle:
        """As it is stored on the generation's row."""
        return {
            "v": VERSION,
            "batch": self.batch,
            "expected": self.expected,
            "output": self.output,
            "kinds": dict(self.kinds),
            "steps": self.steps,
            "asked": dict(self.asked),
            "seeds": list(self.seeds),
            "board": self.board,
            "items": list(self.items),
        }


def destination(batch: str) -> str:
    """The destination that a batch's items are sent with."""
    return f"darkroom:{batch}"


def read_handle(handle: Handle) -> JobHandle:
    """The job that `to_json` wrote.

    Raises:
        JobLost: It cannot be read: written by a newer Darkroom, or damaged.
    """
    batch = handle.get("batch")
    if handle.get("v") != VERSION or not isinstance(batch, str) or not batch:
        raise unreadable(handle, VERSION)
    kinds, asked = handle.get("kinds"), handle.get("asked")
    return JobHandle(
        batch,
        _whole(handle.get("expected"), 1),
        str(handle.get("output") or ""),
        {str(k): str(v) for k, v in kinds.items()} if isinstance(kinds, Mapping) else {},
        _whole(handle.get("steps"), 0),
        dict(asked) if isinstance(asked, Mapping) else {},
        _wholes(handle.get("seeds")),
        str(handle.get("board") or ""),
        _wholes(handle.get("items")),
    )


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def _wholes(values: object) -> tuple[int, ...]:
    given = values if isinstance(values, list | tuple) else ()
    return tuple(value for value in given if isinstance(value, int))
