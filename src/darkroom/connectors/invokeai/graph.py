"""A graph of InvokeAI in the making: nodes by id, edges between their fields."""

from __future__ import annotations

from typing import Any

Source = tuple[str, str]
"""A node and one of its outputs."""


class Graph:
    """Nodes and edges. Ids are stable, so that the server finds unchanged nodes in its cache.

    Nodes that make pictures are intermediate unless they are the output: otherwise each of their
    pictures would appear in the server's gallery.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: dict[str, dict[str, Any]] = {}
        self._edges: list[dict[str, Any]] = []
        self.output = ""
        """The node whose picture is the result."""

    def add(self, node: str, kind: str, **inputs: Any) -> str:
        """Adds a node; gives its id."""
        self._nodes[node] = {"id": node, "type": kind, "is_intermediate": True, **inputs}
        return node

    def join(self, source: Source, node: str, field: str) -> None:
        """Adds an edge."""
        self._edges.append(
            {
                "source": {"node_id": source[0], "field": source[1]},
                "destination": {"node_id": node, "field": field},
            }
        )

    def is_joined(self, node: str, field: str) -> bool:
        """Whether an edge leads to the field."""
        return any(edge["destination"] == {"node_id": node, "field": field} for edge in self._edges)

    def give(self, node: str, **inputs: Any) -> None:
        """Sets inputs of a node that is there."""
        self._nodes[node].update(inputs)

    def end_with(self, node: str, *, board: str, metadata: Source) -> None:
        """Makes `node` the output: its picture is kept, in `board` unless that is "".

        The node is never answered from the server's cache: that would name an old picture.
        Source: InvokeAI 6.14.2, surprise 8 of the recordings.
        """
        self.output = node
        self.give(node, is_intermediate=False, use_cache=False)
        if board:
            self.give(node, board={"board_id": board})
        self.join(metadata, node, "metadata")

    def kinds(self) -> dict[str, str]:
        """Type by node id."""
        return {node: str(about["type"]) for node, about in self._nodes.items()}

    def to_json(self) -> dict[str, Any]:
        """As the server takes it."""
        return {"id": self._name, "nodes": self._nodes, "edges": self._edges}
