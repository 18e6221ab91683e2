"""Pictures fed in: put on the server before the job that needs them is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.invokeai.request import Uploaded
from darkroom.connectors.together import together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.base import BlobReader
    from darkroom.connectors.invokeai.client import Client
    from darkroom.domain.snapshot import BlobInput

_SIGNATURES = (
    (b"\x89PNG", "png", "image/png"),
    (b"\xff\xd8", "jpg", "image/jpeg"),
    (b"RIFF", "webp", "image/webp"),
    (b"GIF8", "gif", "image/gif"),
)


async def upload_inputs(
    client: Client, inputs: Mapping[str, BlobInput], blobs: BlobReader
) -> dict[str, Uploaded]:
    """Uploads each picture once for each use; by address.

    For every job anew: the server may have cleared its intermediate pictures since.

    Raises:
        Rejected: The server cannot read one.
    """
    unique = {(blob.hash, _category(address)) for address, blob in inputs.items()}
    stored = await together(*(_upload(client, blobs, digest, use) for digest, use in unique))
    found = dict(zip(unique, stored, strict=True))
    return {address: found[blob.hash, _category(address)] for address, blob in inputs.items()}


async def _upload(client: Client, blobs: BlobReader, digest: str, category: str) -> Uploaded:
    data = await blobs.read_blob(digest)
    ending, media_type = next(
        ((ending, kind) for start, ending, kind in _SIGNATURES if data.startswith(start)),
        ("png", "application/octet-stream"),
    )
    # A name from the bytes' hash: a person's file names do not travel.
    made = await client.upload(f"darkroom-{digest[:16]}.{ending}", data, media_type, category)
    return Uploaded(made.image_name, made.width, made.height)


def _category(address: str) -> str:
    if address == "mask":
        return "mask"
    return "user" if address == "image" else "control"
