"""Brings outputs home: from a server into the blob store, checked, original bytes untouched."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConnectorError, DamagedPicture, Unreachable
from darkroom.domain.generation import Generation, Output, OutputKind, OutputRef, extra_name
from darkroom.domain.text import printable
from darkroom.services.updates import Changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.services.connections import Connections
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

DAMAGED_TRIES = 3
"""Reads of a picture that does not decode; a server may still be writing the file it announced."""

_DAMAGED_WAIT_S = 0.3


class Gathering:
    """The outputs of one generation, on their way from the server into the store.

    An output is known by its node and name, so one that was kept before a crash is not fetched
    again. Its index is its place in the order in which outputs were first named.
    """

    def __init__(
        self, generation: Generation, *, owner: str, store: Store, connections: Connections, hub: Hub
    ) -> None:
        self._id = generation.id
        self._service = generation.snapshot.service
        self._profile = generation.summary.profile
        self._owner = owner
        self._store = store
        self._connections = connections
        self._hub = hub
        self._kept = {(output.node, output.name) for output in generation.outputs}
        self._next_index = 1 + max((output.index for output in generation.outputs), default=-1)
        self._fetches: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._on_the_line = 0
        self._ending = False

    @property
    def total(self) -> int:
        """Outputs named so far, whatever became of them."""
        return len(self._kept | self._fetches.keys())

    @property
    def pictures(self) -> int:
        """Those of them that were asked for: no grids, no control maps."""
        return sum(not extra_name(self._service, node) for node, _ in self._kept | self._fetches.keys())

    def fetch(self, connector: Connector, ref: OutputRef) -> None:
        """Begins to bring an output home, unless that was begun or done before; returns at once."""
        key = (ref.node, printable(ref.name))
        if key in self._kept or key in self._fetches:
            return
        index, self._next_index = self._next_index, self._next_index + 1
        self._fetches[key] = asyncio.create_task(self._bring_home(connector, ref, index))

    async def all_home(self, refs: Sequence[OutputRef]) -> tuple[str, ...]:
        """Waits until all of `refs`, and all that were begun before, are kept or given up.

        Returns:
            What could not be kept as it should be, one line each; empty when all is well.

        Raises:
            StoreError: There is no place to keep them; they are still on the server.
        """
        self._ending = True
        if refs:
            connector = await self._connections.get(self._profile)
            for ref in refs:
                self.fetch(connector, ref)
        troubles = []
        for fetch in self._fetches.values():
            try:
                remark = await fetch
            except ConnectorError as error:
                remark = error.title
            if remark:
                troubles.append(remark)
        return tuple(troubles)

    async def aclose(self) -> None:
        """Gives up what is still on its way."""
        for fetch in self._fetches.values():
            fetch.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)

    async def _bring_home(self, connector: Connector, ref: OutputRef, index: int) -> str:
        """Keeps and records one output; the remark on it, "" when all is well."""
        self._on_the_line += ref.spooled is None
        try:
            output, remark = await self._keep(connector, ref, index)
        finally:
            self._on_the_line -= ref.spooled is None
        # The only copy is on the disk before the job goes on. Where the job is over, and nothing is left
        # that a server or a line could hold up, its end is written next, and brings this to the disk with it.
        end_follows = self._ending and not self._on_the_line
        summary = await self._store.generations.add_output(
            self._id, self._owner, output, only_copy=ref.spooled is not None and not end_follows
        )
        self._hub.publish(Changed(summary))
        return remark

    async def _keep(self, connector: Connector, ref: OutputRef, index: int) -> tuple[Output, str]:
        """The output, once its bytes are kept; through as many lost lines as there are."""
        tries = 0
        while True:
            try:
                return await keep(self._store, connector, ref, index)
            except Unreachable as error:
                await self._connections.wait_out(self._profile, error, tries)
                tries += 1
                connector = await self._connections.get(self._profile)


async def keep(store: Store, connector: Connector, ref: OutputRef, index: int) -> tuple[Output, str]:
    """Reads an output whole, checks it, and keeps its bytes.

    Bytes that do not decode are read again, and in the end kept as they are, as a `FILE`.

    Returns:
        The output, not yet recorded, and a remark: "" when all is well.

    Raises:
        Unreachable: The line went down; ask again later.
        ProtocolError: The server does not have the output.
        StoreError: It cannot be kept (disk full, folder not writable).
    """
    for _ in range(DAMAGED_TRIES - 1):
        try:
            return await _keep_once(store, connector, ref, index, accept=False)
        except DamagedPicture as error:
            log.warning("output %s does not decode, reading it again: %s", printable(ref.name), error)
            if ref.spooled is None:
                await asyncio.sleep(_DAMAGED_WAIT_S)
    return await _keep_once(store, connector, ref, index, accept=True)


async def _keep_once(
    store: Store, connector: Connector, ref: OutputRef, index: int, *, accept: bool
) -> tuple[Output, str]:
    # Pillow is imported with the first output, not at start-up.
    from darkroom.images.check import Checked, check

    name = printable(ref.name)

    def look(path: Path) -> tuple[Checked, str]:
        try:
            return check(path, name), ""
        except DamagedPicture as error:
            if not accept:
                raise
            remark = f"{name} does not decode: {error.detail or error.title}"
            return Checked(OutputKind.FILE, "application/octet-stream", None, None), remark

    async with store.blobs.spool() as spool:
        async for piece in connector.read(ref):
            await spool.write(piece)
        blob_hash, (found, remark) = await spool.keep_if(look)
    output = Output(
        index=index,
        hash=blob_hash,
        name=name,
        kind=found.kind,
        media_type=found.media_type,
        size_bytes=spool.size_bytes,
        width_px=found.width_px,
        height_px=found.height_px,
        node=ref.node,
    )
    return output, remark
