"""In which order the nodes of a graph run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.demo.cache import is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from darkroom.demo.cache import Graph


class Order:
    """Gives nodes one at a time, each after all that it needs.

    Among nodes that are ready, outputs come first, then those that an output waits for directly, then
    at one remove: a picture shows as soon as it can.
    Source: ComfyUI 0.3.64, seen in recordings 02-* and 10-*.
    """

    def __init__(
        self,
        graph: Graph,
        outputs: Iterable[str],
        *,
        cached: Callable[[str], bool],
        is_output: Callable[[str], bool],
    ) -> None:
        self._graph = graph
        self._cached = cached
        self._is_output = is_output
        self._needs: dict[str, set[str]] = {}
        for output in outputs:
            self._add(output)

    def __bool__(self) -> bool:
        return bool(self._needs)

    def next(self) -> str | None:
        """The node to run now, or None when a cycle blocks all that are left."""
        ready = [node_id for node_id, needs in self._needs.items() if not needs]
        blocked_by_ready = {n: self._waiting_for(n) for n in ready}
        for node_id in ready:
            if self._is_output(node_id):
                return node_id
        for node_id in ready:
            if any(self._is_output(n) for n in blocked_by_ready[node_id]):
                return node_id
        for node_id in ready:
            further = (m for n in blocked_by_ready[node_id] for m in self._waiting_for(n))
            if any(self._is_output(m) for m in further):
                return node_id
        return ready[0] if ready else None

    def done(self, node_id: str) -> None:
        """Takes a node off the list."""
        del self._needs[node_id]
        for needs in self._needs.values():
            needs.discard(node_id)

    def _waiting_for(self, node_id: str) -> list[str]:
        return [n for n, needs in self._needs.items() if node_id in needs]

    def _add(self, output: str) -> None:
        stack = [output]
        while stack:
            node_id = stack.pop()
            if node_id in self._needs:
                continue
            values = self._graph[node_id]["inputs"].values()
            sources = [v[0] for v in values if is_link(v) and v[0] in self._graph]
            wanted = [s for s in sources if not self._cached(s)]
            self._needs[node_id] = set(wanted)
            stack.extend(wanted)
