"""What the terminal keeps is deleted, whatever was going on when the screen is given back."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from darkroom.app.graphics.output import Answers, Output
from darkroom.app.graphics.payload import Payload
from darkroom.app.graphics.sending import Sending
from darkroom.terminal import kitty

if TYPE_CHECKING:
    import pytest


class Slow:
    """A terminal that takes nothing until it is let."""

    def __init__(self) -> None:
        self.taken = ""
        self.open = threading.Event()

    def write(self, text: str) -> int:
        assert self.open.wait(5)
        self.taken += text
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


def started(tape: Slow, answers: Answers = Answers.NONE) -> Output:
    output = Output(tape, answers)  # type: ignore[arg-type]
    output.start()
    return output


async def test_what_was_about_to_be_deleted_is_deleted_at_the_end() -> None:
    tape = Slow()
    output = started(tape)
    sending = Sending(output, tmux=False)
    first, second = sending.take(), sending.take()
    sending.delete(first)
    sending.delete(first)
    output.break_off()
    output.write(sending.parting())
    tape.open.set()
    output.stop()
    for number in (first, second):
        assert kitty.delete(number) in tape.taken
    assert sending.parting() == ""


async def test_a_number_is_free_again_when_its_deletion_was_written() -> None:
    tape = Slow()
    tape.open.set()
    output = started(tape)
    sending = Sending(output, tmux=False)
    number = sending.take()
    sending.delete(number)
    async with asyncio.timeout(5):
        while number in sending._kept:  # noqa: ASYNC110 - the other thread tells the loop
            await asyncio.sleep(0.005)
    assert tape.taken == kitty.delete(number)
    output.stop()


async def test_of_one_owner_the_newest_goes() -> None:
    tape = Slow()
    output = started(tape)
    sending = Sending(output, tmux=False)
    busy = asyncio.create_task(sending.deliver("other", Payload(("busy",))))
    await asyncio.sleep(0)
    older = asyncio.create_task(sending.deliver("me", Payload(("older",))))
    await asyncio.sleep(0)
    newer = asyncio.create_task(sending.deliver("me", Payload(("newer",))))
    await asyncio.sleep(0)
    tape.open.set()
    assert await busy
    assert not await older
    assert await newer
    output.stop()
    assert tape.taken == "busynewer"


async def test_outside_tmux_no_picture_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    output = started(Slow(), Answers.POSITION)
    assert not await Sending(output, tmux=False).may_ask(live=False)
    output.stop()
