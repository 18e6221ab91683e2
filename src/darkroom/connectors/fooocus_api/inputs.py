"""Pictures that are fed in: kept from `prepare` to `run`, and put into the request as base64 when it is sent.

In the stored request they stand as `blob:HASH`: a few megabytes of text for each job would stand in the
database twice.
"""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus_api.readable import readable
from darkroom.domain.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.base import BlobReader
    from darkroom.domain.snapshot import BlobInput

_Place = tuple[str, str]
"""`MASK` or "", and the picture's name."""

BLOB = "blob:"
MASK = "mask"
_PLACES = {"input_image": "", "cn_img": "", "input_mask": MASK}
"""Where pictures stand in a request; a mask is made otherwise than the same picture elsewhere."""

KEPT_JOBS = 16
"""Jobs whose pictures wait to be sent; Darkroom sends one at a time."""


class Inputs:
    """The pictures of jobs that were prepared and have not been taken by the server."""

    def __init__(self, profile: str) -> None:
        self._profile = profile
        self._kept: dict[str, dict[_Place, str]] = {}

    async def keep(self, name: str, inputs: Mapping[str, BlobInput], blobs: BlobReader) -> None:
        """Reads the pictures of the job `name`, and makes them such that the server can read them.

        Raises:
            Rejected: One is no picture; the problem names its field.
        """
        pictures = {address: await blobs.read_blob(blob.hash) for address, blob in inputs.items()}
        if not pictures:
            return
        made = await asyncio.to_thread(readable, pictures, self._profile)
        self._kept[name] = {
            (MASK if address == MASK else "", f"{BLOB}{inputs[address].hash}"): base64.b64encode(data).decode(
                "ascii"
            )
            for address, data in made.items()
        }
        while len(self._kept) > KEPT_JOBS:
            del self._kept[next(iter(self._kept))]

    def fill(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`body` with the pictures of the job `name` in the places of their names.

        Raises:
            Rejected: They are not here any more: another process prepared the job.
        """
        kept = self._kept.get(name, {})
        missing = set(_named(body)) - kept.keys()
        if missing:
            raise Rejected(
                "The pictures of this job are not at hand any more",
                "Darkroom was ended between making the request and sending it",
                "Send it again with r",
                profile=self._profile,
            )
        filled: dict[str, Any] = _replaced(body, kept)
        return filled

    def forget(self, name: str) -> None:
        """Gives up the pictures of a job that the server has."""
        self._kept.pop(name, None)


def _named(value: Any, key: str = "") -> Iterator[_Place]:
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from _named(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, key)
    elif key in _PLACES and isinstance(value, str) and value.startswith(BLOB):
        yield _PLACES[key], value


def _replaced(value: Any, kept: Mapping[_Place, str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {inner_key: _replaced(inner, kept, inner_key) for inner_key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, kept, key) for inner in value]
    if key in _PLACES and isinstance(value, str):
        return kept.get((_PLACES[key], value), value)
    return value
