"""The contact sheet in a scripted kitty: ready, a step further, memory; a long history beside a short one."""

from __future__ import annotations

import asyncio
import io
import re
import sqlite3
import time
from contextlib import closing, contextmanager
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import homes, moving
from benchmarks.figures import Figure, median
from benchmarks.servers import demo_server
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.services.core import Core
from tests.terminal.scripted import PROFILES, Screen, ScriptedTerminal
from tests.terminal.scripted.placeholders import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.__main__ import Options

SHORT, LONG = 200, 10_000
SIZE, CELL = (100, 32), (10, 20)
READY_S = 0.5
STEP_MS = 10.0
STEP_KB = 25.0
RESIDENT_MB = 100.0
LONG_RATIO = 1.15
STEPS = 12
MOST_RUNS = 9
"""Each run starts the program anew."""

KEY_GALLERY, KEY_QUIT = "alt+6", "f10"
_GRAPHICS = re.compile(rb"\x1b_G[^\x1b]*\x1b\\")
_CAPTION = re.compile(r"#\d+ ")


class Looked(NamedTuple):
    """What was seen in one run.

    Attributes:
        ready_s: From the key to the sheet with all pictures in sight.
        steps_ms: From a key to the sheet a row further.
        steps_kb: What was written for it, without pictures.
        resident_mb: Memory of the program in the end.
    """

    ready_s: float
    steps_ms: list[float]
    steps_kb: list[float]
    resident_mb: float


@contextmanager
def _home(url: str, stored: int) -> Iterator[Path]:
    """A home with so many pictures in its session, of which the newest 200 are all different."""
    with homes.home(url, stored=stored) as folder:
        paths = resolve(folder, {})
        hashes = asyncio.run(_kept(folder))
        with closing(sqlite3.connect(paths.database)) as db, db:
            numbers = [
                number for (number,) in db.execute("SELECT generation FROM outputs ORDER BY generation DESC")
            ]
            db.executemany(
                "UPDATE outputs SET hash = ?, width = ?, height = ? WHERE generation = ?",
                [
                    (hashes[place % len(hashes)], moving.SIDE, moving.SIDE, number)
                    for place, number in enumerate(numbers)
                ],
            )
        yield folder


async def _kept(folder: Path) -> list[str]:
    """Keeps the frames of the moving picture; their hashes."""
    paths = resolve(folder, {})
    core = await Core.open(paths, load(paths, {}))
    try:
        hashes = []
        for number in range(moving.COUNT):
            data = io.BytesIO()
            moving.frame(number).save(data, "PNG", compress_level=1)
            hashes.append(await core.store.blobs.add(data.getvalue()))
    finally:
        await core.aclose()
    return hashes


def _look(folder: Path) -> Looked:
    with ScriptedTerminal(
        homes.command(), profile="kitty", size=SIZE, cell_px=CELL, environ={"DARKROOM_HOME": str(folder)}
    ) as terminal:
        terminal.until(lambda: homes.NEWEST in terminal.text())
        terminal.rest(1.0)
        opened = terminal.press(KEY_GALLERY)
        terminal.rest(0.5)  # by then a page around is there as well
        terminal.press("down", "down")
        terminal.rest(0.5)
        pressed = []
        for _ in range(STEPS):
            pressed.append(terminal.press("down"))
            terminal.rest(0.4)
        ended = time.perf_counter()
        resident = _resident_mb(terminal.process.pid)
        stream = list(terminal.stream)
        terminal.press(KEY_QUIT)
        terminal.ends()
    return _replayed(stream, opened, [*pressed, ended], resident)


def _replayed(
    stream: list[tuple[float, bytes]], opened: float, moments: list[float], resident: float
) -> Looked:
    """Reads the stream again, and looks at the screen after every piece; the last moment is the end."""
    pressed = moments[:-1]
    screen = Screen(PROFILES["kitty"], *SIZE, CELL)
    ready_s = inf
    steps_ms: list[float] = []
    captions = _captions(screen)
    waiting = list(pressed)
    for at, data in stream:
        if waiting and at > waiting[0] and len(steps_ms) == len(pressed) - len(waiting):
            captions = _captions(screen)  # before the first piece after the key
            steps_ms.append(0.0)
        screen.feed(data)
        if at > opened and ready_s == inf and _is_ready(screen):
            ready_s = at - opened
        if len(steps_ms) > len(pressed) - len(waiting) and screen.is_whole and _captions(screen) != captions:
            steps_ms[-1] = 1000 * (at - waiting.pop(0))
    steps_kb = [
        len(_GRAPHICS.sub(b"", b"".join(data for at, data in stream if begin < at < end))) / 1000
        for begin, end in pairwise(moments)
    ]
    return Looked(ready_s, steps_ms, steps_kb, resident)


def _captions(screen: Screen) -> list[str]:
    above, _, _ = "\n".join(screen.lines()).partition("───")  # below it the one under the cursor is described
    return _CAPTION.findall(above)


def _is_ready(screen: Screen) -> bool:
    """Whether every picture in sight is there: at least as many as captions, and none in half blocks."""
    text = "\n".join(screen.lines())
    if not screen.is_whole or "Pictures" not in text.partition("\n")[0] or "▀" in text:
        return False
    shown = {part.picture for cells in screen.alternate.cells for _, part in parts(cells)}
    return bool(shown) and shown <= screen.pictures.kept.keys() and len(shown) >= len(_captions(screen))


def _resident_mb(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def measure(options: Options) -> list[Figure]:
    """Of each length one run is not counted: it fills the cache on disk."""
    runs = min(MOST_RUNS, max(3, options.runs // 2))
    with demo_server() as server, _home(server.url, SHORT) as short, _home(server.url, LONG) as long:
        first = _look(short)
        _look(long)
        shorts, longs = [], []
        for _ in range(runs):
            shorts.append(_look(short))
            longs.append(_look(long))
    ready, ready_long = [look.ready_s for look in shorts], [look.ready_s for look in longs]
    name = f"sheet of {SHORT}: key → all pictures in sight"
    return [
        _bounded(name, ready, "s", READY_S, f"; with an empty cache {first.ready_s:.2f} s"),
        _bounded(
            "sheet: key → a row further", [ms for look in shorts for ms in look.steps_ms], "ms", STEP_MS
        ),
        _bounded(
            "sheet: written for a row further, without new pictures",
            [kb for look in shorts for kb in look.steps_kb],
            "kB",
            STEP_KB,
        ),
        _bounded(
            f"sheet of {SHORT}: resident memory", [look.resident_mb for look in shorts], "MB", RESIDENT_MB
        ),
        Figure(
            f"sheet of {LONG:,} beside one of {SHORT}: key → all pictures in sight",
            median(ready_long),
            median(ready),
            "s",
            f"at most {LONG_RATIO:g}×",
            median(ready_long) <= LONG_RATIO * median(ready),
            f"{min(ready_long):.2f}–{max(ready_long):.2f}",
        ),
    ]


def _bounded(name: str, values: list[float], unit: str, most: float, note: str = "") -> Figure:
    """The median of some values, which may be so large at most."""
    found = median(values)
    bound = f"at most {most:g} {unit}"
    range_ = f"{min(values):.2f}–{max(values):.2f}, {len(values)} values"
    return Figure(name, found, None, unit, bound, found <= most, range_ + note)
