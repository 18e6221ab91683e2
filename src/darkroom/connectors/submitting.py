"""Bodies of the requests that make jobs, and the question before they are whole."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

SEND_S = 10.0
"""Longest time between `Prepared.still_ours` and the last byte of a request: well below the 30 s after which
another process may have the job."""

SLICE_BYTES = 64 * 1024


class Body(Protocol):
    """JSON in pieces, made while it is sent."""

    @property
    def size_bytes(self) -> int:
        """Length of all pieces together: some servers read no body without it."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The pieces, each small enough to be made at once."""
        ...


class JsonBody:
    """JSON that is small enough to be made in one piece. Implements `Body`."""

    def __init__(self, document: object) -> None:
        # Escaped to ASCII: lone surrogates in a prompt cannot be written in any other way.
        self._content = json.dumps(document).encode("ascii")

    @property
    def size_bytes(self) -> int:
        """Its length."""
        return len(self._content)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The JSON; a slow line takes a large one piece by piece."""
        for start in range(0, len(self._content), SLICE_BYTES):
            yield self._content[start : start + SLICE_BYTES]


async def asked_last(body: Body, still_ours: Callable[[], None]) -> AsyncIterator[bytes]:
    """The pieces of `body`, with the question `still_ours` before the last of them.

    Without its last piece it is no request, and a server throws it away. So the question is asked when the
    connection stands and all else has left, and nothing that takes long comes between it and the end.
    """
    held: bytes | None = None
    async for piece in body.pieces():
        if held is not None:
            yield held
        held = piece
    still_ours()
    yield held or b""


async def limit_delivery(event: str, info: Mapping[str, Any]) -> None:
    """Lets the kernel give up, after `SEND_S`, what it cannot deliver: httpx's extension `trace`.

    Otherwise what it has taken over may arrive minutes later, when a line that was down comes back, and
    whoever sent it has ended. Linux alone has this limit (`TCP_USER_TIMEOUT`, RFC 5482).
    """
    if event != "connection.connect_tcp.complete":
        return
    connected = info["return_value"].get_extra_info("socket")
    if connected is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(SEND_S * 1000))
