"""JSON of any size, read without holding up the event loop.

`json.loads` of 6 MB holds the GIL for some 100 ms, in a thread no less than in the loop. Here a
large document is taken apart level by level and its small parts are decoded by the C scanner, with
a pause whenever the slice of time is used up. Hostile input ends in a `ValueError`.
"""

from __future__ import annotations

import asyncio
import json
from json.decoder import scanstring  # type: ignore[attr-defined]  # C or Python, as json itself takes it
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Generator

SLICE_S = 0.001
"""Longest stretch of decoding between two pauses, save for a single small part."""

SMALL = 32 * 1024
"""Documents of up to so many characters are decoded at once: well below a millisecond."""

LEVELS = 4
"""Containers that are taken apart piece by piece; what lies deeper is decoded whole.

Four levels split `/object_info` (class → section → input → spec) and `/history` (id → prompt → node)
into parts of a few hundred bytes, even where a combo lists ten thousand files.
"""

_SPACE = " \t\n\r"


def _no_number(_name: str) -> None:
    """Stands for NaN and the infinities, which ComfyUI writes: "no limit", "changes every time"."""


_DECODER = json.JSONDecoder(parse_constant=_no_number)


async def decode(data: bytes) -> Any:
    """The JSON value in `data`; see `decode_text`.

    Raises:
        ValueError: Likewise, or it is not UTF-8.
    """
    return await decode_text(data.decode("utf-8-sig"))


async def decode_text(text: str) -> Any:
    """The JSON value in `text`; other tasks run in between when it is large.

    NaN and infinities become `None`; of equal keys the last counts; lone surrogates are kept.

    Raises:
        ValueError: It is no JSON, nested too deeply, or holds an absurdly long number.
    """
    try:
        return _DECODER.decode(text) if len(text) <= SMALL else await _in_slices(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


async def _in_slices(text: str) -> Any:
    await asyncio.sleep(0)
    work = _value(text, _skip(text, 0), LEVELS)
    until = perf_counter() + SLICE_S
    while (done := _step(work)) is None:
        if perf_counter() >= until:
            await asyncio.sleep(0)
            until = perf_counter() + SLICE_S
    value, end = done
    if _skip(text, end) != len(text):
        raise ValueError(f"more text after the value, at {end}")
    return value


def _step(work: Generator[None, None, tuple[Any, int]]) -> tuple[Any, int] | None:
    """Goes on until the next possible pause; the result when there is none left."""
    try:
        next(work)
    except StopIteration as done:
        return cast("tuple[Any, int]", done.value)
    return None


def _value(text: str, at: int, levels: int) -> Generator[None, None, tuple[Any, int]]:
    """Decodes the value at `at`, yielding where a pause may be made; returns it and its end."""
    opening = text[at : at + 1]
    if levels and opening == "{":
        return (yield from _object(text, at, levels))
    if levels and opening == "[":
        return (yield from _array(text, at, levels))
    return _DECODER.raw_decode(text, at)


def _object(text: str, at: int, levels: int) -> Generator[None, None, tuple[dict[str, Any], int]]:
    found: dict[str, Any] = {}
    at = _skip(text, at + 1)
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        if text[at : at + 1] != '"':
            raise ValueError(f"a key is missing at {at}")
        key, at = scanstring(text, at + 1, True)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(f"“:” is missing at {at}")
        found[key], at = yield from _value(text, _skip(text, at + 1), levels - 1)
        yield
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        at = _comma(text, at)


def _array(text: str, at: int, levels: int) -> Generator[None, None, tuple[list[Any], int]]:
    found: list[Any] = []
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return found, at + 1
    while True:
        value, at = yield from _value(text, at, levels - 1)
        found.append(value)
        yield
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return found, at + 1
        at = _comma(text, at)


def _comma(text: str, at: int) -> int:
    if text[at : at + 1] != ",":
        raise ValueError(f"“,” is missing at {at}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACE:
        at += 1
    return at
