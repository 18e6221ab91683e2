"""The longest stall of the event loop while a 6 MB `/object_info` is read.

The yardstick is the same document through the same client, decoded by `json.loads` in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks import files
from benchmarks.figures import Figure, median, spread
from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.http import Answer, Http

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.__main__ import Options

BOUND_MS = 10.0
CLASSES = 1900
NAME = "object_info.json"


def document() -> bytes:
    """6 MB as ComfyUI with many custom nodes gives them: classes, and combos that list many files."""
    files = [f"models/some folder/checkpoint number {n:05d}.safetensors" for n in range(400)]
    number = [
        "FLOAT",
        {"default": 1.0, "min": -10.0, "max": 10.0, "step": 0.01, "tooltip": "What it does. " * 4},
    ]
    classes: dict[str, Any] = {}
    for index in range(CLASSES):
        required = {f"value_{n}": number for n in range(10)}
        if index % 20 == 0:
            required["ckpt_name"] = [files, {"tooltip": "The checkpoint."}]
        classes[f"SomeCustomNode{index}"] = {
            "input": {"required": required, "optional": {"möglich": ["STRING", {"multiline": True}]}},
            "input_order": {"required": list(required), "optional": ["möglich"]},
            "output": ["IMAGE"],
            "output_is_list": [False],
            "description": "Does something to an image, in its own way. " * 3,
            "category": "custom/nodes",
        }
    return json.dumps(classes).encode()


async def longest_stall_ms(work: Awaitable[Any]) -> float:
    """The longest time that another task had to wait for its turn while `work` ran.

    Of each wait only the processor time of this process counts, of all its threads, for one that holds the
    interpreter makes the loop wait too: what other programs took away meanwhile is no stall of ours.
    """
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        last, worked = perf_counter(), process_time()
        while True:
            await asyncio.sleep(0)
            now, work_now = perf_counter(), process_time()
            longest = max(longest, min(now - last, work_now - worked))
            last, worked = now, work_now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    longest = 0.0
    await work
    await asyncio.sleep(0)  # what was done last made it wait too
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    return longest * 1000


async def in_pieces(http: Http, answer: Answer) -> Any:
    """As Darkroom does it."""
    return await http.json(answer)


async def in_a_thread(_http: Http, answer: Answer) -> Any:
    """As one would think it does not matter."""
    return await asyncio.to_thread(json.loads, answer.body)


async def _read(http: Http, decode: Callable[[Http, Answer], Awaitable[Any]], read: list[Any]) -> None:
    # It is let go of after the measurement: that is no reading, and `catalogs` measures it.
    read.append(await decode(http, await http.get(f"/{NAME}")))


async def _measure(url: str, runs: int) -> tuple[list[float], list[float]]:
    address, access = parse_address(url, Access())
    http = Http("benchmark", address, access)
    ours: list[float] = []
    theirs: list[float] = []
    try:
        for count in range(runs + 1):
            for found, decode in ((ours, in_pieces), (theirs, in_a_thread)):
                gc.collect()
                read: list[Any] = []
                stall = await longest_stall_ms(_read(http, decode, read))
                if count:  # the first round warms up
                    found.append(stall)
    finally:
        await http.aclose()
    return ours, theirs


def measure(options: Options) -> list[Figure]:
    """Reads the document `options.runs` times in each way."""
    with tempfile.TemporaryDirectory() as folder:
        data = document()
        (Path(folder) / NAME).write_bytes(data)
        with files.serving(Path(folder)) as url:
            ours, theirs = asyncio.run(_measure(url, options.runs))
    return [
        Figure(
            f"longest stall while {len(data) / 1e6:.1f} MB of JSON are read",
            median(ours),
            median(theirs),
            "ms",
            f"at most {BOUND_MS:.0f} ms; yardstick: json.loads in a thread",
            median(ours) <= BOUND_MS,
            spread(ours),
        )
    ]
