"""A websocket that is kept open by a task of its own while somebody listens."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

from darkroom.connectors.messagebox import MessageBox

SUBSCRIBE_S = 2.0
"""How long somebody who begins to listen waits for the socket."""

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0
"""Pauses before a socket that broke is opened again; they double."""

Box = TypeVar("Box", bound=MessageBox[Any])


class KeptSocket(ABC, Generic[Box]):
    """The socket and who listens to it. A service's own says how it is opened and read."""

    def __init__(self, name: str) -> None:
        """Opens nothing yet; `name` is its task's."""
        self._name = name
        self._mailboxes: list[Box] = []
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    async def add(self, mailbox: Box) -> None:
        """Delivers a job's messages to `mailbox` from now on.

        Returns when the socket is open, its first attempt failed, or `SUBSCRIBE_S` is over: a task
        goes on trying, and a job can be followed without a socket.
        """
        self._mailboxes.append(mailbox)
        if self._task is None or self._task.done():
            self._tried.clear()
            self._task = asyncio.create_task(self._keep(), name=self._name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), SUBSCRIBE_S)

    def remove(self, mailbox: Box) -> None:
        """Ends the delivery."""
        self._mailboxes.remove(mailbox)

    def nudge(self, job: str) -> None:
        """Makes the followers of `job` ask the server now."""
        for mailbox in self._mailboxes:
            if mailbox.job == job:
                mailbox.nudge()

    async def aclose(self) -> None:
        """Closes the socket and ends its task."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        self._nudge_all()

    @abstractmethod
    async def _keep(self) -> None:
        """Opens the socket and reads it, again and again while somebody listens."""

    def _nudge_all(self) -> None:
        for mailbox in self._mailboxes:
            mailbox.nudge()
