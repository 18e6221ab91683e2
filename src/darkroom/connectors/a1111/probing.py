"""Whether a server is there, which program it is, and how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.a1111.catalog import read_program, read_samplers
from darkroom.connectors.a1111.programs import A1111
from darkroom.connectors.together import together
from darkroom.domain import service
from darkroom.domain.errors import ConnectorError
from darkroom.domain.server import ServerInfo
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping
    from typing import Any, TypeVar

    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.a1111.replies import Memory, Progress
    from darkroom.connectors.a1111.waiting import Waiting

    T = TypeVar("T")


class Probe:
    """What is known of the program behind an address, asked for once."""

    def __init__(self, client: Client, waiting: Waiting) -> None:
        self._client = client
        self._waiting = waiting
        self.program = ""
        """Its name, "" before it was told."""
        self.version = ""
        """Its version, "" before it was told, and where the program tells none."""

    async def look(self, *, timeout_s: float) -> ServerInfo:
        """The server's state.

        Raises:
            Unreachable: Nothing answers.
            ProtocolError: It is another service.
        """
        client = self._client
        answer = await client.samplers(timeout_s=timeout_s)
        await read_samplers(client, answer)
        progress, pending, memory, _ = await together(
            _or_none(client.progress(timeout_s=timeout_s)),
            _or_none(client.pending(timeout_s=timeout_s)),
            _or_none(client.memory(timeout_s=timeout_s)),
            self.identify(),
        )
        label = f"{self.program or A1111} {self.version}".strip()
        remaining = self._remaining(progress, pending)
        devices = tuple(_devices(memory)) if memory is not None else ()
        return ServerInfo(service.A1111, label, self.version, remaining, devices)

    async def identify(self) -> None:
        """Learns which program it is, unless that is known."""
        if self.program:
            return
        found = await read_program(self._client)
        if found is not None and found.service == service.A1111:
            self.program = found.program
            self.version = self.version or found.version

    def heard(self, version: str) -> None:
        """Takes the version that an answer told."""
        self.version = printable(version)[:60] or self.version

    def _remaining(self, progress: Progress | None, pending: tuple[str, ...] | None) -> int | None:
        """Jobs that run and wait."""
        if progress is None:
            return None
        waiting = self._waiting.among(pending or (), progress.state)
        return 0 if progress.state.idle else 1 + len(waiting)


async def _or_none(asked: Awaitable[T]) -> T | None:
    """What is asked for, `None` where the server fails on it."""
    try:
        return await asked
    except ConnectorError:
        return None


def _devices(memory: Memory) -> Iterator[str]:
    graphics = memory.cuda.get("system")
    for name, sizes in (("GPU memory", graphics), ("Memory", memory.ram)):
        if isinstance(sizes, dict) and (line := _size(name, sizes)):
            yield line


def _size(name: str, sizes: Mapping[str, Any]) -> str:
    free, total = sizes.get("free"), sizes.get("total")
    if not isinstance(free, int | float) or not isinstance(total, int | float) or total <= 0:
        return ""
    return f"{name} · {free / 2**30:.1f} of {total / 2**30:.1f} GB free"
