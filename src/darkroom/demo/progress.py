"""What a running job tells the sockets, in the real server's order and addressing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.demo import sockets
from darkroom.demo.sockets import metadata_frame, preview_frame, text_frame

if TYPE_CHECKING:
    from darkroom.demo.sockets import Sockets

MIME = {sockets.JPEG: "image/jpeg", sockets.PNG: "image/png"}


@dataclass(slots=True)
class Progress:
    """The events of one job.

    Source: ComfyUI 0.3.64. With a client id everything goes to that client alone. Without one the
    frames about progress go to *every* socket, the others to nobody, but for an interrupt.
    """

    sockets: Sockets
    prompt_id: str
    client_id: str | None
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """What the history's `status.messages` will be."""
    muted: bool = False
    """The server was told to forget the job: nobody hears of it any more."""
    _nodes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def message(self, event: str, data: dict[str, Any], *, broadcast: bool = False) -> None:
        """Tells an event that the history keeps."""
        data = {"prompt_id": self.prompt_id, **data, "timestamp": int(time.time() * 1000)}
        self.messages.append((event, data))
        if self.client_id is not None or broadcast:
            self._publish(text_frame(event, data))

    def start(self, node_id: str) -> None:
        """A node begins."""
        self._set(node_id, 0.0, 1.0, "running")
        if self.client_id is not None:
            self.sockets.last_node = node_id
            data = {"node": node_id, "display_node": node_id, "prompt_id": self.prompt_id}
            self._publish(text_frame("executing", data))

    def step(self, node_id: str, value: int, maximum: int, picture: bytes | None, image_format: int) -> None:
        """A node is at `value` of `maximum`, and may have a picture of what it has."""
        self._set(node_id, value, maximum, "running")
        with_metadata = self.sockets.supports_metadata(self.client_id)
        if picture is not None and with_metadata:
            metadata = {
                "node_id": node_id,
                "prompt_id": self.prompt_id,
                "display_node_id": node_id,
                "parent_node_id": None,
                "real_node_id": node_id,
                "image_type": MIME[image_format],
            }
            self._publish(metadata_frame(metadata, picture))
        data = {"value": value, "max": maximum, "prompt_id": self.prompt_id, "node": node_id}
        self._publish(text_frame("progress", data))
        if picture is not None and not with_metadata:
            self._publish(preview_frame(image_format, picture))

    def executed(self, node_id: str, ui: dict[str, Any] | None) -> None:
        """A node has something to show."""
        if self.client_id is not None:
            data = {"node": node_id, "display_node": node_id, "output": ui, "prompt_id": self.prompt_id}
            self._publish(text_frame("executed", data))

    def finish(self, node_id: str) -> None:
        """A node is done."""
        maximum = self._nodes.get(node_id, {"max": 1})["max"]
        self._set(node_id, maximum, maximum, "finished")

    def end(self) -> None:
        """The run is over, however it went; the history has it now."""
        if self.client_id is not None:
            self._publish(text_frame("executing", {"node": None, "prompt_id": self.prompt_id}))

    def _publish(self, frame: str | bytes) -> None:
        if not self.muted:
            self.sockets.publish(frame, self.client_id)

    def _set(self, node_id: str, value: float, maximum: float, state: str) -> None:
        self._nodes[node_id] = {
            "value": value,
            "max": maximum,
            "state": state,
            "node_id": node_id,
            "prompt_id": self.prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        data = {"prompt_id": self.prompt_id, "nodes": self._nodes}
        self._publish(text_frame("progress_state", data))
