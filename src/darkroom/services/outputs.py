"""Brings outputs home: from a server into the blob store, checked, original bytes untouched."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture
from darkroom.domain.generation import Output, OutputKind, OutputRef
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

DAMAGED_TRIES = 3
"""Reads of a picture that does not decode; a server may still be writing the file it announced."""

_DAMAGED_WAIT_S = 0.3


class Outputs:
    """Fetches outputs and keeps them by the hash of their bytes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, connector: Connector, ref: OutputRef, index: int) -> tuple[Output, str]:
        """Reads an output whole, checks it, and keeps its bytes.

        Bytes that do not decode are read again, and in the end kept as they are, as a `FILE`.

        Returns:
            The output, not yet recorded, and a remark: "" when all is well.

        Raises:
            Unreachable: The line went down; ask again later.
            ProtocolError: The server does not have the output.
            StoreError: It cannot be kept (disk full, folder not writable).
        """
        for attempt in range(1, DAMAGED_TRIES + 1):
            try:
                return await self._keep_once(connector, ref, index, accept=attempt == DAMAGED_TRIES)
            except DamagedPicture as error:
                log.warning("output %s does not decode, reading it again: %s", printable(ref.name), error)
                if ref.spooled is None:
                    await asyncio.sleep(_DAMAGED_WAIT_S)
        raise AssertionError  # the last attempt returns or raises something else

    async def _keep_once(
        self, connector: Connector, ref: OutputRef, index: int, *, accept: bool
    ) -> tuple[Output, str]:
        # Pillow is imported with the first output, not at start-up.
        from darkroom.images.check import Checked, check

        name = printable(ref.name)
        remark = ""
        async with self._store.blobs.spool() as spool:
            if ref.spooled is not None:
                await spool.write(ref.spooled)
            else:
                async for piece in connector.read(ref):
                    await spool.write(piece)
            await spool.flush()
            try:
                found = await asyncio.to_thread(check, spool.path, name)
            except DamagedPicture as error:
                if not accept:
                    raise
                found = Checked(OutputKind.FILE, "application/octet-stream", None, None)
                remark = f"{name} does not decode: {error.detail or error.title}"
            blob_hash, size_bytes = await spool.keep()
        output = Output(
            index=index,
            hash=blob_hash,
            name=name,
            kind=found.kind,
            media_type=found.media_type,
            size_bytes=size_bytes,
            width_px=found.width_px,
            height_px=found.height_px,
            node=ref.node,
        )
        return output, remark
