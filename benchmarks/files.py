"""A server of fixed answers, in a process of its own: files of a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The base address at which the files of `folder` are; that of a folder is its `index.html`."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(
        [*command, "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield f"http://127.0.0.1:{line.split(' port ')[1].split()[0]}"
        finally:
            server.terminate()


def write(folder: Path, answers: Mapping[str, Any]) -> int:
    """Writes JSON by path ("/v1/styles"); gives the bytes of the largest."""
    largest = 0
    for path, document in answers.items():
        place = folder / path.lstrip("/")
        if path.endswith("/"):
            place /= "index.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        largest = max(largest, place.write_bytes(json.dumps(document).encode()))
    return largest
