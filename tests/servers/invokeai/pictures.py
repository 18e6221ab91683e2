"""The pictures of the server: files, and a record of each."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.servers.invokeai.queue import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Picture:
    """One record."""

    image_name: str
    width: int
    height: int
    image_category: str
    image_origin: str
    is_intermediate: bool
    board_id: str | None = None
    session_id: str | None = None
    node_id: str | None = None
    metadata: dict[str, Any] | None = None
    created_at: str = ""

    def record(self) -> dict[str, Any]:
        """As the server tells it."""
        told = asdict(self)
        del told["metadata"]
        url = f"api/v1/images/i/{self.image_name}"
        return {**told, "image_url": f"{url}/full", "thumbnail_url": f"{url}/thumbnail", "starred": False}


class Pictures:
    """All pictures, oldest first; they outlive the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._file = folder / "records.json"
        self.all: dict[str, Picture] = {}
        if self._file.exists():
            kept = json.loads(self._file.read_text("utf-8"))
            self.all = {record["image_name"]: Picture(**record) for record in kept}

    def add(self, data: bytes, category: str, *, intermediate: bool, **more: Any) -> Picture:
        """Keeps a picture."""
        with Image.open(io.BytesIO(data)) as opened:
            width, height = opened.size
        name = f"{uuid.uuid4()}.png"
        origin = "internal" if "session_id" in more else "external"
        picture = Picture(name, width, height, category, origin, intermediate, created_at=now(), **more)
        (self._folder / name).write_bytes(data)
        self.all[name] = picture
        self._file.write_text(json.dumps([asdict(known) for known in self.all.values()]), "utf-8")
        return picture

    def get(self, name: str) -> bytes | None:
        """The bytes of a picture."""
        return (self._folder / name).read_bytes() if name in self.all else None

    def find(self, category: str, text: str, *, intermediate: bool) -> Iterator[Picture]:
        """Pictures whose metadata hold `text`."""
        for picture in self.all.values():
            if picture.image_category == category and picture.is_intermediate is intermediate:
                told = json.dumps(picture.metadata) if picture.metadata is not None else ""
                if text.lower() in told.lower():
                    yield picture
