"""Search among 100,000 generations, and opening a session of 10,000 beside one of 100.

The yardstick of a search is the same SQL through a bare `sqlite3` connection in this process.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from benchmarks.figures import Figure, median, show, spread
from darkroom.domain.query import Filter, parse_filter
from darkroom.store import reading, schema, search
from darkroom.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

GENERATIONS = 100_000
LARGE, SMALL = 10_000, 100
SIZES = (LARGE, SMALL, *[LARGE] * 8, GENERATIONS - 9 * LARGE - SMALL)
SEARCH_BOUND_MS = 50.0
SESSION_BOUND = 1.15
LIMIT = 50

SEARCHES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("two words and two filters", "harbour mist", ("steps>=30", "width=1024")),
    ("one letter, as when typing begins", "h", ()),
    ("filters alone", "", ("steps>=30", "width=1024", "sampler=euler")),
    ("a common word, a filter that nothing passes", "harbour", ("model=nothing",)),
    ("a filter that nothing passes", "", ("prompt~zzzz",)),
)
"""The last two are the worst cases: every row, or every second, is looked at."""

_COMMON = ("harbour", "mist", "lighthouse", "portrait", "oil painting", "dramatic light", "film grain")
_COLUMNS = (
    "id, session_id, status, owner, created_at, duration_s, expected, width, height, steps, cfg_scale, seed,"
    " sampler, scheduler, service, profile, workflow, checkpoint, loras, prompt, negative"
)


class Options(Protocol):
    """What the command line gives."""

    runs: int


def build(database: Path, sizes: Sequence[int] = SIZES) -> list[str]:
    """A database with sessions of so many generations each; the ids of the sessions.

    It is written by SQL, without syncing: by the store it would take minutes.
    """
    draw = random.Random(20260504)  # noqa: S311 (no secret)
    sessions = [str(uuid.UUID(int=draw.getrandbits(128))) for _ in sizes]
    owners = [session for session, size in zip(sessions, sizes, strict=True) for _ in range(size)]
    draw.shuffle(owners)
    with closing(schema.prepare(database)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO sessions (id, name, created_at, used_at) VALUES (?, 'session', 0, 0)",
            [(session,) for session in sessions],
        )
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        insert = f"INSERT INTO generations ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 (our own names)
        db.executemany(insert, _rows(draw, owners))
        db.execute("INSERT INTO recipes (number, snapshot) SELECT number, ? FROM generations", ("x" * 1500,))
        db.execute(
            "INSERT INTO outputs SELECT number, 0, lower(hex(randomblob(32))), 'a.png', 'image', 'image/png',"
            " 1000000, width, height, '9' FROM generations"
        )
        db.execute("COMMIT")
    return sessions


def _rows(draw: random.Random, sessions: list[str]) -> Iterator[tuple[str | int | float, ...]]:
    words = ["".join(draw.choices("bcdfglmnprstvaeiou", k=draw.randint(4, 9))) for _ in range(3000)]
    for index, session in enumerate(sessions):
        yield (
            str(uuid.UUID(int=draw.getrandbits(128))),
            session,
            draw.choices(("complete", "failed", "cancelled"), (95, 3, 2))[0],
            "owner",
            1_700_000_000_000_000 + index * 1_000_000,
            draw.random() * 20,
            1,
            draw.choice((512, 768, 1024)),
            draw.choice((512, 768, 1024)),
            draw.randint(10, 50),
            draw.choice((1.0, 3.5, 7.0)),
            str(draw.getrandbits(64)),
            draw.choice(("euler", "dpmpp_2m", "ddim")),
            draw.choice(("normal", "karras")),
            "comfyui",
            "demo",
            "txt2img",
            draw.choice(("sdxl_base.safetensors", "harbour-v2.safetensors", "dream.safetensors")),
            "",
            " ".join(draw.choices(_COMMON, k=4) + draw.choices(words, k=14)),
            "low quality, blurry, distorted, ugly, bad anatomy, watermark, text",
        )


def measure(options: Options) -> list[Figure]:
    """Builds the database, and measures `options.runs` runs of each figure."""
    folder = Path(tempfile.mkdtemp(prefix="darkroom-bench-"))
    try:
        large, small, *_ = build(folder / "darkroom.db")
        return asyncio.run(_measure(folder, large, small, options.runs))
    finally:
        shutil.rmtree(folder)


async def _measure(folder: Path, large: str, small: str, runs: int) -> list[Figure]:
    opening = [await _opening(folder) for _ in range(runs)]
    figures = [
        Figure(
            f"open a store of {GENERATIONS:,} generations",
            median(opening),
            None,
            "ms",
            "≤ 10 ms",
            median(opening) <= 10,
            spread(opening),
        )
    ]
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    try:
        with closing(sqlite3.connect(folder / "darkroom.db")) as bare:
            for name, text, filters in SEARCHES:
                figures.append(
                    await _search(store, bare, name, text, tuple(map(parse_filter, filters)), runs)
                )
        figures.append(await _session(store, large, small, runs))
    finally:
        await store.aclose()
    return figures


async def _opening(folder: Path) -> float:
    start = time.perf_counter()
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    took = (time.perf_counter() - start) * 1000
    await store.aclose()
    return took


async def _search(
    store: Store, bare: sqlite3.Connection, name: str, text: str, filters: tuple[Filter, ...], runs: int
) -> Figure:
    numbers, parameters = search.statement(text, filters, None)
    ours: list[float] = []
    yardstick: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        bare.execute(reading.summaries(numbers), [*parameters, LIMIT, 0]).fetchall()
        yardstick.append((time.perf_counter() - start) * 1000)
        ours.append(await _timed(lambda: store.search.find(text, filters=filters, limit=LIMIT)))
    return Figure(
        f"search {GENERATIONS:,}: {name}",
        median(ours),
        median(yardstick),
        "ms",
        f"≤ {SEARCH_BOUND_MS:.0f} ms",
        median(ours) <= SEARCH_BOUND_MS,
        spread(ours),
    )


async def _session(store: Store, large: str, small: str, runs: int) -> Figure:
    async def open_session(session_id: str) -> None:
        await store.generations.count(session_id)
        await store.generations.page(session_id, offset=0, limit=LIMIT)

    ours: list[float] = []
    yardstick: list[float] = []
    # It takes about a millisecond: many more runs than asked for, in turns.
    for _ in range(runs * 10):
        ours.append(await _timed(lambda: open_session(large)))
        yardstick.append(await _timed(lambda: open_session(small)))
    return Figure(
        f"open a session of {LARGE:,} beside one of {SMALL}",
        median(ours),
        median(yardstick),
        "ms",
        f"≤ {SESSION_BOUND}×",
        median(ours) <= SESSION_BOUND * median(yardstick),
        spread(ours),
    )


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Prints the figures of 20 runs."""

    class Twenty:
        runs = 20

    show(measure(Twenty()))


if __name__ == "__main__":
    main()
