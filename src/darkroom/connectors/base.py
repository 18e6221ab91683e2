"""The contract that every connector keeps.

A connector speaks one service's protocol for one profile. It is made by `registry.open_connector`,
used from one event loop, and closed by whoever opened it. See `docs/architecture.md` for the
promises; `tests/contract` holds every connector to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from darkroom.domain.events import CancelResult, Inspection, JobEvent
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Handle, OutputRef
    from darkroom.domain.parameters import Value
    from darkroom.domain.server import Capabilities, Catalog, ServerInfo, ServerJob
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph


PROBE_S = 5.0
"""How long a probe may take."""


class BlobReader(Protocol):
    """Gives a connector the bytes of pictures that we keep."""

    async def read_blob(self, blob_hash: str) -> bytes:
        """The bytes whose SHA-256 is `blob_hash`. Raises `StoreError` when they are gone."""
        ...


def nobody_else() -> None:
    """The job is ours alone: for whoever drives a connector without a queue."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent, and what finds it again. Both are stored before `run` sends it.

    Attributes:
        request: The exact body, as JSON values.
        handle: Versioned JSON; holds our own id for the job.
        expected: Pictures asked for, when that can be told.
        server_version: Of the server it was made for.
        attached: What stands in `request` by name alone and goes with it when it is sent: pictures. It is not
            stored; whoever sends later prepares again.
        still_ours: Called once for each time that the request is sent, when all but its last piece has left;
            raises `Superseded` when another process may have the job by now, and then nothing is sent. The
            last piece leaves within `submitting.SEND_S`, or the connection is closed.
    """

    request: Mapping[str, Any]
    handle: Handle
    expected: int | None
    server_version: str
    attached: Mapping[str, Any] = field(default_factory=dict)
    still_ours: Callable[[], None] = nobody_else


class Connector(Protocol):
    """One server. All methods raise `ConnectorError`s only (`OSError`, httpx … never leave it)."""

    capabilities: Capabilities

    async def probe(self) -> ServerInfo:
        """Whether it is there, which version, how busy; within `PROBE_S`, without side effects."""
        ...

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:
        """What the server offers for a built-in mode, or for a graph."""
        ...

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters, given what the form holds already. Pure: no I/O."""
        ...

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Uploads the inputs and makes the exact request.

        `generation_id` is a UUID and becomes the job's name where the service lets the client choose.

        Raises:
            Rejected: It can be seen beforehand that the server would refuse (a cycle, an unknown node).
        """
        ...

    def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Subscribes, sends once, follows. Yields exactly one `Ended`, last.

        Calls `prepared.still_ours` just before it sends.

        Raises:
            Superseded: It is not ours any more; nothing was sent.
            Rejected: The server refused; nothing runs.
            Unreachable: It is not known whether the request arrived: `resume` tells, later.
        """
        ...

    def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier, by whomever. Yields exactly one `Ended`, last.

        A lost line is waited out inside: only a cancelled task, or `aclose`, ends it early.
        """
        ...

    async def inspect(self, handle: Handle) -> Inspection:
        """What the server knows of a job now: queue, then history, then both again.

        `NotFound` means that the request did not arrive, or that the job is over and forgotten: whoever
        gets it may send the job again. A service that cannot tell that says `Ended` with `LOST`.
        """
        ...

    async def cancel(self, handle: Handle) -> CancelResult:
        """Stops this job and no other.

        A job that waits where nothing can be taken back is stopped as soon as it begins, if the service
        allows it and somebody follows it: then `STOPPED` is said too.
        """
        ...

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """What runs or waits at the server and is none of `ours`: a browser's jobs, another program's.

        Args:
            ours: Handles of all jobs of this home that have not ended, wherever they were sent: those of
                other services are passed over.

        Returns:
            Those that run first, then the others in the order in which they will run. Where the server tells
            of pictures and not of jobs, each counts. `None` when it cannot be told now.

        Raises:
            Unreachable: The server cannot be asked.
        """
        ...

    def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The original bytes of an output, in pieces.

        Raises:
            ProtocolError: The server does not have it (any more), or what it sends is too large.
        """
        ...

    async def aclose(self) -> None:
        """Ends sockets and clients. Idempotent."""
        ...
