"""Fooocus, through its web page's own protocol, behind the contract of `connectors.base`."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from darkroom.connectors.base import PROBE_S, Prepared, nobody_else
from darkroom.connectors.dialing import Dialer
from darkroom.connectors.fooocus.call import Line
from darkroom.connectors.fooocus.canvas import with_pictures
from darkroom.connectors.fooocus.catalog import offer_of
from darkroom.connectors.fooocus.client import Client
from darkroom.connectors.fooocus.files import ServerFile
from darkroom.connectors.fooocus.follow import QUIET_S, Follower
from darkroom.connectors.fooocus.form import form
from darkroom.connectors.fooocus.handle import read_handle
from darkroom.connectors.fooocus.recall import Recall
from darkroom.connectors.fooocus.request import data_of, job_handle, request_body
from darkroom.connectors.fooocus.search import Search
from darkroom.connectors.handles import readable
from darkroom.connectors.http import Http
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import CancelResult, NotFound
from darkroom.domain.server import Capabilities, Catalog, ServerInfo, ServerJob
from darkroom.domain.service import FOOOCUS
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.base import BlobReader
    from darkroom.connectors.fooocus.client import Life
    from darkroom.connectors.fooocus.config import Page
    from darkroom.connectors.fooocus.handle import JobHandle
    from darkroom.domain.events import Inspection, JobEvent
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Handle, OutputRef
    from darkroom.domain.parameters import Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

LOG_S = 3600.0
"""How long the address of the log is believed: it holds the day. A search asks for the newest anyway."""

REMEMBERED = 1000

CAPABILITIES = Capabilities(
    previews=True,
    # A call that waits could leave the page's queue. But what waits there is forgotten when the server ends,
    # so Darkroom keeps all but one job at home.
    cancel_queued=False,
    cancel_running=True,
    recovers=False,
    uploads=True,
)


class FooocusConnector:
    """One Fooocus. One HTTP client, and one websocket a job."""

    capabilities = CAPABILITIES

    def __init__(
        self, profile: Profile, address: Address, access: Access, *, quiet_s: float = QUIET_S
    ) -> None:
        """Connects to nothing yet; see `Follower` for `quiet_s`."""
        self._http = Http(profile.name, address, access, verify_tls=profile.verify_tls)
        self._client = Client(self._http, access)
        self._quiet_s = quiet_s
        self._dialer = Dialer(address, access, verify_tls=profile.verify_tls)
        self._app = ""
        self._page: Page | None = None
        self._log_file: ServerFile | None = None
        self._log_until = 0.0
        self._following: dict[str, Follower] = {}
        self._pursued: dict[str, Search | Recall] = {}
        self._unsent: dict[str, None] = {}
        """Sessions whose task certainly never ran."""
        self._over: dict[str, None] = {}

    def __repr__(self) -> str:
        return f"FooocusConnector({self._http!r})"

    async def probe(self) -> ServerInfo:
        """Whether a Fooocus is there, which version, how busy; within 5 s."""
        async with self._http.within(PROBE_S):
            _, page = await self._learn(timeout_s=PROBE_S)
            waiting = await self._client.waiting(timeout_s=PROBE_S)
        # The call that runs is not counted by the page; when others wait, or ours runs, there is one.
        runs = bool(waiting) or any(follower.sent for follower in self._following.values())
        remaining = (waiting or 0) + 1 if runs else None
        return ServerInfo(FOOOCUS, f"Fooocus {page.version}".rstrip(), page.version, remaining)

    async def catalog(self, graph: Graph | None = None, mode: str = TXT2IMG) -> Catalog:  # noqa: ARG002
        """What the page offers; the same for both modes."""
        life = await self._client.life()
        page = await self._read_page(life)
        # Tens of thousands of LoRAs take longer than a key may wait.
        offer = await asyncio.to_thread(offer_of, page)
        return Catalog(page.version, offer.to_schema())

    def form(self, catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
        """The parameters; pure."""
        return form(catalog, mode, graph, values)

    async def prepare(self, generation_id: str, snapshot: Snapshot, blobs: BlobReader) -> Prepared:
        """Makes the exact request; the generation's id becomes the name of the session.

        Raises:
            Rejected: A picture that is fed in cannot be read.
        """
        life, page = await self._learn()
        log = await self._log(page)
        body = request_body(page, generation_id, snapshot)
        job = job_handle(page, generation_id, life, log, snapshot)
        data = (
            await with_pictures(body["build"]["data"], body["pictures"], blobs) if body["pictures"] else None
        )
        attached = {} if data is None else {"data": data}
        return Prepared(body, job.to_json(), job.count, page.version, attached)

    async def run(self, prepared: Prepared) -> AsyncIterator[JobEvent]:
        """Makes the task, calls the generator once, follows; see `base.Connector.run`.

        When the line breaks after that, the pictures are looked for; nothing is sent twice.
        """
        job = read_handle(prepared.handle)
        page = self._page or (await self._learn())[1]
        data = data_of(prepared.request, page, self._http.profile)
        data = prepared.attached.get("data", data)
        follower = self._follower(job, page, prepared.still_ours)

        async def make() -> None:
            await follower.make(data, confirm=lambda: self._confirm(prepared.request))

        async for event in self._follow(follower, job, make):
            yield event

    async def resume(self, handle: Handle) -> AsyncIterator[JobEvent]:
        """Looks for the pictures of a job whose line is gone, or calls again for one that had no turn yet.

        Waits out a server that is away.
        """
        job = read_handle(handle)

        def follow(page: Page) -> AsyncIterator[JobEvent]:
            return self._follow(self._follower(job, page, nobody_else), job)

        if job.called:
            pursuit: Search | Recall = Search(self._client, job, self._learn)
        else:
            pursuit = Recall(self._http, job, self._learn, follow)
        async for event in self._pursue(job, pursuit):
            yield event

    def _follower(self, job: JobHandle, page: Page, still_ours: Callable[[], None]) -> Follower:
        return Follower(self._client, page, job, self._line(), still_ours, quiet_s=self._quiet_s)

    async def _follow(
        self, follower: Follower, job: JobHandle, make: Callable[[], Awaitable[None]] | None = None
    ) -> AsyncIterator[JobEvent]:
        """Follows a task, after `make` where it is not made yet; looks for it when its line breaks."""
        self._following[job.session] = follower
        self._unsent.pop(job.session, None)
        try:
            if make is not None:
                await make()
            async for event in follower.events():
                yield event
            _remember(self._over, job.session)
            return
        except Unreachable:
            if not follower.sent:
                _remember(self._unsent, job.session)
            if not follower.sent or self._http.is_closed:
                raise
        finally:
            del self._following[job.session]
        search = Search(self._client, job, self._learn)
        if follower.cancelled:
            search.give_up()
        async for event in self._pursue(job, search):
            yield event

    async def _pursue(self, job: JobHandle, pursuit: Search | Recall) -> AsyncIterator[JobEvent]:
        self._pursued[job.session] = pursuit
        try:
            async for event in pursuit.events():
                yield event
            _remember(self._over, job.session)
        finally:
            # A call that was made again, and broke later, is searched for in its place.
            if self._pursued.get(job.session) is pursuit:
                del self._pursued[job.session]

    async def inspect(self, handle: Handle) -> Inspection:
        """What can be known of a job: whether it never had its turn, and what the server's log holds."""
        job = read_handle(handle)
        await self._client.life()
        if job.session in self._unsent or not (job.called or job.session in self._following):
            return NotFound()
        return await Search(self._client, job, self._learn).inspect()

    async def cancel(self, handle: Handle) -> CancelResult:
        """Stops the job while its line stands; ends the search for one whose line is gone."""
        session = read_handle(handle).session
        if (follower := self._following.get(session)) is not None:
            return await follower.cancel()
        if (pursuit := self._pursued.get(session)) is not None:
            pursuit.give_up()
            return CancelResult.STOPPED
        return CancelResult.NOT_RUNNING if session in self._over else CancelResult.CANNOT

    async def foreign(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...] | None:
        """Calls of others in the page's queue, as far as its length tells of them.

        Whether one runs is only known when another waits for it.
        """
        waiting = await self._client.waiting()
        if waiting is None:
            return None
        sessions = {job.session for job in readable(ours, read_handle)}
        here = [follower for session, follower in self._following.items() if session in sessions]
        others = waiting - sum(follower.joined and not follower.sent for follower in here)
        if any(follower.sent for follower in here):
            return (ServerJob(False),) * others
        if others <= 0 and not any(follower.held_up for follower in here):
            return None
        # What another process follows, or what is only looked for, may be the one that runs.
        elsewhere = len(sessions - self._following.keys() - self._over.keys() - self._unsent.keys())
        if elsewhere:
            return (ServerJob(False),) * max(others - elsewhere + 1, 0)
        return (ServerJob(True), *(ServerJob(False),) * others)

    async def read(self, output: OutputRef) -> AsyncIterator[bytes]:
        """The original bytes of an output."""
        if output.spooled is not None:
            yield output.spooled
            return
        yield await self._client.picture(ServerFile(str(output.locator["path"])))

    async def aclose(self) -> None:
        """Ends the client; whoever still follows a job or looks for one gets an `Unreachable`."""
        await self._client.aclose()
        for follower in self._following.values():
            follower.hang_up()
        for pursuit in self._pursued.values():
            pursuit.give_up()

    async def _learn(self, *, timeout_s: float | None = None) -> tuple[Life, Page]:
        """The server's present life, and its page: read anew only when that is another one."""
        life = await self._client.life(timeout_s=timeout_s)
        if self._page is not None and life.app and life.app == self._app:
            return life, self._page
        return life, await self._read_page(life)

    async def _read_page(self, life: Life) -> Page:
        page = self._page = await self._client.page()
        self._app, self._log_until = life.app, 0.0
        return page

    async def _log(self, page: Page) -> ServerFile | None:
        """The log of the day, as far as it is known; asked for now and then."""
        if monotonic() >= self._log_until:
            self._log_file = await self._client.log(page)
            self._log_until = monotonic() + LOG_S
        return self._log_file

    async def _confirm(self, request: Mapping[str, Any]) -> None:
        """Makes sure that the page is still the one that `request` was made for.

        Raises:
            Rejected: Its inputs stand in another order now.
        """
        _, page = await self._learn()
        data_of(request, page, self._http.profile)

    def _line(self) -> Line:
        url = self._http.address.socket("/queue/join")
        return Line(url, self._dialer, self._client.cookie, self._http.profile)


def _remember(sessions: dict[str, None], session: str) -> None:
    sessions[session] = None
    while len(sessions) > REMEMBERED:
        del sessions[next(iter(sessions))]
