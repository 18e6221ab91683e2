"""What InvokeAI says on its socket: engine.io packets around socket.io events, read into plain kinds.

Pure: text in, a packet or a message out. What is unknown is `None`, never an error.
Source: InvokeAI 6.14.2, `/ws/socket.io`, recordings `15_raw_engineio_frames`, `04_sock_sd1_txt2img`,
`08_sock_cancel`; the packets are those of engine.io 4 and socket.io 5.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OPEN, CLOSE, PING, PONG = "0", "1", "2", "3"
"""Packets of engine.io; the server pings, and closes a line that gives no pong."""

CONNECTED, DISCONNECTED, EVENT, REFUSED = "40", "41", "42", "44"
"""Packets of socket.io, for its root namespace."""

SUBSCRIBE = '42["subscribe_queue",{"queue_id":"default"}]'
"""Nothing answers it. A server with accounts sends nothing without it."""

NODE_STARTED, NODE_PROGRESS, NODE_DONE = "invocation_started", "invocation_progress", "invocation_complete"
ITEM_CHANGED, NODE_FAILED = "queue_item_status_changed", "invocation_error"
ITEMS_CANCELED, QUEUE_CLEARED = "queue_items_canceled", "queue_cleared"

_JOB_EVENTS = frozenset({NODE_STARTED, NODE_PROGRESS, NODE_DONE, ITEM_CHANGED, NODE_FAILED})
_QUEUE_EVENTS = frozenset({ITEMS_CANCELED, QUEUE_CLEARED})

PREVIEW_CAP = 16 * 1024 * 1024
"""Characters of a preview; those of the server have a few thousand."""


@dataclass(frozen=True, slots=True)
class JobMessage:
    """An event about one item of a batch."""

    kind: str
    batch: str
    item: int
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """An event about the whole queue: items were cancelled, or it was cleared."""

    kind: str


Message = JobMessage | QueueMessage


def connect(token: str) -> str:
    """The packet that opens the namespace; a server with accounts wants the token in it."""
    return CONNECTED + (json.dumps({"token": token}) if token else "")


def kind_of(frame: str) -> str:
    """Which packet a frame is: one of the constants above, or "" for one that concerns nobody."""
    if frame[:1] == "4":
        return frame[:2]
    return frame[:1]


def refusal(frame: str) -> str:
    """What the server says in `REFUSED`."""
    try:
        said = json.loads(frame[2:])
    except ValueError:
        return ""
    return str(said.get("message", "")) if isinstance(said, dict) else ""


def read_event(document: object) -> Message | None:
    """The message in the decoded part of an `EVENT`; `None` when it is unknown.

    In a server for one person, events of every queue and every client come: the batch tells whose.

    Raises:
        ValueError: It is no event.
    """
    if not isinstance(document, list) or not document or not isinstance(document[0], str):
        raise ValueError("no event")
    kind = document[0]
    data = document[1] if len(document) > 1 and isinstance(document[1], dict) else {}
    if kind in _QUEUE_EVENTS:
        return QueueMessage(kind)
    batch, item = data.get("batch_id"), data.get("item_id")
    if kind not in _JOB_EVENTS or not isinstance(batch, str) or not isinstance(item, int):
        return None
    return JobMessage(kind, batch, item, data)


def preview(data: Mapping[str, Any]) -> tuple[bytes, str] | None:
    """The picture in an `invocation_progress` and its media type.

    It is a data URI of a JPEG of an eighth of the size that the event names.
    """
    image = data.get("image")
    text = image.get("dataURL") if isinstance(image, Mapping) else None
    if not isinstance(text, str) or len(text) > PREVIEW_CAP or not text.startswith("data:image/"):
        return None
    head, comma, body = text.partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    try:
        return base64.b64decode(body, validate=True), head.removeprefix("data:").removesuffix(";base64")
    except ValueError:
        return None


def made_image(data: Mapping[str, Any]) -> str:
    """The name of the picture that a node made, from its `invocation_complete`; "" when it made none."""
    result = data.get("result")
    image = result.get("image") if isinstance(result, Mapping) else None
    name = image.get("image_name") if isinstance(image, Mapping) else None
    return name if isinstance(name, str) else ""
