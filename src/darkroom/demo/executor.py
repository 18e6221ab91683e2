"""Runs one graph after the other, in the worker thread."""

from __future__ import annotations

import logging
import threading
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.demo.cache import Cache, Made, is_link
from darkroom.demo.catalog import inputs as declared_inputs
from darkroom.demo.nodes.context import Context, Pace
from darkroom.demo.nodes.registry import NODES, fingerprint
from darkroom.demo.nodes.values import Interrupted, NodeFailure
from darkroom.demo.order import Order
from darkroom.demo.progress import Progress

if TYPE_CHECKING:
    from darkroom.demo.catalog import Catalog
    from darkroom.demo.folders import Folders
    from darkroom.demo.jobs import Item
    from darkroom.demo.options import Options
    from darkroom.demo.sockets import Sockets

log = logging.getLogger(__name__)

NODE_ERRORS = (
    *(NodeFailure, OSError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError),
    *(MemoryError, RuntimeError, AssertionError),
)
"""What a node may raise on values that validation does not check; each ends the job, never the server."""


@dataclass(slots=True)
class Executor:
    """Keeps what the previous graph made and runs the next."""

    options: Options
    folders: Folders
    catalog: Catalog
    sockets: Sockets
    pace: Pace
    interrupt: threading.Event = field(default_factory=threading.Event)
    """Set to stop the running job at its next step or node."""
    cache: Cache = field(default_factory=Cache)
    progress: Progress | None = None
    """Events of the job that runs, or ran last."""

    def forget(self) -> None:
        """Cuts the running job short without a word and drops what nodes made."""
        if self.progress is not None:
            self.progress.muted = True
        self.interrupt.set()
        self.cache.clear()

    def run(self, item: Item) -> tuple[dict[str, Any], Progress]:
        """Runs a job to its end; gives its history entry (without the prompt) and its events.

        Never raises for what a job does; the entry says how it ended.
        """
        _, prompt_id, prompt, extra_data, outputs = item
        client_id = extra_data.get("client_id")
        self.interrupt.clear()
        self.sockets.client_id = client_id
        progress = self.progress = Progress(self.sockets, prompt_id, client_id)
        progress.message("execution_start", {})
        self.cache.turn_to(prompt, lambda node_id: fingerprint(prompt[node_id], self.folders))
        cached = [node_id for node_id in prompt if self.cache.get(node_id) is not None]
        progress.message("execution_cached", {"nodes": cached})
        success = self._run_nodes(prompt, extra_data, outputs, progress)
        if success:
            progress.message("execution_success", {})
        shown = self.cache.shown()
        self.sockets.last_node = None
        entry = {
            "outputs": {node_id: made.ui for node_id, made in shown.items()},
            "status": {
                "status_str": "success" if success else "error",
                "completed": success,
                "messages": [[event, data] for event, data in progress.messages],
            },
            "meta": {node_id: made.meta for node_id, made in shown.items()},
        }
        return entry, progress

    def _run_nodes(
        self, prompt: dict[str, Any], extra_data: dict[str, Any], outputs: list[str], progress: Progress
    ) -> bool:
        """Runs what the outputs need. False when a node failed or somebody interrupted."""
        order = Order(
            prompt,
            outputs,
            cached=lambda node_id: self.cache.get(node_id) is not None,
            is_output=lambda node_id: self.catalog.info(prompt[node_id]["class_type"])["output_node"],
        )
        executed: list[str] = []
        while order:
            node_id = order.next()
            if node_id is None:
                # Only an input that validation does not know can close a circle after it.
                return False
            made = self.cache.get(node_id)
            if made is not None:
                progress.executed(node_id, made.ui)
                progress.finish(node_id)
            elif self._run_node(node_id, prompt, extra_data, executed, progress):
                executed.append(node_id)
            else:
                return False
            order.done(node_id)
        return True

    def _run_node(
        self,
        node_id: str,
        prompt: dict[str, Any],
        extra_data: dict[str, Any],
        executed: list[str],
        progress: Progress,
    ) -> bool:
        class_type = prompt[node_id]["class_type"]
        blame = {"node_id": node_id, "node_type": class_type, "executed": executed}
        given: dict[str, Any] = {}
        progress.start(node_id)
        try:
            context = Context(
                node_id=node_id,
                graph=prompt,
                extra_pnginfo=extra_data.get("extra_pnginfo"),
                folders=self.folders,
                progress=progress,
                interrupt=self.interrupt,
                pace=self.pace,
                speed=self.options.speed,
                previews=self.options.previews,
            )
            context.check()
            given = self._inputs(node_id, prompt)
            if class_type not in NODES:
                raise NodeFailure(f"The demo server cannot run {class_type}; it needs a real ComfyUI.")
            result = NODES[class_type](context, **given)
        except Interrupted:
            progress.message("execution_interrupted", blame, broadcast=True)
            return False
        except NODE_ERRORS as error:
            log.info("node %s (%s) failed: %s", node_id, class_type, error)
            progress.message(
                "execution_error", {**blame, **_explain(error, given), "current_outputs": list(prompt)}
            )
            return False
        meta = {"node_id": node_id, "display_node": node_id, "parent_node": None, "real_node_id": node_id}
        self.cache.put(node_id, Made(result.outputs, result.ui, meta))
        if result.ui is not None:
            progress.executed(node_id, result.ui)
        progress.finish(node_id)
        return True

    def _inputs(self, node_id: str, prompt: dict[str, Any]) -> dict[str, Any]:
        """The node's declared inputs, links replaced by what was made."""
        node = prompt[node_id]
        given = {}
        for name in declared_inputs(self.catalog.info(node["class_type"])):
            if name not in node["inputs"]:
                continue
            value = node["inputs"][name]
            if is_link(value):
                made = self.cache.get(value[0])
                value = made.outputs[int(value[1])] if made is not None else None
            given[name] = value
        return given


def _explain(error: Exception, given: dict[str, Any]) -> dict[str, Any]:
    """The part of `execution_error` that says what went wrong."""
    # The demo's own kind of error is a plain Exception to a client, as that of the real SaveImage.
    name = error.exception_type if isinstance(error, NodeFailure) else type(error).__qualname__
    return {
        "exception_message": f"{error}\n",
        "exception_type": name,
        "traceback": traceback.format_tb(error.__traceback__),
        "current_inputs": {key: [_plain(value)] for key, value in given.items()},
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (int, float, bool, str)) else str(value)
