"""Fooocus's own log of the day: the only place where a job can be found again. Pure.

Each picture is one block of HTML, the newest first, with its parameters as percent-encoded JSON behind the
button that copies them. Source: Fooocus 2.5.5, `modules/private_logger.py`; recording `log.html`.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.connectors.fooocus.handle import JobHandle

ENTRIES_MAX = 200
"""A job has at most a few dozen pictures, and the newest come first."""

_BLOCK = re.compile(r'<div id="[^"<>]{1,200}" class="image-container">')
_NAME = re.compile(r'<a href="([^"<>]{1,200})"')
_COPIED = re.compile(r"to_clipboard\('([^']{0,200000})'\)")
_SEPARATORS = re.compile(r"[\s,.]+")
_CHANGED = re.compile(r"__|\[\[|<lora:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of the log.

    Attributes:
        name: File name, beside the log itself.
        prompt: As it was painted: wildcards drawn, LoRA tags taken out.
        seed: Of this picture.
    """

    name: str
    prompt: str
    seed: int


def read_log(html: str) -> Iterator[Entry]:
    """The newest pictures of the log, newest first; blocks that cannot be read are passed over."""
    starts = [found.end() for _, found in zip(range(ENTRIES_MAX), _BLOCK.finditer(html), strict=False)]
    for start, end in itertools.pairwise([*starts, len(html)]):
        block = html[start:end]
        name, copied = _NAME.search(block), _COPIED.search(block)
        entry = _entry(unescape(name[1]), copied[1]) if name is not None and copied is not None else None
        if entry is not None:
            yield entry


def _entry(name: str, copied: str) -> Entry | None:
    try:
        told = json.loads(unquote(copied))
        seed = int(str(told["seed"]))
        prompt = told["prompt"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    # It is a file beside the log, and never a way to another folder.
    fits = isinstance(prompt, str) and re.fullmatch(r"[\w.-]+", name) is not None
    return Entry(name, prompt, seed) if fits else None


def is_of(entry: Entry, job: JobHandle, seed: int) -> bool:
    """Whether the picture has this seed, and the prompt of `job` as far as that can be told."""
    if entry.seed != seed:
        return False
    return _CHANGED.search(job.prompt) is not None or _words(entry.prompt) == _words(job.prompt)


def _words(prompt: str) -> list[str]:
    """Fooocus takes spaces, commas and full stops away at the ends of lines."""
    return _SEPARATORS.sub(" ", prompt).split()


def seeds(job: JobHandle) -> list[int]:
    """The seed of each picture of `job`, in their order."""
    if job.same_seed:
        return [job.seed] * job.count
    # Source: Fooocus 2.5.5, `async_worker.py` `process_prompt`.
    return [(job.seed + number) % 2**63 for number in range(job.count)]
