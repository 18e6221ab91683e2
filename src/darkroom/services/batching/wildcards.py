"""Wildcard files: `NAME.txt` below one folder, one option a line.

Sub-folders are part of the name (`__animals/cat__`). Empty lines and lines that begin with `#` are passed
over; a line may hold templates itself. Only files that a prompt leads to are read.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.batch.listfile import decoded, numbered, uncommented
from darkroom.domain.batch.measure import refuse_unknown
from darkroom.domain.batch.template import parse, wildcards_in
from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from darkroom.domain.batch.measure import Files
    from darkroom.domain.batch.template import Template

SUFFIX = ".txt"

MAX_BYTES = 4 * 1024 * 1024
"""Largest file."""

MAX_FILES = 10_000
"""Most files that are looked at in the folder, whatever they are called."""

MAX_LINES = 200_000
"""Most lines of all files that one prompt leads to."""


class Wildcards:
    """The wildcard files of one home."""

    def __init__(self, folder: Path) -> None:
        """Reads nothing yet; the folder need not exist."""
        self.folder = folder

    async def names(self) -> tuple[str, ...]:
        """All names, in the order of the alphabet."""
        return tuple(sorted(await asyncio.to_thread(self._paths)))

    async def load(self, names: Iterable[str]) -> Files:
        """The files of these names, and those that their lines lead to.

        Raises:
            InputError: One is not there, holds nothing, cannot be read, or a line of it is written wrong;
                says which.
        """
        wanted = set(names)
        return await asyncio.to_thread(self._load, wanted) if wanted else {}

    def _load(self, wanted: set[str]) -> Files:
        paths = self._paths()
        files: dict[str, tuple[Template, ...]] = {}
        lines = 0
        while wanted:
            refuse_unknown(wanted, paths, str(self.folder))
            fresh: set[str] = set()
            for name in sorted(wanted):
                files[name] = tuple(_templates(paths[name], name))
                lines += len(files[name])
                if lines > MAX_LINES:
                    raise InputError("The wildcard files are too long", f"More than {MAX_LINES:,} lines")
                fresh.update(*map(wildcards_in, files[name]))
            wanted = fresh - files.keys()
        return files

    def _paths(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        seen = 0
        # Folders that links lead to are not entered: one may lead back to where it stands.
        for place, _, names in os.walk(self.folder):
            for file in names:
                seen += 1
                if seen > MAX_FILES:
                    raise InputError(
                        "There are too many wildcard files",
                        f"{self.folder} holds more than {MAX_FILES:,} files",
                    )
                path = Path(place, file)
                if path.suffix == SUFFIX:
                    found[path.relative_to(self.folder).with_suffix("").as_posix()] = path
        return found


def _templates(path: Path, name: str) -> Iterator[Template]:
    texts = _lines(path, name)
    if not texts:
        raise InputError(
            f"The wildcard __{excerpt(name, 60)}__ is empty", str(path), "Write one option on each line"
        )
    for number, text in texts:
        try:
            yield parse(text)
        except InputError as error:
            raise InputError(
                f"{excerpt(name, 60)}{SUFFIX}, line {number}: {error.title}", error.detail, error.hint
            ) from error


def _lines(path: Path, name: str) -> list[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{excerpt(name, 60)}{SUFFIX} cannot be read", error.strerror or str(error)
        ) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{excerpt(name, 60)}{SUFFIX} is too large", f"More than {MAX_BYTES >> 20} MiB")
    return uncommented(numbered(decoded(data, f"{excerpt(name, 60)}{SUFFIX}")))
