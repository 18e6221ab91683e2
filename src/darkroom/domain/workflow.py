"""Graphs of ComfyUI's API form, and the workflows that people keep.

A graph is `{node id: {"class_type": str, "inputs": {name: value or [node id, slot]}}}`. Everything
here is pure: it reads graphs, follows links and makes changed copies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

Node = Mapping[str, Any]
Graph = Mapping[str, Node]

TXT2IMG = "txt2img"
"""Mode of the first built-in workflow: a picture from text, or from a picture and text."""

UPSCALE = "upscale"
"""Mode of the second built-in workflow: a picture made larger."""

WORKFLOW = "workflow"
"""Mode of a workflow that was imported: its graph is part of the snapshot."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow under a name.

    Attributes:
        id: Key in the store; its mode for a built-in one.
        name: Unique among the workflows, as the person named it.
        mode: `TXT2IMG`, `UPSCALE` or `WORKFLOW`.
        graph: API form; `None` for the built-in ones, and for a document that cannot be run yet.
        description: Free text.
        defaults: Values by address that differ from the graph's own.
        is_default: Used when nothing else is asked for.
        use_count: Generations made with it.
        document: What was imported, verbatim; "" for the built-in ones.
        document_format: `api`, `ui` or `png`; "" for the built-in ones.
    """

    id: str
    name: str
    mode: str = WORKFLOW
    graph: Graph | None = None
    description: str = ""
    defaults: Mapping[str, Value] = field(default_factory=dict)
    is_default: bool = False
    use_count: int = 0
    document: str = ""
    document_format: str = ""

    @property
    def runnable(self) -> bool:
        """Whether it can be sent: a document in the form of ComfyUI's web page is only kept."""
        return self.graph is not None or self.mode != WORKFLOW

    @property
    def built_in(self) -> bool:
        """Whether it came with Darkroom: it can be neither changed nor deleted."""
        return self.mode != WORKFLOW


BUILT_IN = Workflow(TXT2IMG, TXT2IMG, mode=TXT2IMG, description="Text to picture, SD1.5 and SDXL")


def is_link(value: object) -> bool:
    """Whether an input holds a link `[node id, slot]` and not a value."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


def links(node: Node) -> Iterator[tuple[str, str, int]]:
    """Each linked input of `node` as (input name, source node id, source slot)."""
    for name, value in node.get("inputs", {}).items():
        if is_link(value):
            yield name, value[0], value[1]


def find_cycle(graph: Graph) -> tuple[str, ...] | None:
    """Node ids of one cycle, the first repeated at the end; `None` when there is none.

    ComfyUI refuses a cycle with an answer that has nothing to show, so it is looked for here.
    Source: ComfyUI 0.3.64, `POST /prompt`, recording `03-cycle`.
    """
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start}
        stack = [_sources(graph, start)]
        while stack:
            source = next(stack[-1], None)
            if source is None:
                stack.pop()
                left = path.pop()
                on_path.discard(left)
                done.add(left)
            elif source in on_path:
                return (*path[path.index(source) :], source)
            elif source not in done:
                path.append(source)
                on_path.add(source)
                stack.append(_sources(graph, source))
    return None


def _sources(graph: Graph, node_id: str) -> Iterator[str]:
    return (source for _, source, _ in links(graph[node_id]) if source in graph)


def upstream(graph: Graph, node_id: str) -> Iterator[str]:
    """Ids of `node_id` and of all nodes it depends on, breadth first, each once; cycles are safe."""
    seen = {node_id}
    waiting = [node_id]
    for current in waiting:
        if current not in graph:
            continue
        yield current
        for _, source, _ in links(graph[current]):
            if source not in seen:
                seen.add(source)
                waiting.append(source)


def with_values(graph: Graph, values: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """A copy of `graph` with `values` (by address `NODE.INPUT`) in place; other addresses are ignored.

    Node ids may hold dots and colons: the last dot divides.
    """
    copy = {node_id: {**node, "inputs": dict(node.get("inputs", {}))} for node_id, node in graph.items()}
    for address, value in values.items():
        node_id, _, name = address.rpartition(".")
        if node_id in copy:
            copy[node_id]["inputs"][name] = value
    return copy


def canonical(graph: Graph) -> str:
    """`graph` as JSON that is the same for equal graphs: sorted keys, no spaces, non-ASCII kept."""
    return json.dumps(graph, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def graph_hash(graph: Graph) -> str:
    """SHA-256 of `canonical(graph)`, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(graph).encode("utf-8", "surrogatepass")).hexdigest()
