"""InvokeAI behind the contract of `connectors.base`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from darkroom.connectors.base import PROBE_S, Prepared
from darkroom.connectors.dialing import Dialer
from darkroom.connectors.handles import readable
from darkroom.connectors.http import Http
from darkroom.connectors.invokeai.cancel import Cancels
from darkroom.connectors.invokeai.client import Client
from darkroom.connectors.invokeai.follow import Follower, look
from darkroom.connectors.invokeai.foreign import foreign
from darkroom.connectors.invokeai.form import form
from darkroom.connectors.invokeai.handle import JobHandle, read_handle
from darkroom.connectors.invokeai.lists import SchemaLists
from darkroom.connectors.invokeai.login import Login
from darkroom.connectors.invokeai.mailbox import Mailbox
from darkroom.connectors.invokeai.offer import trim
from darkroom.connectors.invokeai.payload import make_job
from darkroom.connectors.invokeai.socket import PATH, QUERY, Link
from darkroom.connectors.invokeai.submit import submit
from darkroom.connectors.invokeai.uploads import upload_inputs
from darkroom.domain.errors import Rejected
from darkroom.domain.events import Accepted, NotFound
from darkroom.domain.server import Capabilities, Catalog, ServerInfo
from darkroom.domain.service import INVOKEAI
from darkroom.domain.text import printable
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.base import BlobReader
    from darkroom.domain.events import CancelResult, Inspection, JobEvent
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Handle, OutputRef
    from darkroom.domain.parameters import Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.server import ServerJob
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

CAPABILITIES = Capabilities(
    previews=True, cancel_queued=True, cancel_running=True, recovers=True, uploads=True
)


class InvokeConnector:
    """One InvokeAI: one HTTP client and one websocket for its whole life."""

    capabilities = CAPABILITIES

    def __init__(self, profile: Profile, address: Address, access: Access) -> None:
        self._http = Http(profile.name, address, access, verify_tls=profile.verify_tls)
        self._login = Login(self._http, access)
        self._client = Client(self._http, self._login)
        self._cancels = Cancels(self._client)
        self._sending: dict[str, asyncio.Event] = {}
        self._catalog: Catalog | None = None
        self._lists = SchemaLists(self._client)
        self._version = ""
        dialer = Dialer(address, access, verify_tls=profile.verify_tls)
        self._link = Link(address.socket(PATH, **QUERY), dialer, self._login)

    def __repr__(self) -> str:
        return f"InvokeConnector({self._http!r})"

    async def probe(self) -> ServerInfo:
        """Whether an InvokeAI is there, which version, how busy; within 5 s.

        Raises:
            Unauthorized: It has accounts, and the profile opens none.
        """
        async with self._http.within(PROBE_S):
            await self._learn_version()
            status = await self._client.queue_status(timeout_s=PROBE_S)
            memory = await self._client.memory()
        label = f"InvokeAI {self._version}"
        return ServerInfo(INVOKEAI, label, self._version, status.queue.open, tuple(map(printable, memory)))

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:  # noqa: ARG002
        """The server's models, boards, styles, and the lists that only its schema has."""
        await self._learn_version()
        models, boards = await self._client.models(), await self._client.boards()
        styles, lists = await self._client.styles(), await self._lists.get(self._version)
        # In a thread: with thousands of models it takes longer than a key may wait.
        kept = await asyncio.to_thread(trim, models, boards, styles)
        self._catalog = Catalog(self._version, {**kept, **lists})
        return self._catalog

    async def _learn_version(self) -> None:
        self._version = printable(await self._client.version(timeout_s=PROBE_S))

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters; pure."""
        return form(catalog, mode, graph, values)

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Uploads the inputs and makes the exact request.

        Raises:
            Rejected: It names what the server does not have, or the server would fail on it.
        """
        known = self._catalog
        catalog = known or await self.catalog()
        pictures = await upload_inputs(self._client, snapshot.inputs, blobs)
        profile = self._http.profile
        try:
            body, job = make_job(generation_id, snapshot, catalog, pictures, profile)
        except Rejected:
            if known is None:
                raise
            # The lists may be old: a model, or a board, may have come since.
            body, job = make_job(generation_id, snapshot, await self.catalog(), pictures, profile)
        return Prepared(body, job.to_json(), job.expected, self._version)

    async def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Subscribes, sends once, follows; see `base.Connector.run`."""
        job = read_handle(prepared.handle)
        mailbox = Mailbox(job.batch)
        await self._link.add(mailbox)
        try:
            job = await self._submit(job, prepared)
            yield Accepted(job.to_json())
            follower = Follower(self._client, job, mailbox, self._link, self._cancels)
            async with aclosing(follower.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._link.remove(mailbox)

    async def _submit(self, job: JobHandle, prepared: Prepared) -> JobHandle:
        self._sending[job.batch] = sent = asyncio.Event()
        try:
            return await submit(self._client, prepared, job)
        finally:
            del self._sending[job.batch]
            sent.set()

    async def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier; waits out a server that is away."""
        job = read_handle(handle)
        mailbox = Mailbox(job.batch)
        await self._link.add(mailbox)
        try:
            follower = Follower(self._client, job, mailbox, self._link, self._cancels, resumed=True)
            async with aclosing(follower.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._link.remove(mailbox)

    async def inspect(self, handle: Handle) -> Inspection:
        """What the server knows of a job now."""
        job = read_handle(handle)
        return await look(self._client, job, by_us=self._cancels.asked(job.batch)) or NotFound()

    async def cancel(self, handle: Handle) -> CancelResult:
        """Cancels this job's items, waiting or running; touches no other."""
        batch = read_handle(handle).batch
        if (sent := self._sending.get(batch)) is not None:
            # Asked now, the server would not know the job that is on its way.
            await sent.wait()
        result = await self._cancels.cancel(batch)
        self._link.nudge(batch)
        return result

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """Items of others in the queue: a picture each."""
        return await foreign(self._client, readable(ours, read_handle))

    async def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The original bytes of an output, in pieces."""
        async with aclosing(self._client.read(str(output.locator.get("image_name", "")))) as pieces:
            async for piece in pieces:
                yield piece

    async def aclose(self) -> None:
        """Ends the client and the socket; whoever still follows a job gets an `Unreachable`."""
        await self._lists.aclose()
        await self._client.aclose()
        await self._link.aclose()
