"""What the picture widget writes to a real terminal device, decoded."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
KEYS = {
    "f2": b"\x1bOQ",
    "f4": b"\x1bOS",
    "f6": b"\x1b[17~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "escape": b"\x1b",
}
COLUMNS, LINES, CELL = 80, 24, (10, 20)


class Terminal:
    """A terminal device, and all that was written to it."""

    def __init__(self, device: int) -> None:
        self.device = device
        self.stream = ""
        self.since = 0

    def press(self, *keys: str) -> None:
        """Types; `new` starts anew."""
        self.since = len(self.stream)
        os.write(self.device, b"".join(KEYS.get(key, key.encode()) for key in keys))

    @property
    def new(self) -> str:
        """What was written since the latest key."""
        return self.stream[self.since :]

    def read(self, timeout_s: float) -> bool:
        """Takes what is there; False when nothing came in time."""
        if not select.select([self.device], [], [], timeout_s)[0]:
            return False
        try:
            data = os.read(self.device, 65536)
        except OSError:  # Linux: the other end was closed
            return False
        self.stream += data.decode("utf-8", "replace")
        return bool(data)

    def until(self, condition: Callable[[], object]) -> None:
        """Reads until `condition` holds, and on until the program has been quiet for a moment."""
        end = time.monotonic() + 20
        while not condition():
            assert self.read(0.5) or time.monotonic() < end, "it never came"
            assert time.monotonic() < end, "it never came"
        while self.read(0.3):
            assert time.monotonic() < end, "it never ends"


@contextmanager
def program(protocol: str, **environ: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    window = struct.pack("HHHH", LINES, COLUMNS, COLUMNS * CELL[0], LINES * CELL[1])
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, window)
    inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.terminal.program", protocol],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True,
        env=inherited | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT / "src")} | environ,
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(ours)
    try:
        yield terminal
        terminal.press("f9")
        end = time.monotonic() + 20
        while process.poll() is None:
            terminal.read(0.2)
            assert time.monotonic() < end, "it does not quit"
        while terminal.read(0.1):
            pass
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def flipped() -> Image.Image:
    return decoders.harbour().transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def test_sixels_are_drawn_once_and_again_only_when_painted_over() -> None:
    with program("sixel", COLORTERM="truecolor") as terminal:
        terminal.until(lambda: decoders.sixels(terminal.stream))
        (picture,) = decoders.sixels(terminal.stream)
        assert decoders.mean_error(picture, decoders.harbour()) < 3.5
        assert decoders.mean_error(picture, flipped()) > 6
        # 42 columns of 60 to the right of the side, 21 lines above the field.
        assert picture.size == (42 * CELL[0], 21 * CELL[1])
        assert re.search(r"\x1b7\x1b\[1;30H\x1bP", terminal.stream), "it is where its cells are"

        terminal.press("a", "b", "c")
        terminal.until(lambda: "c" in terminal.new)
        assert not decoders.sixels(terminal.new), "typing elsewhere does not send it again"

        terminal.press("f4")
        terminal.until(lambda: decoders.sixels(terminal.new))
        assert decoders.mean_error(decoders.sixels(terminal.new)[-1], flipped()) < 4
        assert len(terminal.new.split("\x1bP")[0]) < 600, "nothing is blanked before it is replaced"

        terminal.press("f2")
        terminal.until(lambda: "really?" in terminal.new)
        assert "▀" in terminal.new, "below a dialog it is half blocks"
        assert not decoders.sixels(terminal.new)

        terminal.press("escape")
        terminal.until(lambda: decoders.sixels(terminal.new))
        assert len(decoders.sixels(terminal.new)) == 1


def test_kitty_pictures_are_sent_shown_by_number_and_deleted() -> None:
    with program("kitty", COLORTERM="truecolor") as terminal:
        terminal.until(lambda: "\U0010eeee" in terminal.stream)
        seen = decoders.kitty(terminal.stream)
        (first,) = seen.sent
        assert decoders.mean_error(seen.pictures[first], decoders.harbour()) < 3.5
        assert decoders.mean_error(seen.pictures[first], flipped()) > 6
        assert seen.cells[first] == (42, 21)
        assert re.search(rf"\x1b\[38;5;{first}(;[0-9;]*)?m\U0010eeee", terminal.stream), (
            "its colour is its number"
        )
        assert terminal.stream.index("\x1b_G") < terminal.stream.index("\U0010eeee"), (
            "sent before it is shown"
        )

        terminal.press("a")
        terminal.until(lambda: "a" in terminal.new)
        assert "\x1b_G" not in terminal.new

        terminal.press("f4")
        terminal.until(lambda: decoders.kitty(terminal.new).deleted)
        seen = decoders.kitty(terminal.new)
        (second,) = seen.sent
        assert second != first
        assert seen.deleted == [first]
        deletion = terminal.new.index("a=d")
        assert terminal.new.rindex("\U0010eeee") < deletion, "the old one stays until the new one is shown"

        terminal.press("f2")
        terminal.until(lambda: "really?" in terminal.new)
        assert "▀" in terminal.new
        assert "\U0010eeee" not in terminal.new, "a tinted placeholder would name another picture"

        terminal.press("escape")
        terminal.until(lambda: "\U0010eeee" in terminal.new)
    assert second in decoders.kitty(terminal.stream).deleted, "nothing is left in the terminal"


def test_stepping_aside_deletes_the_picture_and_coming_back_sends_it_again() -> None:
    with program("kitty", COLORTERM="truecolor") as terminal:
        terminal.until(lambda: "\U0010eeee" in terminal.stream)
        (first,) = decoders.kitty(terminal.stream).sent
        terminal.press("f8")
        terminal.until(lambda: "\U0010eeee" in terminal.new.partition("another's")[2])
        before, _, after = terminal.new.partition("another's")
        assert decoders.kitty(before).deleted == [first]
        (second,) = decoders.kitty(after).sent
        assert f"38;5;{second}" in after
        assert decoders.mean_error(decoders.kitty(after).pictures[second], decoders.harbour()) < 3.5


def test_kitty_pictures_are_wrapped_for_tmux() -> None:
    with program("kitty", COLORTERM="truecolor", TMUX="socket,1,0") as terminal:
        terminal.until(lambda: "\U0010eeee" in terminal.stream)
        outer = re.sub(r"\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\", "", terminal.stream)
        assert "_G" not in outer
        (number,) = decoders.kitty(decoders.unwrapped(terminal.stream)).sent
        assert number


def test_without_true_colour_half_blocks_are_of_256_colours() -> None:
    with program("half") as terminal:
        terminal.until(lambda: "▀" in terminal.stream)
        assert re.search(r"38;5;\d+;48;5;\d+m▀", terminal.stream)
        assert "38;2;" not in terminal.stream


def test_with_sixteen_colours_placeholders_would_lie_and_are_not_used() -> None:
    with program("kitty", TERM="xterm") as terminal:
        terminal.until(lambda: "▀" in terminal.stream)
        assert "\x1b_G" not in terminal.stream
        assert "\U0010eeee" not in terminal.stream


def test_live_frames_and_keys_share_the_screen() -> None:
    with program("kitty", COLORTERM="truecolor") as terminal:
        terminal.until(lambda: "\U0010eeee" in terminal.stream)
        terminal.press("f6")
        end = time.monotonic() + 20
        while len(decoders.kitty(terminal.new).sent) < 8:
            terminal.read(0.2)
            assert time.monotonic() < end
        seen = decoders.kitty(terminal.new)
        assert len(set(seen.sent[:3])) == 3, "numbers take turns"
        assert len(seen.pictures) <= 4, "old frames are deleted"
