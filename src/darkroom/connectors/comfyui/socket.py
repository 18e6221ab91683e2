"""One websocket under one client id, kept open and read by a task of its own.

**Why an id is spent after a loss.** The server holds one socket an id. When a line breaks, it may
notice long after we have reconnected; then it drops the *newer* socket from its table, which stays
open and never hears anything again. So no new job is sent under an id whose socket was lost: the
next one gets a fresh id with a socket of its own. Jobs already sent keep their id, because their
events go to it; their socket is reopened after a pause, may turn deaf, and is renewed when it seems
so. Nothing depends on it: `follow` asks queue and history beside every quiet socket.
Source: ComfyUI 0.3.64, `server.py` `websocket_handler`, recordings `ws/07b-*`, `ws/07c-*`.
"""

from __future__ import annotations

import asyncio
import logging
import random
from time import monotonic
from typing import TYPE_CHECKING

from websockets.exceptions import WebSocketException

from darkroom.connectors.comfyui.events import (
    JobMessage,
    PictureMessage,
    StatusMessage,
    read_binary,
    read_document,
)
from darkroom.connectors.comfyui.mailbox import Mailbox
from darkroom.connectors.documents import decode_text
from darkroom.connectors.keeping import FIRST_PAUSE_S, LONGEST_PAUSE_S, KeptSocket
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from darkroom.connectors.comfyui.events import Message
    from darkroom.connectors.dialing import Dialer

log = logging.getLogger(__name__)

FEATURES = '{"type":"feature_flags","data":{"supports_preview_metadata":true}}'
"""Must be the first message on every connection, or previews come without their job's id."""

FRAME_CAP_BYTES = 256 * 1024 * 1024
"""SaveImageWebsocket sends whole pictures; the library's default of 1 MiB would end the connection."""

PING_S = 20.0
SILENCE_S = 60.0
"""How long a ping may stay unanswered: loading a model holds the server's loop up."""


class Link(KeptSocket[Mailbox]):
    """The websocket of one client id; made by `Links`, started by the first `add`."""

    def __init__(
        self,
        url: str,
        client_id: str,
        dialer: Dialer,
    ) -> None:
        super().__init__(f"socket {client_id}")
        self.client_id = client_id
        self.spent = False
        """No new job may be sent under this id."""
        self.remaining: int | None = None
        """Length of the server's queue, as last heard."""
        self._url = url
        self._dialer = dialer
        self._socket: ClientConnection | None = None
        self._heard_at = monotonic()
        self._executing: tuple[str, str] = ("", "")
        self._reopened = 0

    @property
    def hears(self) -> bool:
        """Whether the socket is open; it may be deaf all the same."""
        return self._socket is not None

    @property
    def silent_s(self) -> float:
        """Seconds since the last frame, or since the socket was opened."""
        return monotonic() - self._heard_at

    @property
    def reopened(self) -> int:
        """How often the socket was opened again: from the first time on it may be deaf."""
        return self._reopened

    @property
    def idle(self) -> bool:
        """Whether nobody listens."""
        return not self._mailboxes

    async def renew(self) -> None:
        """Closes a socket that seems deaf, in order; the task opens the next one after a pause."""
        self.spent = True
        if self._socket is not None:
            log.info("socket %s: heard nothing for %.0f s, opened again", self.client_id, self.silent_s)
            await self._socket.close()

    async def _keep(self) -> None:
        """Opens the socket and reads it, again and again while somebody listens."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                if await self._read_one():
                    pause_s = FIRST_PAUSE_S
            except (OSError, WebSocketException, TimeoutError, ImportError) as error:
                log.info("socket %s: %s", self.client_id, excerpt(f"{type(error).__name__}: {error}", 200))
            finally:
                self._socket = None
                self._executing = ("", "")
                self._tried.set()
            self.spent = True
            if not self._mailboxes:
                return
            self._nudge_all()
            # The pause also gives the server time to notice that the old socket is gone.
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self._reopened += 1

    async def _read_one(self) -> bool:
        """Reads one connection to its end; whether it stood for some time."""
        async with self._dialer.dial(
            self._url, cap_bytes=FRAME_CAP_BYTES, ping_s=PING_S, silence_s=SILENCE_S
        ) as socket:
            await socket.send(FEATURES)
            opened_at = self._heard_at = monotonic()
            self.remaining = None
            self._socket = socket
            self._tried.set()
            if self._reopened:
                # Nothing is replayed: what happened meanwhile must be asked for.
                self._nudge_all()
            async for frame in socket:
                self._heard_at = monotonic()
                await self._take(frame)
            return monotonic() - opened_at > 10.0

    async def _take(self, frame: str | bytes) -> None:
        try:
            message = (
                read_document(await decode_text(frame))
                if isinstance(frame, str)
                else read_binary(bytes(frame))
            )
        except ValueError as error:
            log.warning("socket %s: a frame was passed over: %s", self.client_id, excerpt(str(error), 100))
            return
        if message is None:
            log.debug("socket %s: unknown message %s", self.client_id, excerpt(repr(frame[:100]), 120))
            return
        self._deliver(message)

    def _deliver(self, message: Message) -> None:
        if isinstance(message, StatusMessage):
            self.remaining = message.remaining
            for mailbox in self._mailboxes:
                mailbox.put(message)
            return
        if isinstance(message, JobMessage):
            self._note_executing(message)
        elif not message.job:
            # A preview without an id: jobs without a client send theirs to every socket. It is ours
            # only while the server says that a job of ours runs.
            job, node = self._executing
            message = PictureMessage(message.data, message.media_type, job, node)
        for mailbox in self._mailboxes:
            if message.job and mailbox.job == message.job:
                mailbox.put(message)

    def _note_executing(self, message: JobMessage) -> None:
        if message.is_end or not message.job:
            self._executing = ("", "")
        elif message.kind in ("executing", "progress"):
            self._executing = (message.job, str(message.data.get("display_node") or message.data.get("node")))
        elif message.job != self._executing[0]:
            self._executing = (message.job, "")
