"""From a snapshot to the graph that is sent, and back from its inputs to the fields of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.connectors.comfyui import builtin, upscaling
from darkroom.connectors.comfyui.counting import expected_outputs
from darkroom.connectors.comfyui.inputs import like
from darkroom.connectors.comfyui.wiring import Place
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import TXT2IMG, UPSCALE, is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

__all__ = ["class_types", "divide", "expected_outputs", "field_address", "graph_for"]

Nodes = dict[str, dict[str, Any]]


def divide(graph: Graph, address: str) -> Place | None:
    """The place in `graph` that an address `NODE.INPUT` means, or `None` when there is no such node.

    Node ids and input names may hold dots themselves: the place that exists is the one meant, and
    the longest node id where none does.
    """
    possible = []
    end = address.rfind(".")
    while end > 0:
        if address[:end] in graph:
            possible.append(Place(address[:end], address[end + 1 :]))
        end = address.rfind(".", 0, end)
    existing = (one for one in possible if one.name in graph[one.node].get("inputs", {}))
    return next(existing, possible[0] if possible else None)


def graph_for(snapshot: Snapshot, uploaded: Mapping[str, str]) -> Nodes:
    """The exact graph to send.

    Args:
        snapshot: What was asked for; seeds are drawn.
        uploaded: Names on the server of the pictures fed in, by address.

    Returns:
        A new graph. Where a value is `None`, the graph's own stays; links are never replaced.
    """
    values = {**snapshot.values, **uploaded}
    if snapshot.graph is None:
        return _built_in(snapshot.mode).build(values)
    # An emptied picture field means the graph's own file, as one that never held any does.
    emptied = {a for a, role in snapshot.roles.items() if role is Role.IMAGE and values.get(a) == ""}
    return _with_values(snapshot.graph, {a: value for a, value in values.items() if a not in emptied})


def _with_values(graph: Graph, values: Mapping[str, Value]) -> Nodes:
    copy: Nodes = {
        node_id: {**node, "inputs": dict(node.get("inputs", {}))} for node_id, node in graph.items()
    }
    for address, value in values.items():
        place = divide(graph, address)
        if place is None or value is None:
            continue
        inputs = copy[place.node]["inputs"]
        original = inputs.get(place.name)
        if not is_link(original) and not isinstance(original, list | dict):
            inputs[place.name] = like(original, value)
    return copy


def field_address(snapshot: Snapshot, node_id: str, name: str) -> str:
    """The form's address of a node's input, to mark what a server refused; "" when it has no field."""
    if snapshot.graph is None:
        return _built_in(snapshot.mode).address_of(node_id, name)
    address = Place(node_id, name).address
    return address if address in snapshot.values else ""


class _BuiltIn(NamedTuple):
    """A workflow that came with Darkroom: the classes it needs, its graph, and the way back to the form."""

    classes: tuple[str, ...]
    build: Callable[[Mapping[str, Value]], Nodes]
    address_of: Callable[[str, str], str]


_TXT2IMG = _BuiltIn(builtin.CLASSES, builtin.build, builtin.address_of)
_UPSCALE = _BuiltIn(upscaling.CLASSES, upscaling.build, upscaling.address_of)


def _built_in(mode: str) -> _BuiltIn:
    return _UPSCALE if mode == UPSCALE else _TXT2IMG


def class_types(graph: Graph | None, mode: str = TXT2IMG) -> tuple[str, ...]:
    """The node classes of a graph, each once, sorted; those of a built-in workflow without one."""
    if graph is None:
        return _built_in(mode).classes
    return tuple(sorted({str(node.get("class_type", "")) for node in graph.values()}))
