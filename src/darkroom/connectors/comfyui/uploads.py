"""Pictures fed in: put on the server before the job that needs them is sent.

They are uploaded for every job, because the server may have lost them since; it compares bytes of
an equal name and keeps what it has.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from darkroom.connectors.together import together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.base import BlobReader
    from darkroom.connectors.comfyui.client import Client
    from darkroom.domain.snapshot import BlobInput

FOLDER = "darkroom"
"""Below the server's input folder, so that its own lists stay tidy."""

_MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tiff": "image/tiff",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
}


def upload_name(blob: BlobInput) -> str:
    """The name on the server: from the bytes' hash, so that a person's file names do not travel.

    The ending is kept where it is a known one: nodes go by it.
    """
    ending = PurePath(blob.name).suffix.lower()
    return f"darkroom-{blob.hash[:16]}{ending if ending in _MEDIA_TYPES else '.png'}"


async def upload_inputs(client: Client, inputs: Mapping[str, BlobInput], blobs: BlobReader) -> dict[str, str]:
    """Uploads each picture once; returns what a node's input must hold, by address."""
    unique = {upload_name(blob): blob for blob in inputs.values()}
    stored = await together(*(_upload(client, name, blob, blobs) for name, blob in unique.items()))
    by_name = dict(zip(unique, stored, strict=True))
    return {address: by_name[upload_name(blob)] for address, blob in inputs.items()}


async def _upload(client: Client, name: str, blob: BlobInput, blobs: BlobReader) -> str:
    data = await blobs.read_blob(blob.hash)
    media_type = _MEDIA_TYPES[PurePath(name).suffix]
    # The name in the reply counts: of other bytes under the same name the server makes "in (1).png".
    reply = await client.upload(name, data, media_type, FOLDER)
    return f"{reply.subfolder}/{reply.name}" if reply.subfolder else reply.name
