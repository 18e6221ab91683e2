"""One call through the queue of a Gradio 3 page: a websocket that lives as long as the call.

The server asks and we answer: `send_hash` → who we are and what we call; `send_data`, when it is our turn →
the inputs; then it tells of the work until `process_completed`. Closing the socket before our turn takes the
call out of the queue; closing it later leaves the work running, and nobody hears of it any more.

Source: Gradio 3.41.2 `gradio/queueing.py`; recordings `ws-*`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, NamedTuple

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from darkroom.connectors.documents import decode_text
from darkroom.connectors.fooocus.config import Shows
from darkroom.connectors.fooocus.events import Over, Plain, Waiting, read_message
from darkroom.connectors.fooocus.inbox import Inbox
from darkroom.connectors.submitting import SEND_S
from darkroom.domain.errors import (
    ConnectorError,
    DarkroomError,
    ProtocolError,
    Rejected,
    Unauthorized,
    Unreachable,
)
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

    from darkroom.connectors.dialing import Dialer

log = logging.getLogger(__name__)

FRAME_CAP_BYTES = 64 * 1024 * 1024
"""Previews are whole pictures in base64; the library's default of 1 MiB would end the connection."""

OPEN_TIMEOUT_S = 15.0

TURN = Plain("send_data")
"""It is our turn: the page asks for the inputs, and waits a minute for them.

Source: Gradio 3.41.2, `queueing.py` `gather_event_data`."""

TURN_S = 2.0
"""A call to an idle queue has its turn after 50 ms."""

SILENT_S = 180.0
"""A line that answers no ping for so long is given up, and with it the job: so it is long."""


class Line(NamedTuple):
    """How the page's websocket is reached.

    Attributes:
        url: `ws://…/queue/join`.
        dialer: Opens it.
        cookie: Of the login, "" for none.
        profile: Named in errors.
    """

    url: str
    dialer: Dialer
    cookie: str
    profile: str


class Call:
    """One call of the generator; to be left with `aclose`."""

    def __init__(
        self, line: Line, session: str, function: int, shows: Shows, still_ours: Callable[[], None] | None
    ) -> None:
        """Calls nothing yet.

        Args:
            line: How the page is reached.
            session: Whose task is to be worked on.
            function: The generator's number.
            shows: Where the page shows what.
            still_ours: Raises when our turn must pass unused, as `Prepared.still_ours` does; `None` for a
                call that leaves as soon as its turn comes.
        """
        self.inbox = Inbox()
        self.joined = False
        """The page's queue has the call."""
        self.sent = False
        """Our turn came and the inputs were given: the work may run from now on."""
        self._line = line
        self._session = session
        self._function = function
        self._shows = shows
        self._still_ours = still_ours
        self._allowed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to call; what happens comes to the inbox."""
        self._task = asyncio.create_task(self._keep(), name=f"call {self._session}")

    def allow(self) -> None:
        """Lets the work begin, now that `TURN` came to the inbox."""
        self._allowed.set()

    def leave_queue(self) -> bool:
        """Takes the call back; whether it was still time for that."""
        if self.sent:
            return False
        self.hang_up()
        return True

    def hang_up(self) -> None:
        """Closes the socket soon: a call that nobody answers would keep the queue's one turn for a minute."""
        if self._task is not None:
            self._task.cancel()

    async def aclose(self) -> None:
        """Closes the socket. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _keep(self) -> None:
        try:
            await self._talk()
        except DarkroomError as error:
            self.inbox.put(error)
        except (OSError, WebSocketException, TimeoutError, ImportError) as error:
            self.inbox.put(self._translate(error))

    async def _talk(self) -> None:
        """Answers what the server asks, up to the end of the call."""
        line = self._line
        socket = await line.dialer.dial(
            line.url,
            cap_bytes=FRAME_CAP_BYTES,
            ping_s=20.0,
            silence_s=SILENT_S,
            open_s=OPEN_TIMEOUT_S,
            cookie=line.cookie,
        )
        try:
            async for frame in socket:
                if await self._take(socket, frame):
                    # It was told already: the follower does not wait for the socket's farewell.
                    return await socket.close()
        finally:
            # Whoever cancels the farewell must not leave the socket open.
            socket.transport.abort()
        raise self._broken("closed by the server")

    async def _take(self, socket: ClientConnection, frame: str | bytes) -> bool:
        """Hands on what one frame tells; whether it is the last."""
        if not isinstance(frame, str):
            log.debug("call %s: a binary frame was passed over", self._session)
            return False
        try:
            message = read_message(await decode_text(frame), self._shows)
        except ValueError as error:
            log.warning("call %s: a frame was passed over: %s", self._session, excerpt(str(error), 100))
            return False
        match message:
            case Plain(kind="send_hash"):
                await socket.send(json.dumps({"session_hash": self._session, "fn_index": self._function}))
            case Plain(kind=TURN.kind):
                self.inbox.put(TURN)
                if self._still_ours is None:
                    return True
                await self._allowed.wait()
                self._still_ours()
                await self._give(socket)
            case Plain(kind="queue_full"):
                raise Rejected(
                    "The queue of Fooocus is full",
                    f"{self._line.url}: it takes no more calls",
                    "Send it again when others are done",
                    profile=self._line.profile,
                )
            case Waiting():
                self.joined = True
                self.inbox.put(message)
            case Plain(kind=kind):
                log.debug("call %s: %s", self._session, excerpt(kind, 40))
            case _:
                self.inbox.put(message)
        return isinstance(message, Over)

    async def _give(self, socket: ClientConnection) -> None:
        """Gives the inputs, our turn being there."""
        # From here on it may run, even when sending fails.
        self.sent = True
        given = {
            "session_hash": self._session,
            "fn_index": self._function,
            "data": [None],
            "event_data": None,
        }
        async with asyncio.timeout(SEND_S):
            await socket.send(json.dumps(given))

    def _translate(self, error: Exception) -> ConnectorError:
        if isinstance(error, InvalidStatus):
            status = error.response.status_code
            if status in (401, 403):
                return Unauthorized(
                    "Fooocus refuses the websocket",
                    f"{self._line.url}: status {status}",
                    "Set auth and secret in the profile, or the headers its proxy needs",
                    profile=self._line.profile,
                )
            return ProtocolError(
                "The websocket of Fooocus cannot be opened",
                f"{self._line.url}: status {status}",
                "A proxy before it must pass websockets on",
                profile=self._line.profile,
                endpoint="GET /queue/join",
            )
        if isinstance(error, ConnectionClosed):
            return self._broken(excerpt(str(error), 200))
        if isinstance(error, InvalidHandshake):
            return self._broken(excerpt(str(error), 200))
        return self._broken(excerpt(str(error), 200) or type(error).__name__)

    def _broken(self, why: str) -> Unreachable:
        return Unreachable(
            "The line to Fooocus broke",
            f"{self._line.url}: {why}",
            "If it happens every time: a proxy before it must pass websockets on",
            profile=self._line.profile,
        )


async def is_free(line: Line, session: str, function: int) -> bool:
    """Whether nothing runs in the page's queue: a call that is never made would have its turn at once.

    The page takes one call at a time, so while ours runs nobody else has a turn. Source: Gradio 3.41.2,
    `queueing.py`, `concurrency_count` of 1; Fooocus 2.5.5, `webui.py`.

    Raises:
        ConnectorError: It cannot be asked.
    """
    call = Call(line, session, function, Shows(), None)
    call.start()
    try:
        async with asyncio.timeout(TURN_S):
            while await call.inbox.get() != TURN:
                pass
    except TimeoutError:
        return False
    finally:
        await call.aclose()
    return True
