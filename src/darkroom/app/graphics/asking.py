"""Asks the terminal what it can do: while the program runs, so that nothing waits for the answers."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from darkroom.app.graphics.payload import Payload
from darkroom.terminal import tmux
from darkroom.terminal.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from darkroom.app.graphics.driver import GraphicsDriver
    from darkroom.app.graphics.sending import Sending
    from darkroom.terminal.evidence import Client, Evidence
    from darkroom.terminal.replies import Reply

REST_S = 0.3
"""What gives reason to ask comes in bursts (a window that is dragged): it is asked when that has rested."""

TMUX_EVERY_S = 5.0
"""How often tmux is asked who is there: a client that attaches need not raise any event."""


RETRIES = 3
"""So often it is asked again when answers come that nobody waits for any more."""


class Learned(Protocol):
    """Is told what was found out."""

    def __call__(self, evidence: Evidence, *, anew: bool) -> None:
        """Takes it; `anew` says that another terminal is there, which has no pictures of ours."""


class Asking:
    """Asks at most one thing at a time."""

    def __init__(
        self,
        app: App[Any],
        driver: GraphicsDriver,
        sending: Sending,
        cell_px: Callable[[], tuple[int, int] | None],
        learned: Learned,
    ) -> None:
        """Asks nothing yet.

        Args:
            app: The program.
            driver: Of the terminal.
            sending: Takes the questions: between the pieces of a picture they would do harm.
            cell_px: Says how large a cell is, as far as the kernel knows.
            learned: Is told, on the event loop, what was answered.
        """
        self._app = app
        self._driver = driver
        self._sending = sending
        self._cell_px = cell_px
        self._learned = learned
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Event = asyncio.Event()
        self._probe: Probe | None = None
        self._client: Client | None = None
        self._evidence: Evidence | None = None
        self._retries = 0
        self._following: asyncio.Task[bool] | None = None
        self._again = asyncio.Event()
        self._is_running = False
        driver.heard = self._hear

    def ask(self) -> None:
        """Asks soon; of several calls at once one counts."""
        self._again.set()
        if not self._is_running:
            self._is_running = True
            self._app.run_worker(
                self._ask_all(), group="terminal", exit_on_error=False, description="asking the terminal"
            )

    def _hear(self, reply: Reply) -> None:
        """Called in the thread that reads."""
        self._loop.call_soon_threadsafe(self._take, reply)

    def _take(self, reply: Reply) -> None:
        probe = self._probe
        if probe is None:
            self._came_late()
            return
        probe.hear(reply)
        if more := probe.follow_up():
            self._following = asyncio.create_task(self._write(more), name="ask the terminal on")
        elif probe.is_done:
            self._heard.set()

    async def _write(self, questions: str) -> bool:
        """Writes questions in their turn; whether that was done."""
        return await self._sending.deliver(self, Payload((questions,)))

    def _came_late(self) -> None:
        """What comes after its time says that somebody answers after all: a reason to ask again."""
        unanswered = self._evidence is not None and self._evidence.attributes is None
        if unanswered and self._retries < RETRIES and not self._again.is_set():
            self._retries += 1
            self._again.set()

    async def _ask_all(self) -> None:
        is_in_tmux = bool(os.environ.get("TMUX"))
        while True:
            self._again.clear()
            await self._ask_once()
            await asyncio.sleep(REST_S)
            if is_in_tmux:
                await self._until_another_client()
            else:
                await self._again.wait()

    async def _until_another_client(self) -> None:
        """Returns when there is a reason to ask the terminal itself."""
        while not self._again.is_set():
            try:
                async with asyncio.timeout(TMUX_EVERY_S):
                    await self._again.wait()
            except TimeoutError:
                client = await tmux.ask()
                if _what_counts(client) != _what_counts(self._client):
                    return

    def _remembered(self, evidence: Evidence) -> Evidence:
        """While another pane has the keys the terminal is not asked, and its word of before counts."""
        before, client = self._evidence, evidence.client
        if before is not None and before.client is not None and client is not None:
            is_same = before.client.identity == client.identity
            if is_same and evidence.wrapped is None:
                evidence = replace(evidence, wrapped=before.wrapped)
        self._evidence = evidence
        return evidence

    async def _ask_once(self) -> None:
        client = await tmux.ask() if os.environ.get("TMUX") else None
        is_truecolor = self._app.console.color_system == "truecolor"
        probe = self._probe = Probe(os.environ, is_truecolor, time.monotonic)
        self._heard.clear()
        if questions := probe.questions(client):
            self._driver.is_asked = True
            is_written = await self._write(questions)
            if is_written:
                # What was not answered by then is evidence as well.
                with suppress(TimeoutError):
                    async with asyncio.timeout(probe.deadline_s):
                        await self._heard.wait()
            self._driver.is_asked = False
            if not is_written:
                return  # the screen is lent; who comes back asks
        self._probe = None
        evidence = self._remembered(probe.evidence(client, cell_px=self._cell_px()))
        before, self._client = self._client, client
        self._learned(evidence, anew=_is_another(before, client))


def _what_counts(client: Client | None) -> Client | None:
    """What is a reason to ask again: not which pane has the keys."""
    return replace(client, in_front=True) if client is not None else None


def _is_another(before: Client | None, now: Client | None) -> bool:
    """Whether pictures that were sent before, or meanwhile, may be missing where they are to be seen."""
    if before is None or now is None:
        return before is not now
    return before.identity != now.identity or (now.in_sight and not before.in_sight)
