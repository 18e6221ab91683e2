"""Pictures that are fed in: read once, kept by hash, so that every rerun has the same bytes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture, Rejected, StoreError
from darkroom.domain.generation import OutputKind
from darkroom.domain.parameters import Kind
from darkroom.domain.snapshot import BlobInput
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import Value
    from darkroom.store.store import Store

BLOB = "blob:"
"""Prefix of a value that names a kept picture by its hash."""


class Inputs:
    """Takes the pictures that a form names into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(
        self, form: Form, values: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, BlobInput]]:
        """The values with every picture as `blob:HASH`, and the kept pictures by address.

        Raises:
            Rejected: A picture cannot be read, or is none; the problems tell which field.
            StoreError: It cannot be kept.
        """
        final = dict(values)
        kept: dict[str, BlobInput] = {}
        for spec in form.specs:
            value = final.get(spec.address)
            if spec.kind is not Kind.IMAGE or not isinstance(value, str):
                continue
            if not value.strip():
                final[spec.address] = None
                continue
            kept[spec.address] = await self._keep_one(spec.address, value)
            final[spec.address] = BLOB + kept[spec.address].hash
        return final, kept

    async def _keep_one(self, address: str, value: str) -> BlobInput:
        if value.startswith(BLOB):
            blob_hash = value.removeprefix(BLOB)
            if not await asyncio.to_thread(self._store.blobs.path(blob_hash).is_file):
                raise _refused(address, "this picture is no longer kept")
            return BlobInput(blob_hash, f"{blob_hash[:16]}.png")
        path = Path(value)
        try:
            path, checked = await asyncio.to_thread(_check, path)
        except (OSError, ValueError) as error:
            raise _refused(address, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
        except DamagedPicture as error:
            raise _refused(address, error.detail or error.title) from error
        if checked not in (OutputKind.IMAGE, OutputKind.ANIMATION, OutputKind.VIDEO, OutputKind.AUDIO):
            raise _refused(address, "is no picture")
        try:
            return BlobInput(await self._store.blobs.add_file(path), printable(path.name))
        except OSError as error:
            raise StoreError("A picture could not be kept", str(error)) from error


def _check(path: Path) -> tuple[Path, OutputKind]:
    # Pillow is imported with the first picture that is fed in, not at start-up.
    from darkroom.images.check import check

    path = path.expanduser()
    with path.open("rb"):
        return path, check(path, path.name).kind


def _refused(address: str, message: str) -> Rejected:
    return Rejected(f"The picture {message}", hint="Choose another file", problems={address: message})
