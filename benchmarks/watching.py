"""What somebody sees of live previews over a line: which frames, how late each key, how long the end."""

from __future__ import annotations

import itertools
import random
import sys
import time
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from tests.terminal.scripted import PROFILES, Screen, ScriptedTerminal
from tests.terminal.scripted.compose import screen_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.moving import Frames

SIZE, CELL = (80, 24), (10, 20)
PICTURE = (40 * CELL[0], 20 * CELL[1])
FIELD = 20
"""The line of the text field, 0-based."""

WANTED = 40
"""Frames that are made in the time that is looked at."""

SECONDS = 5.0
GRACE_S = 0.5
"""The last frame may be on its way when the time is over."""

KEYS = 24
LATE_S = 5.0
"""A key that is not painted so long after the last frame is not waited for."""

EXIT_S = 20.0
"""Likewise the end of a program."""

LOOK_EVERY_S = 0.01

# xterm selects a colour where it is defined, which textual-image's sixels count on.
TERMINALS = {"kitty": "kitty", "sixel": "xterm", "half": "plain"}


@dataclass(frozen=True)
class Watched:
    """What was seen in one run.

    Attributes:
        frames: Different frames of `WANTED` that were seen whole.
        keys_ms: From each key to its letter on the screen; infinite when it was never seen.
        exit_s: From the last key to the end, with all that was written arrived; infinite when it was stopped.
        kilobytes: That went over the line while frames were shown.
        off: How different the frames looked from what they are: mean of a colour channel, 0 to 255.
    """

    frames: int
    keys_ms: Sequence[float]
    exit_s: float
    kilobytes: float
    off: float


def watch(
    side: str,
    protocol: str,
    folder: Path,
    frames: Frames,
    *,
    rate: float | None,
    ssh: bool = False,
    latency_s: float = 0.0,
) -> Watched:
    """Runs one side of `preview_app` once.

    Args:
        side: "ours" or "textual-image".
        protocol: "kitty", "sixel" or "half".
        folder: Of the frames.
        frames: The same frames.
        rate: Bytes a second of the line.
        ssh: Whether the line takes everything at once.
        latency_s: Of the terminal's answers.
    """
    command = [sys.executable, "-m", "benchmarks.preview_app", side, protocol, str(folder)]
    environ = {"COLORTERM": "truecolor"}
    with ScriptedTerminal(
        command, profile=TERMINALS[protocol], size=SIZE, cell_px=CELL, rate=rate, ssh=ssh,
        latency_s=latency_s, environ=environ,
    ) as terminal:  # fmt: skip
        terminal.until(lambda: terminal.screen.modes.get(1049))
        terminal.rest(0.3, timeout_s=60)
        began = terminal.press("f6")
        typed = _type(terminal, began)
        terminal.pump(began + SECONDS + GRACE_S - time.perf_counter())
        late = time.perf_counter() + LATE_S
        text = "".join(letter for letter, _ in typed)
        while text not in terminal.screen.grid.text(FIELD) and time.perf_counter() < late:
            terminal.step()
        left = terminal.press("f9")
        try:
            exit_s = terminal.ends(EXIT_S) - left
        except AssertionError:
            exit_s = inf
        stream = list(terminal.stream)
    end = began + SECONDS + GRACE_S
    seen = {
        number: off
        for at, number, off in _seen(stream, protocol, frames)
        if at < end and 0 < number <= WANTED
    }
    written = sum(len(data) for at, data in stream if began < at < end)
    off = sum(seen.values()) / max(len(seen), 1)
    return Watched(len(seen), _delays(stream, protocol, typed), exit_s, written / 1000, off)


def _type(terminal: ScriptedTerminal, began: float) -> list[tuple[str, float]]:
    """Types letters all through the time; each with its moment."""
    typed = []
    letters = itertools.islice(itertools.cycle("qwxzvykjhg"), KEYS)
    for place, letter in enumerate(letters):
        due = began + SECONDS * (place + random.random()) / KEYS  # noqa: S311 - not in step with the frames
        terminal.pump(due - time.perf_counter())
        typed.append((letter, terminal.send(letter.encode())))
    return typed


def _delays(stream: list[tuple[float, bytes]], protocol: str, typed: list[tuple[str, float]]) -> list[float]:
    screen = Screen(PROFILES[TERMINALS[protocol]], *SIZE, CELL)
    text = "".join(letter for letter, _ in typed)
    painted: list[float] = []
    for at, data in stream:
        screen.feed(data)
        field = screen.alternate.text(FIELD)
        while len(painted) < len(typed) and text[: len(painted) + 1] in field:
            painted.append(at)
    painted += [inf] * (len(typed) - len(painted))
    return [1000 * (seen - pressed) for seen, (_, pressed) in zip(painted, typed, strict=True)]


def _seen(
    stream: list[tuple[float, bytes]], protocol: str, frames: Frames
) -> Iterator[tuple[float, int, float]]:
    """Moments at which frames were seen whole, which, and how far off: the stream is read again."""
    screen = Screen(PROFILES[TERMINALS[protocol]], *SIZE, CELL)
    version = looked = -1.0
    for at, data in stream:
        screen.feed(data)
        if screen.version == version or at - looked < LOOK_EVERY_S or screen.modes.get(2026):
            continue
        version, looked = screen.version, at
        image = screen_image(screen).crop((0, 0, *PICTURE))
        number = frames.which(image)
        if number is not None:
            yield at, number, frames.off(number, image)
