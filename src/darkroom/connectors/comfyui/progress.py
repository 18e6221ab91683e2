"""How far a job is, from the messages about it: a fraction of the whole graph that never falls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.stages import WEIGHTS, stage_of
from darkroom.domain.events import Progress, Stage
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from darkroom.connectors.comfyui.events import JobMessage

ALMOST = 0.99
"""Where the bar waits for the end: a job is at 1 only when its outputs are there."""


class ProgressMeter:
    """Adds up one job's messages."""

    def __init__(self, class_types: Mapping[str, str]) -> None:
        self._stages = {node: stage_of(name) for node, name in class_types.items()}
        self._classes = class_types
        self._done: dict[str, float] = {}
        self._fraction = 0.0
        self._node = ""
        self._step: int | None = None
        self._steps: int | None = None

    @property
    def node(self) -> str:
        """Id of the node that runs, "" before the first."""
        return self._node

    def current(self) -> Progress:
        """Where the job stands now."""
        return Progress(
            self._stages.get(self._node, Stage.WORKING),
            self._fraction if self._stages else None,
            self._step,
            self._steps,
            printable(self._classes.get(self._node, "")),
        )

    def feed(self, message: JobMessage) -> Progress | None:
        """The new state after `message`; `None` when nothing changed that is worth telling."""
        before = self.current()
        data = message.data
        if message.kind == "execution_cached":
            nodes = data.get("nodes")
            for node in nodes if isinstance(nodes, list) else ():
                self._finish(str(node))
        elif message.kind == "executing" and data.get("node") is not None:
            self._enter(str(data.get("display_node") or data["node"]))
        elif message.kind == "progress":
            self._advance(str(data.get("node") or self._node), data.get("value"), data.get("max"))
        elif message.kind == "progress_state":
            self._take_all(data.get("nodes"))
        elif message.kind == "executed":
            self._finish(str(data.get("display_node") or data.get("node")))
        self._measure()
        after = self.current()
        return after if after != before else None

    def _enter(self, node: str) -> None:
        if node != self._node:
            # One node runs at a time: the one before has ended.
            self._finish(self._node)
            self._node, self._step, self._steps = node, None, None

    def _advance(self, node: str, value: Any, maximum: Any) -> None:
        if not _counts(value, maximum):
            return
        self._enter(node)
        # Upscalers count from 0 several times within one node: the part done never shrinks.
        self._part(node, min(value / maximum, 1.0))
        if maximum > 1:
            self._step, self._steps = int(value), int(maximum)

    def _take_all(self, nodes: object) -> None:
        for node, about in nodes.items() if isinstance(nodes, Mapping) else ():
            if not isinstance(about, Mapping):
                continue
            shown = str(about.get("display_node_id") or node)
            if about.get("state") == "finished" and shown == str(node):
                self._finish(shown)
            elif about.get("state") == "running" and shown == (self._node or shown):
                self._advance(shown, about.get("value"), about.get("max"))

    def _finish(self, node: str) -> None:
        self._part(node, 1.0)

    def _part(self, node: str, part: float) -> None:
        if node in self._stages:
            self._done[node] = max(part, self._done.get(node, 0.0))

    def _measure(self) -> None:
        total = sum(WEIGHTS[stage] for stage in self._stages.values())
        if total:
            done = sum(WEIGHTS[self._stages[node]] * part for node, part in self._done.items())
            self._fraction = max(self._fraction, min(done / total, ALMOST))


def _counts(value: object, maximum: object) -> bool:
    return (
        isinstance(value, int | float)
        and isinstance(maximum, int | float)
        and not isinstance(value, bool)
        and 0 < maximum < float("inf")
        and 0 <= value < float("inf")
    )
