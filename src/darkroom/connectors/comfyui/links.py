"""The websockets of one connector: one as a rule, and one more for each id whose jobs outlive it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.connectors.comfyui.mailbox import Mailbox
from darkroom.connectors.comfyui.stages import SOCKET_SAVERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from darkroom.connectors.comfyui.handle import JobHandle
    from darkroom.connectors.comfyui.socket import Link


@dataclass(frozen=True, slots=True)
class Line:
    """One follower's place at a socket."""

    mailbox: Mailbox
    link: Link


class Links:
    """Chooses the client id for new jobs and finds the socket for every job.

    A job that another process sent is heard under that process's id: it is followed only after
    that process stopped giving signs of life, and if it lives after all, it asks the server too.
    """

    def __init__(self, make: Callable[[str], Link], client_id: str) -> None:
        """Makes no socket yet.

        Args:
            make: Makes the link for an id.
            client_id: Start of every id that is chosen here.
        """
        self._make = make
        self._prefix = client_id
        self._count = 0
        self._links: dict[str, Link] = {}
        self._current: Link | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def current_id(self) -> str:
        """The client id that a job made now is sent under."""
        if self._current is None or self._current.spent:
            if self._current is not None:
                self._drop_if_idle(self._current)
            self._count += 1
            self._current = self._link(f"{self._prefix}-{self._count}")
        return self._current.client_id

    @asynccontextmanager
    async def follow(self, job: JobHandle) -> AsyncIterator[Line]:
        """Opens the job's socket, if need be, and holds a place at it."""
        keep = frozenset(node for node, name in job.class_types.items() if name in SOCKET_SAVERS)
        line = Line(Mailbox(job.prompt_id, keep), self._link(job.client_id))
        try:
            await line.link.add(line.mailbox)
            yield line
        finally:
            line.link.remove(line.mailbox)
            self._drop_if_idle(line.link)

    def nudge(self, job: str) -> None:
        """Makes all followers of `job` ask the server now."""
        for link in self._links.values():
            link.nudge(job)

    async def aclose(self) -> None:
        """Closes all sockets."""
        for link in [*self._links.values()]:
            self._close(link)
        self._current = None
        if self._closing:
            await asyncio.wait(self._closing)

    def _link(self, client_id: str) -> Link:
        if client_id not in self._links:
            self._links[client_id] = self._make(client_id)
        return self._links[client_id]

    def _drop_if_idle(self, link: Link) -> None:
        if link.idle and (link is not self._current or link.spent):
            self._close(link)

    def _close(self, link: Link) -> None:
        self._links.pop(link.client_id, None)
        if self._current is link:
            self._current = None
        task = asyncio.create_task(link.aclose(), name=f"close socket {link.client_id}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
