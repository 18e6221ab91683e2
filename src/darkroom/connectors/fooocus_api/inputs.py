"""Pictures that are fed in: they stand in the stored request as `blob:HASH`, and as base64 in what is sent.

A few megabytes of text for each job would stand in the database twice.
"""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus_api.readable import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.base import BlobReader
    from darkroom.domain.snapshot import BlobInput

BLOB = "blob:"
MASK = "mask"
_PLACES = {"input_image": "", "cn_img": "", "input_mask": MASK}
"""Where pictures stand in a request; a mask is made otherwise than the same picture elsewhere."""


async def read_inputs(inputs: Mapping[str, BlobInput], blobs: BlobReader, profile: str) -> dict[str, str]:
    """The pictures as they are sent, such that the server can read them, for `filled`.

    Raises:
        Rejected: One is no picture; the problem names its field.
    """
    pictures = {address: await blobs.read_blob(blob.hash) for address, blob in inputs.items()}
    if not pictures:
        return {}
    made = await asyncio.to_thread(readable, pictures, profile)
    return {
        _key(MASK if address == MASK else "", f"{BLOB}{inputs[address].hash}"): base64.b64encode(
            data
        ).decode()
        for address, data in made.items()
    }


def filled(body: Mapping[str, Any], pictures: Mapping[str, str]) -> dict[str, Any]:
    """`body` with pictures in the places of their names."""
    made: dict[str, Any] = _replaced(body, pictures)
    return made


def _key(kind: str, name: str) -> str:
    return f"{kind} {name}"


def _replaced(value: Any, pictures: Mapping[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {inner_key: _replaced(inner, pictures, inner_key) for inner_key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, pictures, key) for inner in value]
    if key in _PLACES and isinstance(value, str) and value.startswith(BLOB):
        return pictures[_key(_PLACES[key], value)]
    return value
