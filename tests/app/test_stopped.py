"""The program is stopped by its shell, and goes on."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.terminal.scripted.terminal import ScriptedTerminal

if TYPE_CHECKING:
    import subprocess


def child(process: subprocess.Popen[bytes]) -> int:
    """The one process that the shell has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return int(children)


def test_all_of_the_screen_is_there_again_after_fg(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "darkroom", "--home", str(tmp_path)]
    with ScriptedTerminal(command, profile="xterm", size=(100, 30), from_shell=True) as terminal:
        terminal.until(lambda: "Prompt" in terminal.text())
        terminal.rest()
        before = terminal.text()
        os.kill(child(terminal.process), signal.SIGTSTP)
        terminal.until(lambda: "stopped" in terminal.text())
        assert "Prompt" not in terminal.text()
        terminal.press("enter")
        terminal.until(lambda: terminal.text() == before, "the screen as it was")
