"""How a job ended, as its entry in the server's history tells it.

Source: ComfyUI 0.3.64, `GET /history/{id}`, recordings `04-*`, `05-*`, `10-*`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.outputs import in_order, node_outputs
from darkroom.domain.events import Ended, Outcome
from darkroom.domain.generation import Reason
from darkroom.domain.text import excerpt, printable
from darkroom.domain.workflow import upstream

if TYPE_CHECKING:
    from darkroom.connectors.comfyui.handle import JobHandle
    from darkroom.domain.workflow import Graph

MESSAGE_LINES = 12
"""An exception's message can be 30 lines of tensor shapes; the first ones tell it."""

_MEMORY = re.compile(
    r"out of memory|OutOfMemory|can't allocate memory|Cannot allocate memory|Allocation on device"
    r"|failed to allocate|Unable to allocate|MemoryError",
    re.IGNORECASE,
)

Message = Mapping[str, Any]


def read_entry(entry: object, job: JobHandle) -> Ended:
    """The end of `job` in its history entry.

    An interrupted job says `"status_str": "error"` just as a failed one: only the messages tell.
    """
    entry = entry if isinstance(entry, Mapping) else {}
    messages = _messages(entry)
    found = entry.get("outputs")
    raw: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    refs = in_order(
        (ref for node_id, given in raw.items() for ref in node_outputs(str(node_id), given)), job.class_types
    )
    outcome, reason = _outcome(entry, messages)
    cached = messages.get("execution_cached", {}).get("nodes")
    return Ended(
        outcome,
        reason,
        refs,
        unchanged=outcome is Outcome.COMPLETE and _all_cached(entry, cached),
        duration_s=_duration(messages),
        notes=job.dropped,
    )


def _outcome(entry: Message, messages: Mapping[str, Message]) -> tuple[Outcome, Reason | None]:
    if (error := messages.get("execution_error")) is not None:
        return Outcome.FAILED, failure(error)
    if (stop := messages.get("execution_interrupted")) is not None:
        return Outcome.CANCELLED, interruption(stop)
    status = entry.get("status")
    if isinstance(status, Mapping) and status.get("status_str") == "error":
        return Outcome.FAILED, Reason("The server reports an error without saying which", kind="JobFailed")
    return Outcome.COMPLETE, None


def failure(error: Message) -> Reason:
    """Why a job failed, from the data of `execution_error` (the same in history and on the socket)."""
    text = printable(str(error.get("exception_message") or ""), keep_lines=True).strip()
    exception = excerpt(str(error.get("exception_type") or ""), 100)
    node = _node(error)
    lines = [line for line in text.splitlines() if line.strip()]
    more = [f"… {len(lines) - MESSAGE_LINES} more lines"] if len(lines) > MESSAGE_LINES else []
    detail = "\n".join([excerpt(line, 400) for line in lines[:MESSAGE_LINES]] + more)
    if _MEMORY.search(exception) or _MEMORY.search(text):
        return Reason(
            "The server ran out of memory",
            f"{node}: {detail}",
            "Try a smaller size or batch, or a smaller model",
            "OutOfMemory",
        )
    title = f"{node} failed: {excerpt(lines[0], 120)}" if lines else f"{node} failed"
    return Reason(
        title, f"{exception}: {detail}" if exception else detail, "See the server's log", "JobFailed"
    )


def interruption(stop: Message) -> Reason:
    """Why a job stopped, from the data of `execution_interrupted`."""
    return Reason("Cancelled", f"Stopped while {_node(stop)} ran")


def _node(message: Message) -> str:
    node_id, name = message.get("node_id"), message.get("node_type")
    if not name:
        return "A node"
    return f"{excerpt(str(name), 60)} (node {excerpt(str(node_id), 40)})"


def _messages(entry: Message) -> dict[str, Message]:
    status = entry.get("status")
    listed = status.get("messages") if isinstance(status, Mapping) else None
    return {
        str(item[0]): item[1]
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, list) and len(item) == 2 and isinstance(item[1], Mapping)
    }


def _duration(messages: Mapping[str, Message]) -> float | None:
    """Seconds from start to end; history has no fields for them but the messages' times in ms."""
    start = messages.get("execution_start", {}).get("timestamp")
    for name in ("execution_success", "execution_error", "execution_interrupted"):
        end = messages.get(name, {}).get("timestamp")
        if isinstance(start, int | float) and isinstance(end, int | float) and end >= start:
            return (end - start) / 1000
    return None


def _all_cached(entry: Message, cached: object) -> bool:
    """Whether nothing was computed: every node that the outputs depend on came from the cache.

    Nodes that no output needs are never cached, so they do not count; a socket saver never is either.
    Source: ComfyUI 0.3.64, recordings `05-identical-history`, `10-SaveImageWebsocket-identical-history`.
    """
    item = entry.get("prompt")
    if not isinstance(cached, list) or not isinstance(item, list) or len(item) < 5:
        return False
    graph = _graph(item[2])
    ends = [end for end in item[4] if end in graph] if isinstance(item[4], list) else []
    needed = {node_id for end in ends for node_id in upstream(graph, end)}
    return bool(needed) and needed.issubset(str(node) for node in cached)


def _graph(given: object) -> Graph:
    nodes = given if isinstance(given, Mapping) else {}
    return {
        str(node_id): node
        for node_id, node in nodes.items()
        if isinstance(node, Mapping) and isinstance(node.get("inputs", {}), Mapping)
    }
