"""What earlier nodes made, kept for the next job when it asks for exactly the same.

Source: ComfyUI 0.3.64. A node's key is its class and inputs and those of all its ancestors: node ids,
titles, client ids and extra_pnginfo do not count, unknown extra inputs do. Only the results of the
previous graph are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

Graph = dict[str, dict[str, Any]]


def is_link(value: object) -> bool:
    """Whether an input's value is `[node id, slot]`."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    return isinstance(value[0], str) and isinstance(value[1], (int, float))


def inputs_of(node: dict[str, Any]) -> dict[str, Any]:
    """A node's inputs; none when they are malformed, as they may be in nodes that no output needs."""
    inputs = node.get("inputs")
    return inputs if isinstance(inputs, dict) else {}


@dataclass(frozen=True, slots=True)
class Made:
    """What one node gave.

    Attributes:
        outputs: One value for each slot.
        ui: What `executed` and the history show, or None.
        meta: Ids of the node that made it, which may have another id now.
    """

    outputs: tuple[Any, ...]
    ui: dict[str, Any] | None
    meta: dict[str, Any]


class Cache:
    """Results of the previous graph, and the keys of the present one."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Made] = {}
        self._keys: dict[str, Hashable] = {}

    def turn_to(self, graph: Graph, changed: Callable[[str], Hashable]) -> None:
        """Makes `graph` the present one and drops what it does not ask for.

        Args:
            graph: Nodes by id.
            changed: A node's fingerprint beside its inputs (of the file it loads); equal means unchanged.
        """
        own = {node_id: changed(node_id) for node_id in graph}
        self._keys = {node_id: _signature(graph, node_id, own) for node_id in graph}
        wanted = set(self._keys.values())
        self._made = {key: made for key, made in self._made.items() if key in wanted}

    def get(self, node_id: str) -> Made | None:
        """What this node of the present graph would give, if it is known."""
        return self._made.get(self._keys.get(node_id))

    def put(self, node_id: str, made: Made) -> None:
        """Keeps what a node of the present graph gave."""
        self._made[self._keys[node_id]] = made

    def clear(self) -> None:
        """Drops everything."""
        self._made.clear()

    def shown(self) -> dict[str, Made]:
        """All of the present graph's nodes that have something to show, run now or earlier."""
        found = {node_id: self.get(node_id) for node_id in self._keys}
        return {node_id: made for node_id, made in found.items() if made is not None and made.ui is not None}


def _signature(graph: Graph, node_id: str, own: Mapping[str, Hashable]) -> Hashable:
    """A key that is equal for equal sub-graphs, whatever their nodes are called."""
    order: dict[str, int] = {}
    _collect(graph, node_id, order)
    return tuple(_immediate(graph, n, order, own) for n in (node_id, *order))


def _collect(graph: Graph, node_id: str, order: dict[str, int]) -> None:
    """Numbers the ancestors in the order in which sorted inputs reach them."""
    inputs = inputs_of(graph[node_id])
    for name in sorted(inputs):
        value = inputs[name]
        if is_link(value) and value[0] in graph and value[0] not in order:
            order[value[0]] = len(order)
            _collect(graph, value[0], order)


def _immediate(graph: Graph, node_id: str, order: dict[str, int], own: Mapping[str, Hashable]) -> Hashable:
    node = graph[node_id]
    inputs = inputs_of(node)
    parts: list[Hashable] = [node["class_type"], own[node_id]]
    for name in sorted(inputs):
        value = inputs[name]
        if is_link(value):
            parts.append((name, "ancestor", order.get(value[0], -1), value[1]))
        else:
            parts.append((name, _frozen(value)))
    return tuple(parts)


def _frozen(value: Any) -> Hashable:
    """A JSON value as something hashable, with 1, 1.0 and true kept apart."""
    if isinstance(value, dict):
        return tuple((key, _frozen(value[key])) for key in sorted(value))
    if isinstance(value, list):
        return tuple(_frozen(v) for v in value)
    return (type(value).__name__, value)
