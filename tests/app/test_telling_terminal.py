"""What the terminal is told while another program has it."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from darkroom.config.paths import resolve
from darkroom.config.writing import write
from darkroom.domain.profile import Profile
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT_S = 60.0


class Screen:
    """A terminal with a program on it."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            (sys.executable, "-m", "darkroom"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environ,
            start_new_session=True,
        )
        os.close(theirs)
        self.stream = b""

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def until(self, expected: bytes) -> None:
        """Reads until the program has written this, from now on."""
        end = time.monotonic() + TIMEOUT_S
        while expected not in self.stream:
            assert time.monotonic() < end, f"{expected!r} never came"
            if select.select([self._ours], [], [], 0.2)[0]:
                self.stream += os.read(self._ours, 65536)
        self.stream = self.stream.partition(expected)[2]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


async def test_an_end_is_told_past_an_editor_that_has_the_terminal(tmp_path: Path) -> None:
    paths = resolve(tmp_path / "home", {})
    paths.create()
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\necho edit-ing\n: > {begun}\nuntil [ -e {gate} ]; do sleep 0.05; done\n")
    editor.chmod(0o755)
    async with comfyui_server(tmp_path, speed=0) as server:
        await server.fault("slow_step", seconds=0.5, count=-1)
        write(paths, Profile("box", url=server.url, defaults={"width": 64, "height": 64, "steps": 8}))
        screen = Screen({
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DARKROOM_HOME": str(tmp_path / "home"),
            "DARKROOM_EDITOR": str(editor),
            "DARKROOM_NOTIFY": "always",
            "LANG": "C.UTF-8",
            "TERM": "foot",
        })  # fmt: skip
        try:
            await asyncio.to_thread(edit_meanwhile, screen, gate)
        finally:
            screen.close()


def edit_meanwhile(screen: Screen, gate: Path) -> None:
    """Starts a picture, opens the editor, and closes it when the picture was told."""
    screen.until(b"box")
    screen.press(b"harbour\x07")  # ctrl+g
    screen.until(b"1/8")
    screen.press(b"\x1bOS")  # f4
    screen.until(b"edit-ing")
    screen.until(b"\x1b]777;notify;Picture ready;harbour\x1b\\")
    gate.touch()
    screen.until(b"\x1b[?1049h")  # Darkroom has the screen again
