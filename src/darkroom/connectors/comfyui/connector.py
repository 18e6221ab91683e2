"""ComfyUI behind the contract of `connectors.base`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from darkroom.connectors.base import PROBE_S, Prepared
from darkroom.connectors.comfyui import payload
from darkroom.connectors.comfyui.cancel import Cancels
from darkroom.connectors.comfyui.client import Client
from darkroom.connectors.comfyui.counting import expected_outputs
from darkroom.connectors.comfyui.follow import Follower, inspection
from darkroom.connectors.comfyui.foreign import Foreign
from darkroom.connectors.comfyui.form import form
from darkroom.connectors.comfyui.handle import JobHandle, class_types, read_handle
from darkroom.connectors.comfyui.links import Links
from darkroom.connectors.comfyui.request import address_reader, check_graph, request_body
from darkroom.connectors.comfyui.socket import Link
from darkroom.connectors.comfyui.submit import submit
from darkroom.connectors.comfyui.uploads import upload_inputs
from darkroom.connectors.dialing import Dialer
from darkroom.connectors.http import Http
from darkroom.connectors.together import together
from darkroom.domain.events import Accepted, NotFound
from darkroom.domain.server import Capabilities, Catalog, ServerInfo
from darkroom.domain.text import printable
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.base import BlobReader
    from darkroom.connectors.comfyui.replies import Device, SystemStats
    from darkroom.domain.events import CancelResult, Inspection, JobEvent
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Handle, OutputRef
    from darkroom.domain.parameters import Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.server import ServerJob
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

CAPABILITIES = Capabilities(
    workflows=True, previews=True, cancel_queued=True, cancel_running=True, recovers=True, uploads=True
)


class ComfyConnector:
    """One ComfyUI. One HTTP client and, as a rule, one websocket for its whole life."""

    capabilities = CAPABILITIES

    def __init__(self, profile: Profile, address: Address, access: Access, client_id: str) -> None:
        self._http = Http(profile.name, address, access, verify_tls=profile.verify_tls)
        self._client = Client(self._http)
        self._cancels = Cancels(self._client)
        self._foreign = Foreign(self._client)
        self._known: dict[str, Any] = {}
        self._version = ""
        self._sending: dict[str, asyncio.Event] = {}
        dialer = Dialer(address, access, verify_tls=profile.verify_tls)

        def make_link(link_id: str) -> Link:
            url = address.socket("/ws", clientId=link_id)
            return Link(url, link_id, dialer)

        self._links = Links(make_link, client_id)

    def __repr__(self) -> str:
        return f"ComfyConnector({self._http!r})"

    async def probe(self) -> ServerInfo:
        """Whether a ComfyUI is there, which version, how busy; within 5 s."""
        async with self._http.within(PROBE_S):
            stats = await self._client.system_stats(timeout_s=PROBE_S)
            remaining = await self._client.queue_remaining(timeout_s=PROBE_S)
        self._take_version(stats)
        return _server_info(stats, remaining)

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:
        """The descriptions of the graph's node classes, or of those that a built-in workflow needs."""
        stats, schema = await together(
            self._client.system_stats(), self._client.object_info(payload.class_types(graph, mode))
        )
        self._take_version(stats)
        self._known.update(schema)
        return Catalog(self._version, schema)

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters; pure."""
        return form(catalog, mode, graph, values)

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Uploads the inputs and makes the exact request.

        Raises:
            Rejected: The graph has a cycle, or a node class that the server does not have.
        """
        if snapshot.graph is not None:
            check_graph(snapshot.graph, {}, self._http.profile)
        await self._learn(payload.class_types(snapshot.graph) if snapshot.graph is not None else ())
        uploaded = await upload_inputs(self._client, snapshot.inputs, blobs)
        graph = payload.graph_for(snapshot, uploaded)
        check_graph(graph, self._known, self._http.profile)
        job = JobHandle(generation_id, self._links.current_id(), class_types(graph))
        body = request_body(job, graph, snapshot)
        return Prepared(body, job.to_json(), expected_outputs(graph, self._known), self._version)

    async def _learn(self, classes: tuple[str, ...]) -> None:
        """Asks for the server's version and for classes that have not been seen, once."""
        unseen = [name for name in classes if not self._known.get(name)]
        if unseen:
            self._known.update(await self._client.object_info(unseen))
        if not self._version:
            self._take_version(await self._client.system_stats())

    def _take_version(self, stats: SystemStats) -> None:
        self._version = printable(stats.system.comfyui_version)

    async def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Subscribes, sends once, follows; see `base.Connector.run`."""
        job = read_handle(prepared.handle)
        async with self._links.follow(job) as line:
            job = await self._submit(job, prepared)
            line.mailbox.job = job.prompt_id
            yield Accepted(job.to_json())
            async for event in Follower(self._client, job, line, self._cancels).events():
                yield event

    async def _submit(self, job: JobHandle, prepared: Prepared) -> JobHandle:
        self._sending[job.prompt_id] = sent = asyncio.Event()
        try:
            return await submit(self._client, prepared, job, address_reader(prepared.request))
        finally:
            del self._sending[job.prompt_id]
            sent.set()

    async def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier; waits out a server that is away."""
        job = read_handle(handle)
        async with self._links.follow(job) as line:
            async for event in Follower(self._client, job, line, self._cancels).events():
                yield event

    async def inspect(self, handle: Handle) -> Inspection:
        """What the server knows of a job now."""
        job = read_handle(handle)
        return inspection(await self._client.find(job.prompt_id), job) or NotFound()

    async def cancel(self, handle: Handle) -> CancelResult:
        """Takes a waiting job out of the queue, interrupts a running one; touches no other."""
        job = read_handle(handle).prompt_id
        if (sent := self._sending.get(job)) is not None:
            # Asked now, the server would not know the job that is on its way.
            await sent.wait()
        result = await self._cancels.cancel(job)
        self._links.nudge(job)
        return result

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """Jobs of others in the queue."""
        return await self._foreign.look(ours)

    async def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The original bytes of an output, in pieces."""
        if output.spooled is not None:
            yield output.spooled
            return
        async for piece in self._client.view(output.locator):
            yield piece

    async def aclose(self) -> None:
        """Ends the client and the sockets; whoever still follows a job gets an `Unreachable`."""
        await self._client.aclose()
        await self._links.aclose()


def _server_info(stats: SystemStats, remaining: int | None) -> ServerInfo:
    version = printable(stats.system.comfyui_version)
    is_demo = bool((stats.system.model_extra or {}).get("darkroom_demo"))
    label = "Darkroom demo, no AI" if is_demo else f"ComfyUI {version}".rstrip()
    return ServerInfo("comfyui", label, version, remaining, tuple(map(_device, stats.devices)), is_demo)


def _device(device: Device) -> str:
    free, total = device.vram_free / 2**30, device.vram_total / 2**30
    name = printable(device.name or device.type)
    return f"{name} · {free:.1f} of {total:.1f} GB free" if total else name
