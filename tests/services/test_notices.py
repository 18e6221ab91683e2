"""Who is told when, and when not. The clock is driven by hand; the hub and the command are real."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.config.settings import Settings
from darkroom.domain.errors import DarkroomError, StoreError
from darkroom.domain.generation import Output, OutputKind, Status, Summary
from darkroom.domain.queue import Hold, Order
from darkroom.domain.snapshot import Snapshot
from darkroom.services.attention import IDLE_S, Attention
from darkroom.services.notices import EVERY_S, LOOK_EVERY_S, Notices, left_to_do
from darkroom.services.tidings import Left
from darkroom.services.updates import Changed, Hub, QueueChanged, StoreChanged
from tests.services.notice_material import OUT_OF_MEMORY, HandClock, summary

if TYPE_CHECKING:
    from darkroom.services.core import Core

BELL_ONLY = Settings(notify="never")
EVERY_JOB = Settings(notify="never", notify_on="job")


class Desk:
    """A hub with work on it, and somebody to tell."""

    def __init__(self, settings: Settings, *, terminal: bool = True, is_away: bool = True) -> None:
        self.hub = Hub()
        self.clock = HandClock()
        self.waiting = 0
        self.held = 0
        self.said: list[str] = []
        self.troubles: list[DarkroomError] = []
        self.is_away = is_away
        self.is_counted = True
        self.pictures = Path("/pictures")
        self.notices = Notices(
            self.hub.subscribe(),
            settings,
            left=self._count,
            say=self.said.append if terminal else None,
            away=lambda: self.is_away,
            picture=self.pictures.joinpath,
            complain=self.troubles.append,
            environ={"TERM": "foot"},
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    async def _count(self) -> Left:
        if not self.is_counted:
            raise StoreError("The disk is gone")
        return Left(self.waiting, self.held)

    def end(self, *ends: Summary, waiting: int) -> None:
        """These ended, and so many are left."""
        self.waiting = waiting
        for each in ends:
            self.hub.publish(Changed(each))

    async def settle(self) -> None:
        """Lets everything run that need not wait for the clock."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def forward(self, seconds: float) -> None:
        """Lets so much time pass."""
        await self.settle()
        self.clock.forward(seconds)
        await self.settle()


def done(ident: str, prompt: str = "a harbour") -> Summary:
    return summary(ident, Status.COMPLETE, prompt=prompt)


def failed(ident: str) -> Summary:
    return summary(ident, Status.FAILED, reason=OUT_OF_MEMORY)


