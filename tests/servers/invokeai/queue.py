"""The queue: items in order, what is told of them, and a copy on the disk that outlives the process."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.servers.invokeai.graphs import runs_of

if TYPE_CHECKING:
    from pathlib import Path

OPEN, OVER = ("pending", "in_progress"), ("completed", "failed", "canceled")


def now() -> str:
    """UTC, without a zone, as the server writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


@dataclass
class Item:
    """One item; with `foreign` one that never ends by itself."""

    item_id: int
    batch_id: str
    graph: dict[str, Any]
    origin: str | None = None
    destination: str | None = None
    field_values: list[dict[str, Any]] = field(default_factory=list)
    foreign: bool = False
    status: str = "pending"
    status_sequence: int = 0
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    started_at: str | None = None
    completed_at: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    error_traceback: str | None = None
    prepared: dict[str, str] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """The fields that the answer and the event have both."""
        names = (
            *("item_id", "batch_id", "origin", "destination", "status", "status_sequence"),
            *("error_type", "error_message", "error_traceback", "created_at", "updated_at"),
            *("started_at", "completed_at"),
        )
        return {"queue_id": "default", "user_id": "system", **{name: getattr(self, name) for name in names}}

    def record(self) -> dict[str, Any]:
        """As `GET i/{id}` tells it: null fields are left out, results come at the end alone."""
        over = self.status in OVER
        session = {
            "id": self.session_id,
            "graph": self.graph,
            "results": self.results if over else {},
            "source_prepared_mapping": {k: [v] for k, v in self.prepared.items()} if over else {},
        }
        told = {
            **self.about(),
            "priority": 0,
            "session_id": self.session_id,
            "field_values": self.field_values,
        }
        return {**{k: v for k, v in told.items() if v is not None}, "session": session}


class Queue:
    """All items of the one queue, oldest first."""

    def __init__(self, file: Path) -> None:
        self.items: list[Item] = []
        self.taken = 0
        self.foreign_stopped = 0
        self.ready_at = 0.0
        self._file = file
        self._last = 0
        if file.exists():
            kept = json.loads(file.read_text("utf-8"))
            self._last = kept["last"]
            self.items = [Item(**item) for item in kept["items"]]
            for item in self.items:
                if item.status == "in_progress":
                    # Without a word why; those that wait go on by themselves.
                    self.move(item, "canceled")
            self.items = [item for item in self.items if not item.foreign]

    def save(self) -> None:
        """Writes the copy."""
        text = json.dumps({"last": self._last, "items": [vars(item) for item in self.items]})
        new = self._file.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(self._file)

    def add(self, batch: dict[str, Any], room: int | None) -> tuple[str, int, list[Item]]:
        """Takes a batch; gives its name, the number asked for, and the items that fitted."""
        name = str(batch.get("batch_id") or uuid.uuid4())
        runs = runs_of(batch)
        made = []
        for values in runs[:room]:
            graph = copy.deepcopy(batch["graph"])
            for value in values:
                graph["nodes"][value["node_path"]][value["field_name"]] = value["value"]
            made.append(self._new(name, graph, batch, values))
        self.items += made
        self.taken += bool(made)
        self.save()
        return name, len(runs), made

    def _new(
        self, name: str, graph: dict[str, Any], batch: dict[str, Any], values: list[dict[str, Any]]
    ) -> Item:
        self._last += 1
        return Item(self._last, name, graph, batch.get("origin"), batch.get("destination"), values)

    def add_foreign(self) -> None:
        """A job of somebody else, before all that wait."""
        self._last += 1
        self.items.insert(
            0, Item(self._last, f"foreign-{self._last}", {"nodes": {}, "edges": []}, foreign=True)
        )

    def get(self, number: int) -> Item | None:
        return next((item for item in self.items if item.item_id == number), None)

    def of(self, batch: str) -> list[Item]:
        """The items of a batch."""
        return [item for item in self.items if item.batch_id == batch]

    def next(self) -> Item | None:
        """The item that runs, or the next to run."""
        return next((item for item in self.items if item.status in OPEN), None)

    def move(self, item: Item, status: str) -> None:
        """Changes an item's status."""
        item.status, item.updated_at = status, now()
        item.status_sequence += 1
        if status == "in_progress":
            item.started_at = now()
        else:
            item.completed_at = now()
        self.save()

    def cancel(self, items: list[Item]) -> tuple[list[Item], list[Item]]:
        """Cancels what is not over; gives those that ran and those that waited."""
        ran = [item for item in items if item.status == "in_progress"]
        waited = [item for item in items if item.status == "pending"]
        for item in (*ran, *waited):
            self.move(item, "canceled")
            self.foreign_stopped += item.foreign
        return ran, waited

    def counts(self, items: list[Item]) -> dict[str, int]:
        """Items by status."""
        found = {
            status: sum(item.status == status for item in items)
            for status in ("pending", "in_progress", "waiting", *OVER)
        }
        return {**found, "total": len(items)}

    def status(self) -> dict[str, Any]:
        """Of the whole queue."""
        running = next((item for item in self.items if item.status == "in_progress"), None)
        return {
            "queue_id": "default",
            "item_id": running.item_id if running else None,
            "batch_id": running.batch_id if running else None,
            "session_id": running.session_id if running else None,
            **self.counts(self.items),
            "user_pending": 0,
            "user_in_progress": 0,
        }

    def batch_status(self, batch: str) -> dict[str, Any]:
        """Of one batch; all 0 for one that is not known."""
        items = self.of(batch)
        known = {"origin": items[0].origin, "destination": items[0].destination} if items else {}
        about = {"queue_id": "default", "batch_id": batch, "origin": None, "destination": None, **known}
        return {**about, **self.counts(items)}
