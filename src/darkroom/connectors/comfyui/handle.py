"""What finds a ComfyUI job again: written before it is sent, read by whichever process follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.connectors.handles import unreadable

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle
    from darkroom.domain.workflow import Graph

VERSION = 1


@dataclass(frozen=True, slots=True)
class JobHandle:
    """A job of ours.

    Attributes:
        prompt_id: Its name on the server: the generation's UUID.
        client_id: To whose websocket its events go.
        class_types: Node class by node id, in the graph's order: stages, progress and the order of
            outputs need no more of the graph than this.
        dropped: What the server left out of the request when it accepted it, one line each.
    """

    prompt_id: str
    client_id: str
    class_types: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def to_json(self) -> Handle:
        """As it is stored on the generation's row."""
        return {
            "v": VERSION,
            "prompt_id": self.prompt_id,
            "client_id": self.client_id,
            "class_types": dict(self.class_types),
            "dropped": list(self.dropped),
        }


def read_handle(handle: Handle) -> JobHandle:
    """The job that `to_json` wrote.

    Raises:
        JobLost: It cannot be read: written by a newer Darkroom, or damaged.
    """
    job, client = handle.get("prompt_id"), handle.get("client_id")
    if handle.get("v") != VERSION or not isinstance(job, str) or not isinstance(client, str) or not job:
        raise unreadable(handle, VERSION)
    classes = handle.get("class_types")
    dropped = handle.get("dropped")
    return JobHandle(
        job,
        client,
        {str(k): str(v) for k, v in classes.items()} if isinstance(classes, Mapping) else {},
        tuple(map(str, dropped)) if isinstance(dropped, list | tuple) else (),
    )


def class_types(graph: Graph) -> dict[str, str]:
    """Node class by node id, in the graph's order."""
    return {node_id: str(node.get("class_type", "")) for node_id, node in graph.items()}
