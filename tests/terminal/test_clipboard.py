from __future__ import annotations

import base64
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError
from darkroom.terminal import clipboard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Commands:
    """Keeps what it is asked to run, and ends with a chosen status."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.ran: list[tuple[tuple[str, ...], bytes]] = []

    def __call__(self, command: Sequence[str], data: bytes) -> int:
        self.ran.append((tuple(command), data))
        return self.status


def test_outside_tmux_it_goes_by_osc_52() -> None:
    written: list[str] = []
    run = Commands()
    said = clipboard.copy("häfen ✨", environ={}, write=written.append, run=run)
    (sequence,) = written
    assert sequence.startswith("\x1b]52;c;")
    assert base64.b64decode(sequence[7:-1]).decode() == "häfen ✨"
    assert "OSC 52" in said
    assert "copied" not in said.lower(), "nobody knows whether it arrived"
    assert not run.ran


def test_inside_tmux_its_buffer_is_loaded() -> None:
    written: list[str] = []
    run = Commands()
    said = clipboard.copy("7", environ={"TMUX": "socket,1,0"}, write=written.append, run=run)
    assert run.ran == [(("tmux", "load-buffer", "-w", "-"), b"7")]
    assert not written
    assert "tmux" in said


def test_a_failing_tmux_is_told_and_osc_52_tried() -> None:
    written: list[str] = []
    said = clipboard.copy("7", environ={"TMUX": "x"}, write=written.append, run=Commands(1))
    assert len(written) == 1
    assert "did not work" in said


def test_control_characters_cannot_leave_the_payload() -> None:
    written: list[str] = []
    clipboard.copy("\x07\x1b]0;owned\x07", environ={}, write=written.append, run=Commands())
    assert written[0].count("\x1b") == 1
    assert written[0].count("\x07") == 1


def test_lone_surrogates_do_not_stop_it() -> None:
    written: list[str] = []
    clipboard.copy("a\udc80b\ud800", environ={}, write=written.append, run=Commands())
    assert base64.b64decode(written[0][7:-1]) == b"a?b?"


def test_too_much_text_is_refused_before_anything_is_written() -> None:
    written: list[str] = []
    run = Commands()
    with pytest.raises(InputError, match="too long"):
        clipboard.copy("x" * 80_000, environ={"TMUX": "x"}, write=written.append, run=run)
    assert not written
    assert not run.ran


def test_commands_run_with_input_and_failures_are_a_status() -> None:
    assert clipboard.execute(("sh", "-c", 'test "$(cat)" = hello'), b"hello") == 0
    assert clipboard.execute(("sh", "-c", 'test "$(cat)" = hello'), b"other") == 1
    assert clipboard.execute(("/nowhere/at/all",), b"") == 127


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_real_tmux_has_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = tmp_path / "s"
    tmux = ("tmux", "-S", str(socket), "-f", os.devnull)
    monkeypatch.delenv("TMUX", raising=False)
    subprocess.run([*tmux, "new-session", "-d", "sh"], check=True, timeout=20)
    try:
        monkeypatch.setenv("TMUX", f"{socket},1,0")
        written: list[str] = []
        said = clipboard.copy("häfen\n7", environ=os.environ, write=written.append, run=clipboard.execute)
        shown = subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True, timeout=20)
        assert shown.stdout.decode() == "häfen\n7"
        assert "tmux's buffer" in said
        assert not written
    finally:
        subprocess.run([*tmux, "kill-server"], check=True, timeout=20)
