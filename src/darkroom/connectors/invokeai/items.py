"""One item of the queue: its state, its picture, and why it failed.

Source: InvokeAI 6.14.2, `GET /api/v1/queue/default/i/{id}` and `queue_item_status_changed`, which have
the same fields; null ones may be missing. Recordings `04_queue_item_done`, `07_missing_model`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from darkroom.connectors.invokeai.frames import made_image
from darkroom.domain.generation import Reason
from darkroom.domain.text import excerpt, printable

PENDING, IN_PROGRESS, WAITING = "pending", "in_progress", "waiting"
COMPLETED, FAILED, CANCELED = "completed", "failed", "canceled"
OVER = frozenset({COMPLETED, FAILED, CANCELED})

MESSAGE_LINES = 12
"""An exception's message can be many lines; the first ones tell it."""

_MEMORY = re.compile(
    r"out of memory|OutOfMemory|can't allocate memory|Cannot allocate memory|failed to allocate"
    r"|Unable to allocate|MemoryError",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it was last heard of.

    Attributes:
        id: Its number; lower ones run first.
        status: One of the constants above.
        sequence: Counts its changes: of two states the one with the lower number is stale.
        error: Type and message of what made it fail.
        began: Whether it ran at all.
        duration_s: From its begin to its end; `None` while it has none.
        picture: Name of its picture, "" while it has none.
    """

    id: int
    status: str
    sequence: int = 0
    error: tuple[str, str] = ("", "")
    began: bool = False
    duration_s: float | None = None
    picture: str = ""


def read_item(data: Mapping[str, Any], output: str = "") -> Item | None:
    """The item in an answer or in an event; `None` when it is none.

    Args:
        data: What the server said.
        output: The node whose picture is the result, to be looked for in the answer.
    """
    number, status = data.get("item_id"), data.get("status")
    if not isinstance(number, int) or not isinstance(status, str):
        return None
    sequence = data.get("status_sequence")
    began, ended = _time(data.get("started_at")), _time(data.get("completed_at"))
    error = (str(data.get("error_type") or ""), str(data.get("error_message") or ""))
    return Item(
        number,
        status,
        sequence if isinstance(sequence, int) else 0,
        error,
        began is not None,
        (ended - began).total_seconds() if began is not None and ended is not None else None,
        picture_of(data.get("session"), output),
    )


def picture_of(session: object, output: str) -> str:
    """The picture that the node `output` made, from an item's session; "" when there is none."""
    found = session if isinstance(session, Mapping) else {}
    prepared, results = found.get("source_prepared_mapping"), found.get("results")
    if not isinstance(prepared, Mapping) or not isinstance(results, Mapping):
        return ""
    ids = prepared.get(output)
    for node in ids if isinstance(ids, list) else ():
        if name := made_image({"result": results.get(node)}):
            return name
    return ""


def failure(item: Item) -> Reason:
    """Why an item failed."""
    exception, message = item.error
    text = printable(message, keep_lines=True).strip()
    lines = [line for line in text.splitlines() if line.strip()]
    more = [f"… {len(lines) - MESSAGE_LINES} more lines"] if len(lines) > MESSAGE_LINES else []
    detail = "\n".join([excerpt(line, 400) for line in lines[:MESSAGE_LINES]] + more)
    if _MEMORY.search(exception) or _MEMORY.search(message):
        return Reason(
            "The server ran out of memory",
            detail or excerpt(exception, 100),
            "Try a smaller size, or a smaller model",
            "OutOfMemory",
        )
    what = excerpt(lines[0], 120) if lines else excerpt(exception, 100) or "it does not say why"
    kind = excerpt(exception, 100)
    return Reason(
        f"The server failed: {what}",
        f"{kind}: {detail}" if kind else detail,
        "See the server's log",
        "JobFailed",
    )


def _time(value: object) -> datetime | None:
    """A time of the server, in UTC without saying so ("2026-11-20 09:56:39.769")."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
