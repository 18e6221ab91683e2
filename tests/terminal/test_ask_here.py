"""A program that asks its terminal gets the answers, and leaves the terminal as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.scripted.terminal import ROOT

ASKED = (sys.executable, "-m", "tests.terminal.asked")
SLOW = 20.0
"""A timeout that is never reached."""


def terminal(profile: str, timeout_s: float, *words: str, **options: Any) -> ScriptedTerminal:
    command = (*ASKED, str(timeout_s), *words)
    return ScriptedTerminal(command, profile=profile, size=(400, 24), from_shell=True, **options)


def found(asked: ScriptedTerminal) -> dict[str, Any]:
    asked.until(lambda: "}>" in asked.all, "it says nothing")
    data: dict[str, Any] = json.loads(asked.all.partition("<")[2].partition("}>")[0] + "}")
    return data


def modes(asked: ScriptedTerminal) -> list[Any]:
    return termios.tcgetattr(asked.device)[:4]


@pytest.mark.parametrize(
    ("profile", "images", "version"),
    [
        ("kitty", "kitty", "kitty(0.41.1)"),
        ("kitty-old", "half", "kitty(0.26.5)"),
        ("sixel", "sixel", "foot(1.21.0)"),
        ("xterm", "sixel", "XTerm(398)"),
        ("plain", "half", "XTerm(398)"),
    ],
)
def test_it_hears_what_the_terminal_answers(profile: str, images: str, version: str) -> None:
    with terminal(profile, SLOW) as asked:
        before = modes(asked)
        told = found(asked)
        assert (told["images"], told["version"], told["cell_px"]) == (images, version, [10, 20])
        asked.ends()
        assert asked.process.returncode == 0
        assert modes(asked) == before
        assert asked.text().rpartition("}>")[2].split() == ["$"], "nothing was echoed"


def test_a_kitty_that_does_not_show_by_its_name_is_asked_twice() -> None:
    with terminal("kitty", SLOW, environ={"TERM": "xterm-256color"}) as asked:
        assert found(asked)["images"] == "kitty"
        assert asked.all.count("a=q") == 1


@pytest.mark.parametrize("split", [(1, 2, 3), range(1, 30), (2, 5)])
def test_answers_may_come_late_and_in_pieces(split: tuple[int, ...]) -> None:
    with terminal("kitty", SLOW, "then-a-line", latency_s=0.4, split=split) as asked:
        assert found(asked)["images"] == "kitty"
        asked.send(b"abc\r")
        asked.until(lambda: "line: 'abc\\n'." in asked.all, "an answer was left over")


def test_a_mute_terminal_is_not_waited_for() -> None:
    with terminal("mute", 0.3, "then-a-line") as asked:
        before = modes(asked)
        told = found(asked)
        assert (told["images"], told["attributes"], told["answered_after_s"]) == ("half", None, None)
        assert modes(asked) == before
        asked.send(b"abc\r")
        asked.until(lambda: "line: 'abc\\n'." in asked.all)


def may_give_back() -> bool:
    switch = Path("/proc/sys/dev/tty/legacy_tiocsti")
    return sys.platform != "linux" or not switch.exists() or switch.read_text().strip() == "1"


@pytest.mark.skipif(not may_give_back(), reason="this system does not let programs type")
def test_what_is_typed_meanwhile_is_given_back() -> None:
    with terminal("kitty", SLOW, "then-a-line", latency_s=0.5) as asked:
        asked.until(lambda: "a=q" in asked.all)
        asked.send(b"q\x1b[A\xc3\xbc\r")
        assert found(asked)["images"] == "kitty"
        asked.until(lambda: "line: 'q\\x1b[Aü\\n'." in asked.all)


def test_ctrl_c_ends_it_and_the_terminal_echoes_again() -> None:
    with terminal("mute", SLOW) as asked:
        before = modes(asked)
        asked.until(lambda: "\x1b[c" in asked.all)
        assert modes(asked) != before, "answers would be echoed"
        asked.send(b"\x03")
        asked.ends()
        assert "KeyboardInterrupt" in asked.all
        assert modes(asked) == before


def test_a_signal_waits_until_the_terminal_echoes_again() -> None:
    with terminal("mute", 1.0) as asked:
        before = modes(asked)
        asked.until(lambda: "\x1b[c" in asked.all)
        os.kill(os.tcgetpgrp(asked.device), signal.SIGTERM)
        asked.ends()
        assert asked.process.returncode == 256 - signal.SIGTERM, "it still counts"
        assert "<" not in asked.all
        assert modes(asked) == before


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_a_terminal_that_goes_away_is_the_end_of_asking() -> None:
    asked = terminal("mute", SLOW)
    asked.until(lambda: "\x1b[c" in asked.all)
    state = Path(f"/proc/{os.tcgetpgrp(asked.device)}/stat")
    os.close(asked.device)
    end = time.monotonic() + SLOW / 2
    while state.exists() and state.read_text().rpartition(") ")[2][0] != "Z":
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.01)
    asked.process.wait(SLOW)


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": "linux"}, {"STY": "1.x"}, {"ZELLIJ": "0"}])
def test_nothing_is_written_where_it_would_be_seen(environ: dict[str, str]) -> None:
    with terminal("kitty", SLOW, environ=environ) as asked:
        assert found(asked)["answers"] == []
        assert "\x1b" not in asked.all.partition("<")[0]


def test_in_the_background_nothing_is_asked_and_nothing_stops() -> None:
    program = f"import subprocess; subprocess.Popen({[*ASKED, '20']!r}, process_group=0).wait(60)"
    command = (sys.executable, "-c", program)
    with ScriptedTerminal(command, profile="kitty", size=(400, 24), from_shell=True) as asked:
        assert found(asked)["answers"] == []


def test_without_a_terminal_nothing_is_asked() -> None:
    done = subprocess.run(
        (*ASKED, "20"),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        cwd=ROOT,
        timeout=60,
        check=True,
        env={"TERM": "xterm-kitty", "PATH": os.environ["PATH"]},
    )
    told = json.loads(done.stdout.strip().strip("<>"))
    assert (told["images"], told["answers"]) == ("half", [])
