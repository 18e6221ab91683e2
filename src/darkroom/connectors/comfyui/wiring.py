"""A graph and its node classes together: what each link carries, and where a value really stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.connectors.comfyui.nodes import ANY, Classes, NodeClass
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import is_link, links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.workflow import Graph

_HOPS = 50
"""Nodes between a setting and the value that feeds it; more is a cycle or a joke."""


class Place(NamedTuple):
    """Where a value stands in a graph."""

    node: str
    name: str

    @property
    def address(self) -> str:
        """The place as an address of the form: `NODE.INPUT`."""
        return f"{self.node}.{self.name}"


class Link(NamedTuple):
    """A link as its target sees it: input `name` gets output `slot` of node `source`."""

    name: str
    source: str
    slot: int


class Wiring:
    """Answers about the links of a graph; a cycle or a dangling link is never followed for ever."""

    def __init__(self, graph: Graph, classes: Classes) -> None:
        self.graph = graph
        self.classes = classes

    def node_class(self, node_id: str) -> NodeClass:
        """The class of a node; `UNKNOWN` when nobody describes it."""
        return self.classes.get(str(self.graph[node_id].get("class_type", "")))

    def own_title(self, node_id: str) -> str:
        """The title a person gave to a node; "" where it still has the one of its class."""
        node = self.graph[node_id]
        meta = node.get("_meta")
        given = meta.get("title") if isinstance(meta, dict) else None
        title = excerpt(given, 60) if isinstance(given, str) else ""
        return "" if title in (self.node_class(node_id).title, node.get("class_type")) else title

    def title(self, node_id: str) -> str:
        """What a node is called: its own title, its class's, or the class name."""
        class_type = excerpt(str(self.graph[node_id].get("class_type", "")), 60)
        return self.own_title(node_id) or self.node_class(node_id).title or class_type

    def inputs(self, node_id: str) -> Mapping[str, Any]:
        """What the graph gives to a node, by input name."""
        given: Mapping[str, Any] = self.graph[node_id].get("inputs", {})
        return given

    def links(self, node_id: str) -> Iterator[Link]:
        """The links into a node whose source exists."""
        return (Link(*found) for found in links(self.graph[node_id]) if found[1] in self.graph)

    def carries(self, node_id: str, link: Link) -> str | None:
        """The type that runs over a link into `node_id`; `None` when nobody says."""
        outputs = self.node_class(link.source).outputs
        if 0 <= link.slot < len(outputs) and outputs[link.slot] != ANY:
            return outputs[link.slot]
        declared = self.node_class(node_id).inputs.get(link.name)
        return declared.type if declared is not None and declared.type != ANY else None

    def incoming(self, node_id: str, *types: str) -> list[Link]:
        """The links into a node that carry one of `types`, or may."""
        found = []
        for link in self.links(node_id):
            carried = self.carries(node_id, link)
            if carried is None or not set(types).isdisjoint(carried.split(",")):
                found.append(link)
        return found

    def feeding(self, node_id: str, *types: str) -> list[str]:
        """Ids of the nodes upstream over links of `types` alone, nearest first, without `node_id`."""
        waiting, seen = [node_id], {node_id}
        for current in waiting:
            for link in self.incoming(current, *types):
                if link.source not in seen:
                    seen.add(link.source)
                    waiting.append(link.source)
        return waiting[1:]

    def value_place(self, node_id: str, name: str, *, text: bool = False) -> Place | None:
        """Where the value of an input can be edited: here, or at the primitive node linked to it.

        Args:
            node_id: The node that uses the value.
            name: Its input.
            text: A string is looked for, not a number.

        Returns:
            `None` when the value is computed, or its source cannot be told.
        """
        for _ in range(_HOPS):
            given = self.inputs(node_id)
            if name not in given:
                declared = self.node_class(node_id).inputs.get(name)
                return Place(node_id, name) if declared is not None and declared.required else None
            if not is_link(given[name]):
                return Place(node_id, name)
            source = given[name][0]
            if source not in self.graph:
                return None
            step = self._only_value(source, name, text=text)
            if step is None:
                return None
            node_id, name = source, step
        return None

    def _only_value(self, node_id: str, name: str, *, text: bool) -> str | None:
        """The input of a feeding node that its output comes from, when there is no doubt."""
        given = self.inputs(node_id)
        if name in given:
            return name
        fits = (str,) if text else (int, float)
        literals = [key for key, one in given.items() if isinstance(one, fits) and not isinstance(one, bool)]
        if not literals:
            literals = [link.name for link in self.links(node_id)]
        return literals[0] if len(literals) == 1 else None
