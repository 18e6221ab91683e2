"""Pictures on their way to the terminal, and those that it keeps."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from darkroom.app.graphics.output import STRING_END, Answers, Job
from darkroom.terminal import kitty, tmux

if TYPE_CHECKING:
    from collections.abc import Hashable

    from darkroom.app.graphics.output import Output
    from darkroom.app.graphics.payload import Payload

ASK_EVERY_S = 2.0
"""How often the terminal behind tmux is asked whether a picture came."""

ASK_LIVE_EVERY_S = 10.0
"""The same while frames come, many a second.

tmux types the answer into the pane that has the keys, and when it comes right after the prefix key, tmux
takes its beginning for the command. tmux 3.5a, seen: with an answer a frame, no command got through.
"""


class Sending:
    """The pictures of one program."""

    def __init__(self, output: Output, *, tmux: bool) -> None:
        """Nothing was sent yet.

        Args:
            output: The line. It is another one after the screen was lent: see `output`.
            tmux: Commands have to be wrapped.
        """
        self.output = output
        self.tmux = tmux
        self._ids = kitty.Ids()
        self._kept: set[int] = set()
        self._going: set[int] = set()
        self._jobs: dict[Hashable, Job] = {}
        self._asked_at = float("-inf")

    async def ready(self) -> None:
        """Returns when the terminal has read all text that was written: then it is time for more of it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        self.output.when_read(lambda: _tell(loop, done, True))
        await done

    async def may_ask(self, *, live: bool) -> bool:
        """Whether a picture may ask the terminal to say that it came: in tmux, now and then."""
        if self.output.answers is not Answers.PICTURE:
            return False
        if time.monotonic() < self._asked_at + (ASK_LIVE_EVERY_S if live else ASK_EVERY_S):
            return False
        client = await tmux.ask()
        if client is None or not client.in_front:
            return False
        self._asked_at = time.monotonic()
        return True

    async def deliver(self, owner: Hashable, payload: Payload) -> bool:
        """Sends a picture when it is its turn and the line has room.

        Of one owner only the newest picture is sent that was not begun yet.

        Returns:
            Whether all of it was written; false when a newer one took its place, or the screen was lent.
        """
        loop, output = asyncio.get_running_loop(), self.output
        done: asyncio.Future[bool] = loop.create_future()
        job = Job(
            payload.pieces,
            lambda written: _tell(loop, done, written),
            whole=payload.whole,
            broken=STRING_END if payload.whole else kitty.ABORT,
            answered=payload.answered,
        )
        if (before := self._jobs.get(owner)) is not None:
            output.withdraw(before)
        self._jobs[owner] = job
        output.submit(job)
        try:
            return await done
        except asyncio.CancelledError:
            output.withdraw(job)
            raise
        finally:
            if self._jobs.get(owner) is job:
                del self._jobs[owner]

    def take(self) -> int:
        """A number for a kitty picture that will be sent."""
        number = self._ids.take()
        self._kept.add(number)
        return number

    def delete(self, number: int) -> None:
        """Deletes a picture in the terminal, after what is being sent: commands must not be mixed."""
        if number not in self._kept or number in self._going:
            return
        self._going.add(number)
        loop = asyncio.get_running_loop()

        def told(written: bool) -> None:
            if written:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._gone, number)

        self.output.submit(Job((kitty.delete(number, tmux=self.tmux),), told))

    def _gone(self, number: int) -> None:
        if number in self._going:
            self._going.discard(number)
            self._kept.discard(number)
            self._ids.give_back(number)

    def parting(self) -> str:
        """The sequences that delete everything, also what was about to be; afterwards nothing is kept."""
        numbers, self._kept, self._going = sorted(self._kept), set(), set()
        for number in numbers:
            self._ids.give_back(number)
        return "".join(kitty.delete(number, tmux=self.tmux) for number in numbers)


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Future[bool], written: bool) -> None:
    """From any thread; the program may have ended by then."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_resolve, done, written)


def _resolve(done: asyncio.Future[bool], written: bool) -> None:
    if not done.done():
        done.set_result(written)
