"""The pictures of one job, brought here as soon as the page shows them, and what they say of themselves."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.files import ServerFile, outputs
from darkroom.connectors.fooocus.used import embedded, replaced
from darkroom.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from darkroom.connectors.fooocus.client import Client
    from darkroom.domain.generation import OutputRef
    from darkroom.domain.parameters import Value

log = logging.getLogger(__name__)

_ENDS = ((b"\x89PNG", b"IEND\xaeB`\x82"), (b"\xff\xd8\xff", b"\xff\xd9"))
"""How whole files begin and end."""

SPOOL_MAX_BYTES = 512 * 1024 * 1024
"""Bytes of one job's pictures that are held; further ones are read again by whoever keeps them."""


class Gathering:
    """What one job brought so far."""

    def __init__(
        self, client: Client, seeds: Sequence[int], asked: Mapping[str, Value], *, grid: bool
    ) -> None:
        self._client = client
        self._seeds = seeds
        self._asked = asked
        self._grid = grid
        self._refs: dict[str, OutputRef] = {}
        self._held_bytes = 0
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server replaced, one line each."""
        return tuple(self._notes)

    @property
    def pictures(self) -> int:
        """Pictures that were asked for, without grids and control maps."""
        return sum(ref.node == "" for ref in self._refs.values())

    @property
    def refs(self) -> tuple[OutputRef, ...]:
        """All outputs, in the order of the gallery last shown."""
        return tuple(self._refs.values())

    async def take(self, files: Iterable[ServerFile]) -> AsyncIterator[OutputRef]:
        """Brings those of `files` that are new, and gives each when it is here."""
        named = list(outputs(files, grid=self._grid))
        for ref in named:
            path = str(ref.locator["path"])
            if path not in self._refs:
                self._refs[path] = ref
                self._refs[path] = await self._bring(ref)
                yield self._refs[path]
        # What a grid is, and the order, is known only when all are there.
        known = {path: self._refs.pop(path) for path in [str(ref.locator["path"]) for ref in named]}
        self._refs = {**self._refs, **known}

    async def _bring(self, ref: OutputRef) -> OutputRef:
        """The output with its bytes; without them when they do not come whole: they are read again later."""
        number = self.pictures - 1
        try:
            data = await self._client.picture(ServerFile(str(ref.locator["path"])))
        except ConnectorError as error:
            log.info("%s: could not be read at once: %s", ref.name, error.title)
            return ref
        if not _is_whole(data):
            log.info("%s: came in part", ref.name)
            return ref
        if ref.node == "":
            await self._compare(data, number)
        if self._held_bytes + len(data) > SPOOL_MAX_BYTES:
            return ref
        self._held_bytes += len(data)
        return replace(ref, spooled=data)

    async def _compare(self, data: bytes, number: int) -> None:
        used = await embedded(data)
        if used is not None and 0 <= number < len(self._seeds):
            self._notes.update(dict.fromkeys(replaced(self._asked, used, self._seeds[number])))


def _is_whole(data: bytes) -> bool:
    for start, end in _ENDS:
        if data.startswith(start):
            return data.endswith(end)
    if data.startswith(b"RIFF"):
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    return False
