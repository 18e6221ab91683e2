"""Pictures in the server's own folders, and which of them were asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from darkroom.domain.generation import OutputRef
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SAVED = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_\d+\.\w+")
"""How Fooocus names what it saves. What it only shows (grids, control maps) gets other names from Gradio.

Source: Fooocus 2.5.5, `modules/util.py` `generate_temp_filename`; recording `ws-grid`.
"""


@dataclass(frozen=True, slots=True)
class ServerFile:
    """A file at the server; `path` is as the server wrote it, for Windows or for others."""

    path: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return re.split(r"[/\\]", self.path)[-1]

    @property
    def route(self) -> str:
        """Where it is read, below the server's address, percent-encoded."""
        return f"/file={quote(self.path, safe='/:')}"

    @property
    def is_picture(self) -> bool:
        """It is a picture that was painted, and no grid or control map."""
        return _SAVED.fullmatch(self.name) is not None

    def beside(self, name: str) -> ServerFile:
        """Another file of the same folder."""
        return ServerFile(self.path[: len(self.path) - len(self.name)] + name)


def outputs(files: Iterable[ServerFile], *, grid: bool) -> Iterator[OutputRef]:
    """The outputs that `files` are, in their order.

    Args:
        files: As the gallery names them.
        grid: A grid of all pictures was asked for: it is the last of those that are no pictures.
    """
    known = tuple(files)
    extras = [file for file in known if not file.is_picture]
    for file in known:
        node = "" if file.is_picture else "grid" if grid and file == extras[-1] else "control map"
        name = file.name if file.is_picture else f"{node}-{extras.index(file) + 1}-{file.name}"
        # What Gradio copied for the page lies in its folder for temporary files.
        yield OutputRef(printable(name), {"path": file.path}, node, temporary=True)
