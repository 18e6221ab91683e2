"""A1111, and those that speak its API, behind the contract of `connectors.base`."""

from __future__ import annotations

from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111 import recovery, request
from darkroom.connectors.a1111.cancels import Cancels
from darkroom.connectors.a1111.catalog import read_lists
from darkroom.connectors.a1111.client import Client
from darkroom.connectors.a1111.following import Follower
from darkroom.connectors.a1111.form import form
from darkroom.connectors.a1111.handle import JobHandle, Saved, read_handle
from darkroom.connectors.a1111.offer import Offer
from darkroom.connectors.a1111.probing import Probe
from darkroom.connectors.a1111.sending import PictureBody, references
from darkroom.connectors.a1111.settings import Settings
from darkroom.connectors.a1111.truth import asked_for
from darkroom.connectors.a1111.waiting import Waiting, foreign
from darkroom.connectors.base import PROBE_S, Prepared
from darkroom.connectors.handles import readable
from darkroom.connectors.http import PIECE_BYTES, Http
from darkroom.connectors.together import together
from darkroom.domain.errors import ProtocolError
from darkroom.domain.events import NotFound
from darkroom.domain.server import Capabilities, Catalog, ServerInfo
from darkroom.domain.workflow import TXT2IMG, UPSCALE

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

OPTIONS_S = 30.0
"""How long the server's settings are believed to say where it keeps its pictures."""

CAPABILITIES = Capabilities(previews=True, cancel_running=True)
RECOVERING = CAPABILITIES._replace(recovers=True)


class A1111Connector:
    """One server. A job is one request that is answered when the pictures are there."""

    def __init__(self, profile: Profile, address: Address, access: Access) -> None:
        self.capabilities = RECOVERING if profile.server_settings else CAPABILITIES
        self._http = Http(profile.name, address, access, verify_tls=profile.verify_tls)
        self._client = Client(self._http)
        self._waiting = Waiting()
        self._probe = Probe(self._client, self._waiting)
        self._settings = Settings(self._client, may_change=profile.server_settings)
        self._cancels = Cancels(self._client)
        self._follower = Follower(self._client, self._cancels, self._settings, self._probe.heard)
        self._may_keep = profile.server_settings
        self._known: dict[str, Any] = {}
        self._options: Mapping[str, Any] = {}
        self._options_until = 0.0

    def __repr__(self) -> str:
        return f"A1111Connector({self._http!r})"

    async def probe(self) -> ServerInfo:
        """Whether the server is there, which program it is, how busy; within 5 s."""
        async with self._http.within(PROBE_S):
            return await self._probe.look(timeout_s=PROBE_S)

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:  # noqa: ARG002
        """The server's lists, cut down to what the form of `mode` needs."""
        found, tasks, _ = await together(
            read_lists(self._client, mode), self._client.pending(), self._probe.identify()
        )
        known = {**found, "program": self._probe.program, "tasks": tasks is not None}
        known["keeps"] = self._may_keep and Offer.of(Catalog("", known)).program.recovery and known["tasks"]
        if mode != UPSCALE:
            self._known = known
        return Catalog(self._probe.version, known)

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters; pure."""
        return form(catalog, mode, graph, values)

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Makes the exact request, and sees to it that what it changes at the server can be put back."""
        task = f"task({generation_id})"
        if snapshot.mode == UPSCALE:
            path, body = request.upscaling(snapshot.values)
            job = JobHandle(task, 1, tasks=False)
        else:
            path, body, job = await self._generation(task, generation_id, snapshot)
        pictures = {name: await blobs.read_blob(name) for name in set(references(body))}
        await self._settings.prepare(task, body.get("override_settings", {}))
        sent = {"path": path, "body": body}
        return Prepared(sent, job.to_json(), job.expected, self._probe.version, pictures)

    async def _generation(
        self, task: str, generation_id: str, snapshot: Snapshot
    ) -> tuple[str, dict[str, Any], JobHandle]:
        if not self._known:
            await self.catalog()
        offer = Offer.of(Catalog("", self._known))
        path, body = request.generation(offer, snapshot.values)
        tasks = self._known["tasks"]
        if tasks:
            body["force_task_id"] = task
        expected = None if body.get("script_name") else _count(body)
        saved = None
        if self._known["keeps"] and expected is not None:
            from_picture = path == request.IMG2IMG_PATH
            saved = await self._keep(body, generation_id, from_picture=from_picture)
        asked = asked_for(offer, snapshot.values, body["prompt"])
        return path, body, JobHandle(task, expected, asked, tasks, saved)

    async def _keep(self, body: dict[str, Any], generation_id: str, *, from_picture: bool) -> Saved | None:
        """Has the server save the pictures where they can be found again, if its settings allow it."""
        if monotonic() > self._options_until:
            self._options = await self._client.options() or {}
            self._options_until = monotonic() + OPTIONS_S
        options = self._options
        saved = recovery.place(options, generation_id, from_picture=from_picture)
        if saved is None:
            return None
        wanted = recovery.keeping(saved)
        if not wanted.keys() <= options.keys():
            return None  # a key that the server does not know fails the whole job
        body["save_images"] = True
        body["override_settings"] |= wanted
        return saved

    async def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Sends once, and follows; see `base.Connector.run`."""
        job = read_handle(prepared.handle)
        body = PictureBody(prepared.request["body"], prepared.attached)
        events = self._follower.run(job, prepared.request["path"], body, prepared.still_ours)
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                yield event

    async def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier; waits out a server that is away."""
        events = self._follower.resume(read_handle(handle))
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                yield event

    async def inspect(self, handle: Handle) -> Inspection:
        """What the server knows of a job now."""
        return await self._follower.inspect(read_handle(handle)) or NotFound()

    async def cancel(self, handle: Handle) -> CancelResult:
        """Interrupts a running job of ours, remembers a waiting one; touches no other."""
        return await self._cancels.cancel(read_handle(handle))

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """What the web page and other programs have there."""
        return await foreign(self._client, self._waiting, readable(ours, read_handle))

    async def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The bytes of an output: they came with the answer.

        Raises:
            ProtocolError: They are gone: the server hands a picture out once.
        """
        if output.spooled is None:
            raise ProtocolError(
                "The server does not have this picture any more",
                "It sends a picture once, in the answer to its job",
                "Generate it again",
                profile=self._http.profile,
            )
        for start in range(0, len(output.spooled), PIECE_BYTES):
            yield output.spooled[start : start + PIECE_BYTES]

    async def aclose(self) -> None:
        """Ends the client; whoever still follows a job gets an `Unreachable`."""
        await self._client.http.aclose()


def _count(body: Mapping[str, Any]) -> int | None:
    """How many pictures a body asks for, as far as its numbers are such."""
    counts = (body["batch_size"], body.get("n_iter", 1))
    return counts[0] * counts[1] if all(isinstance(count, int) for count in counts) else None