async def test_the_end_of_the_only_job_rings_and_notifies() -> None:
    desk = Desk(Settings())
    async with desk.notices:
        desk.hub.publish(Changed(summary("a", Status.QUEUED)))
        desk.end(done("a", "a quiet; harbour"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x07\x1b]777;notify;Picture ready;a quiet, harbour\x1b\\"]


async def test_in_a_batch_only_failures_and_the_end_are_told() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        desk.end(done("a"), done("b"), waiting=3)
        await desk.forward(EVERY_S)
        assert desk.said == []
        desk.end(failed("c"), waiting=2)
        await desk.forward(LOOK_EVERY_S)
        assert [said.split(";")[2] for said in desk.said] == ["Generation failed"]
        desk.end(done("d"), done("e"), waiting=0)
        await desk.forward(EVERY_S)
        assert [said.split(";")[2] for said in desk.said] == ["Generation failed", "Queue empty"]
        assert "4 done, 1 failed in " in desk.said[1]


async def test_what_comes_too_soon_is_summed_up_and_the_last_is_never_dropped() -> None:
    desk = Desk(Settings(bell="never", notify_on="job"))
    async with desk.notices:
        desk.end(done("0"), waiting=99)
        await desk.forward(LOOK_EVERY_S)
        for number in range(1, 10):
            desk.end(done(str(number)), waiting=99 - number)
            await desk.forward(0.5)
        assert len(desk.said) == 1
        await desk.forward(EVERY_S - 4.5)
        assert [said.split(";")[2] for said in desk.said] == ["Picture ready", "9 done"]
        await desk.forward(EVERY_S * 10)
        assert len(desk.said) == 2


async def test_at_most_one_notice_in_ten_seconds_under_a_flood() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        for number in range(1000):
            desk.end(failed(str(number)), waiting=1000 - number)
            await desk.forward(0.1)
        assert 9 <= len(desk.said) <= 11


async def test_who_leaves_is_told_at_once_what_was_held_back() -> None:
    desk = Desk(Settings(bell="never", notify_on="job"))
    async with desk.notices:
        desk.end(done("a"), waiting=1)
        await desk.forward(LOOK_EVERY_S)
        desk.end(done("b"), waiting=0)
    assert [said.split(";")[2] for said in desk.said] == ["Picture ready", "Queue empty"]


async def test_an_end_published_just_before_leaving_is_told() -> None:
    desk = Desk(BELL_ONLY)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
    assert desk.said == ["\x07"]


@pytest.mark.parametrize(
    ("bell", "notify", "is_away", "rung", "shown"),
    [
        ("away", "away", False, False, False),
        ("away", "away", True, True, True),
        ("always", "never", False, True, False),
        ("never", "always", False, False, True),
        ("never", "never", True, False, False),
    ],
)
async def test_bell_and_notification_follow_their_settings(
    bell: str, notify: str, is_away: bool, rung: bool, shown: bool
) -> None:
    desk = Desk(Settings(bell=bell, notify=notify), is_away=is_away)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
    assert ("\x07" in "".join(desk.said)) is rung
    assert ("\x1b]777;" in "".join(desk.said)) is shown


async def test_what_was_not_said_to_somebody_present_holds_nothing_up() -> None:
    desk = Desk(EVERY_JOB, is_away=False)
    async with desk.notices:
        desk.end(done("a"), waiting=1)
        await desk.forward(LOOK_EVERY_S)
        desk.is_away = True
        desk.end(done("b"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x07"]


async def test_a_deletion_and_its_undoing_are_no_ends() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        await desk.forward(LOOK_EVERY_S)
        desk.hub.publish(Changed(summary("old", Status.COMPLETE, trashed=True)))
        desk.hub.publish(Changed(summary("old", Status.COMPLETE)))
        await desk.forward(EVERY_S)
    assert desk.said == []


async def test_the_same_end_is_told_once() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        for _ in range(3):
            desk.end(done("a"), waiting=5)
            await desk.forward(EVERY_S)
        assert desk.said == ["\x07"]


async def test_a_queue_that_others_emptied_is_told_at_a_terminal() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        for waiting in (4, 2, 0):
            desk.waiting = waiting
            desk.hub.publish(StoreChanged())
            await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x1b]777;notify;Queue empty;\x1b\\"]


async def test_a_queue_that_a_failure_stopped_is_told_after_the_failure() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        desk.end(done("a"), failed("b"), waiting=7)
        await desk.forward(LOOK_EVERY_S)
        desk.waiting, desk.held = 0, 7
        desk.hub.publish(QueueChanged())
        await desk.forward(EVERY_S)
    assert [said.split(";")[2] for said in desk.said] == ["Generation failed", "Queue paused"]
    assert "7 wait" in desk.said[1]


async def test_a_store_that_cannot_be_read_delays_the_notice() -> None:
    desk = Desk(BELL_ONLY)
    async with desk.notices:
        desk.is_counted = False
        desk.end(failed("a"), waiting=3)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == []
        desk.is_counted = True
        await desk.forward(EVERY_S)
        assert desk.said == ["\x07"]


def writes_to(file: Path) -> str:
    """A command that appends its input to a file."""
    code = f"import sys; open({str(file)!r}, 'a').write(sys.stdin.read())"
    return f'"{sys.executable}" -c "{code}"'


async def until(desk: Desk, file: Path, lines: int) -> list[str]:
    """The lines of `file` as soon as it has so many."""
    end = time.monotonic() + 20
    while len(found := read(file)) < lines:
        assert time.monotonic() < end, f"never: {lines} lines in {file}, {desk.troubles}"
        await asyncio.sleep(0.01)
    return found


def read(file: Path) -> list[str]:
    """The whole lines that were written so far."""
    return (
        [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
        if file.exists()
        else []
    )


async def test_the_command_is_given_the_notice_and_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "told"
    desk = Desk(Settings(notify_command=writes_to(file)), terminal=False)
    output = Output(0, "ab" * 32, "x.png", OutputKind.IMAGE, "image/png", 7)
    async with desk.notices:
        desk.end(summary("a", Status.COMPLETE, output=output), waiting=0)
    (line,) = await until(desk, file, 1)
    told = json.loads(line)
    assert (told["event"], told["title"], told["waiting"]) == ("done", "Picture ready", 0)
    assert told["generation"]["id"] == "a"
    assert told["picture"] == str(desk.pictures / ("ab" * 32))
    assert told["away"] is True


async def test_without_a_terminal_the_work_of_others_is_left_to_them(tmp_path: Path) -> None:
    file = tmp_path / "told"
    settings = Settings(notify_command=writes_to(file))
    for terminal in (False, True):
        desk = Desk(settings, terminal=terminal)
        async with desk.notices:
            for waiting in (4, 0):
                desk.waiting = waiting
                desk.hub.publish(StoreChanged())
                await desk.forward(LOOK_EVERY_S)
        assert len(desk.said) == terminal
    assert not file.exists()


@pytest.mark.parametrize(("when", "runs"), [("away", False), ("always", True)])
async def test_the_command_follows_its_setting(tmp_path: Path, when: str, runs: bool) -> None:
    file = tmp_path / "told"
    settings = Settings(notify_command=writes_to(file), notify_command_when=when)
    desk = Desk(settings, is_away=False)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
    assert file.exists() is runs


async def test_what_is_wrong_with_the_command_is_told_once() -> None:
    desk = Desk(Settings(notify_on="job", notify_command="/nowhere/tell"), terminal=False)
    async with desk.notices:
        for name in "abc":
            desk.end(done(name), waiting=5)
            await desk.forward(EVERY_S)
    assert [error.title for error in desk.troubles] == ["The notify_command cannot be run"]


async def test_a_slow_command_sums_up_what_comes_meanwhile(tmp_path: Path) -> None:
    """One at a time: the second run begins after the first was let go."""
    told, gate = tmp_path / "told", tmp_path / "gate"
    script = tmp_path / "slow.py"
    script.write_text(
        "import os, sys, time\n"
        f"open({str(told)!r}, 'a').write(os.environ['DARKROOM_TITLE'] + '\\n')\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
    )
    command = f'"{sys.executable}" "{script}"'
    desk = Desk(Settings(notify_on="job", notify_command=command), terminal=False)
    async with desk.notices:
        desk.end(done("a"), waiting=9)
        await until(desk, told, 1)
        for name in "bcd":
            desk.end(done(name), waiting=6)
            await desk.forward(EVERY_S)
        assert len(read(told)) == 1
        gate.touch()
        assert await until(desk, told, 2) == ["Picture ready\n", "3 done\n"]


async def test_what_waits_to_be_resumed_is_counted_apart(core: Core) -> None:
    session = await core.sessions.create("work")

    async def add(hold: Hold = Hold.NONE) -> str:
        snapshot = Snapshot("comfyui", "nowhere", "txt2img", "txt2img", {})
        return (await core.queue.add(session.id, snapshot, Order(hold=hold))).id

    assert await left_to_do(core) == Left(0)
    await add(Hold.PAUSED)
    waits = await add()
    assert await left_to_do(core) == Left(1, held=1)
    await core.queue.pause("nowhere")
    assert await left_to_do(core) == Left(0, held=2)
    await core.queue.resume("nowhere")
    await core.queue.pause()
    assert await left_to_do(core) == Left(0, held=2)
    await core.queue.resume()
    await core.generations.cancel(waits)
    assert await left_to_do(core) == Left(0, held=1)


def test_who_has_not_touched_a_key_for_long_is_away() -> None:
    clock = HandClock()
    attention = Attention(clock)
    assert not attention.away()
    clock.forward(IDLE_S - 1)
    assert not attention.away()
    clock.forward(1)
    assert attention.away()
    attention.seen()
    assert not attention.away()


def test_a_terminal_that_lost_the_focus_is_looked_away_from() -> None:
    attention = Attention(HandClock())
    attention.focus(False)
    assert attention.away()
    attention.focus(True)
    assert not attention.away()
    attention.focus(False)
    attention.seen()
    assert not attention.away()
