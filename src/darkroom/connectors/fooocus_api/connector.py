"""Fooocus-API behind the contract of `connectors.base`."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from darkroom.connectors.base import PROBE_S, Prepared
from darkroom.connectors.fooocus_api.cancel import Cancels
from darkroom.connectors.fooocus_api.client import Client
from darkroom.connectors.fooocus_api.ending import SENT_AGAIN, found_files, read_end
from darkroom.connectors.fooocus_api.follow import Follower
from darkroom.connectors.fooocus_api.foreign import foreign
from darkroom.connectors.fooocus_api.form import form
from darkroom.connectors.fooocus_api.handle import JobHandle, read_handle
from darkroom.connectors.fooocus_api.inputs import filled, read_inputs
from darkroom.connectors.fooocus_api.offers import read_offers
from darkroom.connectors.fooocus_api.payload import KINDS, asked, request_for
from darkroom.connectors.fooocus_api.progress import ProgressMeter
from darkroom.connectors.fooocus_api.seek import seek
from darkroom.connectors.fooocus_api.submit import submit
from darkroom.connectors.handles import readable
from darkroom.connectors.http import Http
from darkroom.connectors.together import together
from darkroom.domain.errors import ProtocolError
from darkroom.domain.events import Accepted, CancelResult, Ended, NotFound, Progress, Queued, Stage
from darkroom.domain.server import Capabilities, Catalog, ServerInfo
from darkroom.domain.service import FOOOCUS_API
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.base import BlobReader
    from darkroom.domain.events import Inspection, JobEvent
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Handle, OutputRef
    from darkroom.domain.parameters import Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.server import ServerJob
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

CAPABILITIES = Capabilities(
    previews=True, cancel_queued=False, cancel_running=True, recovers=True, uploads=True
)


class FooocusApiConnector:
    """One Fooocus-API."""

    capabilities = CAPABILITIES

    def __init__(self, profile: Profile, address: Address, access: Access) -> None:
        self._http = Http(profile.name, address, access, verify_tls=profile.verify_tls)
        self._client = Client(self._http)
        self._cancels = Cancels(self._client)
        self._sending: dict[str, asyncio.Event] = {}
        self._followed: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"FooocusApiConnector({self._http!r})"

    async def probe(self) -> ServerInfo:
        """Whether a Fooocus-API is there, and how busy; within 5 s. It tells no version."""
        async with self._http.within(PROBE_S):
            queue = await self._client.queue(timeout_s=PROBE_S)
        return ServerInfo(FOOOCUS_API, "Fooocus-API", queue_remaining=queue.running_size)

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:  # noqa: ARG002
        """Models, LoRAs and styles, and the defaults and limits of the server's preset."""
        openapi, models, styles = await together(
            self._description(), self._client.models(), self._client.styles()
        )
        offer = read_offers(openapi, models.model_filenames, models.lora_filenames, styles)
        return Catalog(schema=offer.to_schema())

    async def _description(self) -> object:
        """The server's description of itself; nothing where it is switched off."""
        try:
            return await self._client.openapi()
        except ProtocolError:
            return None

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters; pure."""
        return form(catalog, mode, graph, values)

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Makes the exact request; pictures stand in it as `blob:HASH`.

        Raises:
            Rejected: A picture that is fed in cannot be decoded.
        """
        name = f"darkroom-{generation_id}"
        request = request_for(snapshot, name)
        pictures = await read_inputs(snapshot.inputs, blobs, self._http.profile)
        queue = await self._client.queue()
        job = JobHandle(
            name,
            kind=KINDS[request.path],
            before=queue.last_job_id or "",
            count=request.expected,
            ending=request.body["save_extension"],
            day=datetime.now(UTC).date().isoformat(),
            asked=asked(snapshot.values),
        )
        sent = {"path": request.path, "body": request.body}
        return Prepared(sent, job.to_json(), job.count, "", pictures)

    async def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Sends once, follows; see `base.Connector.run`.

        A job that was ended by a late stop of ours for the job before it made nothing: it is sent again.
        """
        job = read_handle(prepared.handle)
        meter = ProgressMeter(job.count)
        notes: tuple[str, ...] = ()
        ended: Ended | None = None
        while ended is None:
            taken = await self._submit(job, prepared)
            with self._follows(taken):
                yield Accepted(taken.to_json())
                async for event in Follower(self._client, taken, self._cancels, meter=meter).events():
                    if not isinstance(event, Ended):
                        yield event
                    elif self._cancels.took_stop(taken, event):
                        notes = (SENT_AGAIN,)
                    else:
                        ended = event
        yield replace(ended, notes=(*notes, *ended.notes))

    async def _submit(self, job: JobHandle, prepared: Prepared) -> JobHandle:
        body = filled(prepared.request["body"], prepared.attached)
        self._sending[job.name] = done = asyncio.Event()
        try:
            return await submit(
                self._client,
                prepared.request["path"],
                body,
                job,
                prepared.still_ours,
                pictures=bool(prepared.attached),
            )
        finally:
            del self._sending[job.name]
            done.set()

    @contextmanager
    def _follows(self, job: JobHandle) -> Iterator[None]:
        self._followed[job.name] = job.job
        try:
            yield
        finally:
            self._followed.pop(job.name, None)

    async def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier; waits out a server that is away."""
        job = read_handle(handle)
        with self._follows(job):
            async for event in Follower(self._client, job, self._cancels).events():
                if isinstance(event, Accepted):
                    self._followed[job.name] = read_handle(event.handle).job
                yield event

    async def inspect(self, handle: Handle) -> Inspection:
        """What the server knows of a job now.

        A job whose id was never heard, and that may be one of those that run, counts as at work.
        """
        job = read_handle(handle)
        found = await seek(self._client, job)
        if found.files:
            return found_files(found.files, job)
        if found.record is None:
            return Progress(Stage.WORKING) if found.doubtful else NotFound()
        if found.record.ended:
            return read_end(found.record, job, stopped=self._cancels.stopped(job.name))
        if not found.record.begun:
            return Queued()
        events = ProgressMeter(job.count).feed(found.record)
        return next(event for event in events if isinstance(event, Progress))

    async def cancel(self, handle: Handle) -> CancelResult:
        """Stops the running job if it is this one; one that waits is stopped when it begins."""
        job = read_handle(handle)
        if (sending := self._sending.get(job.name)) is not None:
            # Asked now, its id would not be known.
            await sending.wait()
        followed = self._followed.get(job.name)
        if not job.job:
            job = replace(job, job=followed or "")
        if not job.job:
            found = await seek(self._client, job)
            if found.record is None:
                return CancelResult.CANNOT if found.doubtful else CancelResult.NOT_RUNNING
            job = replace(job, job=found.job)
        return await self._cancels.cancel(job, followed=followed is not None)

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """Jobs of others, by the server's list."""
        jobs = readable(ours, read_handle)
        return await foreign(
            self._client, [replace(job, job=job.job or self._followed.get(job.name, "")) for job in jobs]
        )

    async def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The original bytes of an output, in pieces."""
        async for piece in self._client.file(str(output.locator.get("path"))):
            yield piece

    async def aclose(self) -> None:
        """Ends the client; whoever still follows a job gets an `Unreachable`."""
        await self._http.aclose()
