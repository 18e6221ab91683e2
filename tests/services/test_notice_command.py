"""The person's command: what it is given, and what it can do to us."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import ConfigError, DarkroomError
from darkroom.domain.generation import Status
from darkroom.services.notice_command import Command
from darkroom.services.tidings import Event, Notice, Tally
from tests.services.notice_material import OUT_OF_MEMORY, summary

if TYPE_CHECKING:
    from pathlib import Path


def notice(prompt: str = "a harbour") -> Notice:
    tally = Tally()
    tally.add(summary("a1", Status.FAILED, prompt=prompt, reason=OUT_OF_MEMORY))
    return Notice(Event.FAILED, "Generation failed", prompt, tally, 3)


def script(tmp_path: Path, code: str) -> str:
    """The command line of a small program."""
    file = tmp_path / "a script.py"
    file.write_text(code)
    return f'"{sys.executable}" "{file}"'


async def test_it_is_told_by_its_environment_and_its_input(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    line = script(
        tmp_path,
        "import json, os, sys\n"
        "named = {k: v for k, v in os.environ.items() if k.startswith('DARKROOM_')}\n"
        f"json.dump([named, json.load(sys.stdin), sys.argv[1:]], open({str(out)!r}, 'w'))\n",
    )
    await Command(f"{line} '$HOME; ls' *").run(notice(), away=True, picture=tmp_path / "p.png")
    named, told, arguments = json.loads(out.read_text())
    assert arguments == ["$HOME; ls", "*"], "no shell reads the line"
    assert (
        named
        | {
            "DARKROOM_EVENT": "failed",
            "DARKROOM_TITLE": "Generation failed",
            "DARKROOM_BODY": "a harbour",
            "DARKROOM_WAITING": "3",
            "DARKROOM_AWAY": "yes",
            "DARKROOM_GENERATION": "a1",
            "DARKROOM_PICTURE": str(tmp_path / "p.png"),
        }
        == named
    )
    assert (told["event"], told["failed"], told["done"], told["seconds"]) == ("failed", 1, 0, None)
    assert told["generation"]["reason"] == "The server ran out of memory"


async def test_foreign_text_stays_data(tmp_path: Path) -> None:
    out, prompt = tmp_path / "out.json", "'; rm -rf ~ `id` $(id) \ud800 \"港"
    line = script(tmp_path, f"import sys; open({str(out)!r}, 'wb').write(sys.stdin.buffer.read())")
    tally = Tally()
    tally.add(summary("a1", Status.COMPLETE, prompt=prompt))
    await Command(line).run(Notice(Event.DONE, "t", "b", tally), away=False, picture=None)
    assert json.loads(out.read_text())["generation"]["prompt"] == prompt


async def test_what_it_prints_goes_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    line = script(
        tmp_path, "import sys; print('\\x1b]0;x\\x07' + 'y' * 100_000); print('z', file=sys.stderr)"
    )
    with caplog.at_level(logging.INFO):
        await Command(line).run(notice(), away=True, picture=None)
    (record,) = [r for r in caplog.records if "printed" in r.message]
    assert "yyy" in record.message
    assert "\x1b" not in record.message
    assert len(record.message) < 5000


async def test_a_failure_says_the_status(tmp_path: Path) -> None:
    with pytest.raises(DarkroomError, match="failed") as caught:
        await Command(script(tmp_path, "raise SystemExit(3)")).run(notice(), away=True, picture=None)
    assert "status 3" in caught.value.detail


@pytest.mark.parametrize("line", ['say "unended', "   "])
async def test_a_line_that_is_no_command_is_a_mistake_in_the_configuration(line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        await Command(line).run(notice(), away=True, picture=None)
    assert caught.value.key == "notify_command"


@pytest.mark.parametrize("line", ["/nowhere/at/all", "no\0thing", "/"])
async def test_a_program_that_cannot_be_run_is_told(line: str) -> None:
    with pytest.raises(DarkroomError, match="cannot be run"):
        await Command(line).run(notice(), away=True, picture=None)


async def test_one_that_does_not_end_in_time_is_ended(tmp_path: Path) -> None:
    with pytest.raises(DarkroomError, match="took too long"):
        await Command("sleep 600", timeout_s=0.2).run(notice(), away=True, picture=None)


async def test_it_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """A named pipe tells: it is at its end when the last process that writes to it is gone."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    line = script(
        tmp_path,
        "import os, subprocess, sys, time\n"
        f"out = os.open({str(fifo)!r}, os.O_WRONLY)\n"
        "if len(sys.argv) == 1: subprocess.Popen([sys.executable, sys.argv[0], 'child'])\n"
        "os.write(out, b'.')\n"
        "time.sleep(600)\n",
    )
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        running = asyncio.create_task(Command(line).run(notice(), away=True, picture=None))
        assert await heard(reader, 2) == b".."
        running.cancel()
        assert await heard(reader, 1) == b""
        with pytest.raises(asyncio.CancelledError):
            await running
    finally:
        os.close(reader)


async def heard(reader: int, length: int) -> bytes:
    """So many bytes from a pipe, or fewer when all who wrote to it are gone."""
    data, loop = b"", asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while len(data) < length:
            ready = asyncio.Event()
            loop.add_reader(reader, ready.set)
            await ready.wait()
            loop.remove_reader(reader)
            part = os.read(reader, length - len(data))
            if not part and data == b"" and length > 1:
                await asyncio.sleep(0.01)  # nobody writes to it yet
                continue
            if not part:
                break
            data += part
    return data


async def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    line = script(
        tmp_path,
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pid)!r}, 'w').write(str(child.pid))\n",
    )
    began = time.monotonic()
    await Command(line, timeout_s=30).run(notice(), away=True, picture=None)
    assert time.monotonic() - began < 20
    os.kill(int(pid.read_text()), 9)
