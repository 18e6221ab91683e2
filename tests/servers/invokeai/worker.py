"""Runs items, one after the other, and tells of them as the server does."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.servers.harness.faults import HOSTILE
from tests.servers.invokeai import painting
from tests.servers.invokeai.graphs import order, refusals
from tests.servers.invokeai.painting import NodeError, Values

if TYPE_CHECKING:
    from tests.servers.harness.faults import Faults
    from tests.servers.invokeai.pictures import Pictures
    from tests.servers.invokeai.queue import Item, Queue
    from tests.servers.invokeai.sockets import Sockets

SAMPLERS = ("denoise_latents", "flux_denoise")


class Worker:
    """The one processor of the queue."""

    def __init__(
        self,
        queue: Queue,
        pictures: Pictures,
        sockets: Sockets,
        faults: Faults,
        boards: set[str],
        step_s: float,
    ) -> None:
        self._queue = queue
        self._pictures = pictures
        self._sockets = sockets
        self._faults = faults
        self._boards = boards
        self._step_s = step_s

    async def work(self) -> None:
        """Takes the next item, again and again."""
        while True:
            item = self._queue.next()
            if item is None or item.status == "in_progress" or self._is_stuck(item):
                # Also while the foreign job runs, which is ended by others.
                await asyncio.sleep(0.005)
                continue
            self._move(item, "in_progress")
            if not item.foreign:
                await self._run(item)

    @staticmethod
    def _is_stuck(item: Item) -> bool:
        """A value of a batch that the node does not take: the item cannot be read, for ever."""
        return not item.foreign and bool(refusals({"batch": {"graph": item.graph}}))

    async def _run(self, item: Item) -> None:
        values = Values(item.graph, self._pictures)
        try:
            for node_id in order(item.graph):
                await self._run_node(item, node_id, values)
                if item.status != "in_progress":
                    return
        except NodeError as error:
            item.error_type, item.error_message, item.error_traceback = error.kind, str(error), "Traceback …"
            # The status comes before the error.
            self._move(item, "failed")
            self._tell("invocation_error", item, "", error_type=error.kind, error_message=str(error))
            return
        self._move(item, "completed")

    async def _run_node(self, item: Item, node_id: str, values: Values) -> None:
        node = item.graph["nodes"][node_id]
        prepared = item.prepared[node_id] = str(uuid.uuid4())
        self._tell("invocation_started", item, node_id)
        if node["type"] in SAMPLERS:
            await self._sample(item, node_id, values)
            if item.status != "in_progress":
                return
        made = values.run(node_id)
        result: dict[str, Any] = {"type": "output"}
        if isinstance(made, Image.Image) and node["type"] not in (*SAMPLERS, "noise", "i2l"):
            self._progress(item, node_id, "Saving image", None, None)
            result = self._save(item, node_id, made, values)
        item.results[prepared] = result
        self._tell("invocation_complete", item, node_id, result=result)
        await asyncio.sleep(0)

    async def _sample(self, item: Item, node_id: str, values: Values) -> None:
        node = item.graph["nodes"][node_id]
        steps = int(node.get("steps") or node.get("num_steps"))
        size = (64, 64)
        for made in item.graph["nodes"].values():
            if made["type"] in ("noise", "flux_denoise"):
                size = (made["width"], made["height"])
        for step in range(steps + 1):
            part = step / steps
            self._progress(item, node_id, "Denoising", part, painting.preview(values.seed, part, size))
            await asyncio.sleep(self._step_s)
            if item.status != "in_progress":
                return
            if step:
                self._strike()

    def _strike(self) -> None:
        """What happens at a step."""
        failure = self._faults.at_step()
        if failure == "fail":
            strange = f" in {' '.join(HOSTILE)}" if self._faults.hostile else ""
            raise NodeError("TypeError", f"argument of type 'NoneType' is not iterable{strange}")
        if failure == "oom":
            raise NodeError("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB")

    def _save(self, item: Item, node_id: str, made: Image.Image, values: Values) -> dict[str, Any]:
        node = item.graph["nodes"][node_id]
        metadata = values.get(node_id, "metadata")
        if metadata is not None and self._faults.strike("lie") is not None:
            metadata = {**metadata, "steps": 1, "scheduler": "ddim"}
        board = (node.get("board") or {}).get("board_id")
        picture = self._pictures.add(
            painting.encode(made, metadata, item.graph),
            "general",
            intermediate=bool(node.get("is_intermediate")),
            metadata=metadata,
            # A board that does not exist is passed over without a word.
            board_id=board if board in self._boards else None,
            session_id=item.session_id,
            node_id=item.prepared[node_id],
        )
        self._queue.ready_at = time.monotonic()
        image = {"image_name": picture.image_name}
        return {"type": "image_output", "image": image, "width": picture.width, "height": picture.height}

    def _move(self, item: Item, status: str) -> None:
        self._queue.move(item, status)
        self.tell_status(item)

    def tell_status(self, item: Item) -> None:
        """Tells a change of an item."""
        data = {
            **item.about(),
            "batch_status": self._queue.batch_status(item.batch_id),
            "queue_status": self._queue.status(),
        }
        self._sockets.push("queue_item_status_changed", data)

    def _progress(self, item: Item, node_id: str, message: str, percentage: float | None, image: Any) -> None:
        more = {"message": message, "percentage": percentage, "image": image, "device": None}
        self._tell("invocation_progress", item, node_id, **more)

    def _tell(self, event: str, item: Item, node_id: str, **more: Any) -> None:
        node = item.graph["nodes"].get(node_id, {})
        about = {
            name: getattr(item, name)
            for name in ("item_id", "batch_id", "origin", "destination", "session_id")
        }
        data = {
            "timestamp": int(time.time()),
            "queue_id": "default",
            "user_id": "system",
            **about,
            "invocation": {**node, "id": item.prepared.get(node_id, "")},
            "invocation_source_id": node_id,
        }
        self._sockets.push(event, {**data, **more})
