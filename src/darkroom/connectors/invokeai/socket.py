"""The one websocket of a connector, kept open and read by a task of its own.

InvokeAI speaks socket.io. Of that protocol its events need five packets: open, connect, event, ping
and pong. They are read and written here and in `frames`, over the `websockets` library that the
program has already. python-socketio would be several packages more for them, reconnects by rules of its
own, and takes a first step over HTTP polling, which answers 500 with a newer starlette.
Nothing depends on the socket: `follow` asks the server beside it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from websockets.exceptions import WebSocketException

from darkroom.connectors.documents import decode_text
from darkroom.connectors.invokeai import frames
from darkroom.connectors.invokeai.frames import JobMessage
from darkroom.connectors.invokeai.items import OVER
from darkroom.connectors.invokeai.mailbox import Mailbox
from darkroom.connectors.keeping import FIRST_PAUSE_S, LONGEST_PAUSE_S, KeptSocket
from darkroom.domain.errors import ConnectorError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from darkroom.connectors.dialing import Dialer

log = logging.getLogger(__name__)

PATH = "/ws/socket.io/"
QUERY = {"EIO": "4", "transport": "websocket"}

FRAME_CAP_BYTES = 64 * 1024 * 1024
SILENCE_S = 60.0
"""The server pings every 25 s: a line that is silent for longer than this is dead."""


class Tokens(Protocol):
    """Where the socket gets its token."""

    async def fresh(self) -> str:
        """The token to connect with, "" for none."""
        ...

    async def renew(self, stale: str) -> bool:
        """Makes a new token in place of `stale`; whether that could be done."""
        ...


class _Refused(Exception):
    """The server does not take our token."""


class Link(KeptSocket[Mailbox]):
    """The websocket; opened by the first `add`, and again whenever it breaks while somebody listens."""

    def __init__(
        self,
        url: str,
        dialer: Dialer,
        tokens: Tokens,
    ) -> None:
        super().__init__("socket of InvokeAI")
        self._url = url
        self._dialer = dialer
        self._tokens = tokens
        self.hears = False
        """Whether events come now."""
        self.losses = 0
        """How often an open socket broke: whatever was told meanwhile must be asked for."""

    async def _keep(self) -> None:
        """Opens the socket and reads it, again and again while somebody listens."""
        pause_s = FIRST_PAUSE_S
        while True:
            opened_at = monotonic()
            try:
                await self._read_one()
            except (
                OSError,
                WebSocketException,
                TimeoutError,
                ImportError,
                _Refused,
                ConnectorError,
            ) as error:
                log.info("socket of InvokeAI: %s", excerpt(f"{type(error).__name__}: {error}", 200))
            finally:
                self.losses += self.hears
                self.hears = False
                self._tried.set()
            if not self._mailboxes:
                return
            self._nudge_all()
            if monotonic() - opened_at > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _read_one(self) -> None:
        """Reads one connection to its end."""
        token = await self._tokens.fresh()
        # The protocol has pings of its own, from the server.
        async with self._dialer.dial(
            self._url, cap_bytes=FRAME_CAP_BYTES, ping_s=None, silence_s=None
        ) as socket:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    frame = await socket.recv()
                if isinstance(frame, str):
                    await self._take(socket, frame, token)

    async def _take(self, socket: ClientConnection, frame: str, token: str) -> None:
        match frames.kind_of(frame):
            case frames.OPEN:
                await socket.send(frames.connect(token))
            case frames.CONNECTED:
                await socket.send(frames.SUBSCRIBE)
                self.hears = True
                self._tried.set()
                if self.losses:
                    # Nothing is replayed: what happened meanwhile must be asked for.
                    self._nudge_all()
            case frames.PING:
                await socket.send(frames.PONG)
            case frames.EVENT:
                await self._deliver(frame)
            case frames.REFUSED:
                await self._tokens.renew(token)
                raise _Refused(frames.refusal(frame))
            case frames.CLOSE | frames.DISCONNECTED:
                await socket.close()

    async def _deliver(self, frame: str) -> None:
        try:
            message = frames.read_event(await decode_text(frame[2:]))
        except ValueError as error:
            log.warning("socket of InvokeAI: a frame was passed over: %s", excerpt(str(error), 100))
            return
        if message is None:
            return
        if not isinstance(message, JobMessage):
            self._nudge_all()
            return
        ended = message.kind == frames.ITEM_CHANGED and message.data.get("status") in OVER
        for mailbox in self._mailboxes:
            if mailbox.job == message.batch:
                mailbox.put(message)
            elif ended and mailbox.waits:
                mailbox.nudge()
