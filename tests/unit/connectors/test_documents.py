from __future__ import annotations

import asyncio
import json
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.documents import SMALL, decode, decode_text

PAD = " " * SMALL
"""Makes any document large, so that it is taken apart."""

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=30,
)


@given(plain, st.sampled_from((None, 1)))
async def test_a_document_in_pieces_is_what_json_says(document: Any, indent: int | None) -> None:
    text = json.dumps(document, indent=indent)
    assert await decode_text(PAD + text + PAD) == document
    assert await decode(text.encode()) == document


@given(st.text(max_size=40))
async def test_no_text_brings_anything_but_a_value_error(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda _: None)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            await decode_text(PAD + text)
    else:
        assert await decode_text(PAD + text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "{", "[", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "[1,]", "[1 2]", '{"a" 1}', "{1:2}", "{} x", "nul"],
)
@pytest.mark.parametrize("pad", ["", PAD], ids=["small", "large"])
async def test_broken_json_is_a_value_error(text: str, pad: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        await decode_text(pad + text)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [100_000, 1_000_000])
async def test_a_tower_of_brackets_is_a_value_error(opening: str, depth: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        await decode((opening * depth).encode())


async def test_a_number_of_ten_thousand_digits_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        await decode(b'{"a": ' + b"9" * 10_000 + b"}")


async def test_bytes_that_are_not_utf8_are_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        await decode(b'{"a": "\xff\xfe"}')


@pytest.mark.parametrize("pad", ["", PAD], ids=["small", "large"])
async def test_what_python_writes_and_json_lacks_is_nothing(pad: str) -> None:
    assert await decode_text(pad + '{"max": Infinity, "is_changed": [NaN]}') == {
        "max": None,
        "is_changed": [None],
    }


@pytest.mark.parametrize("pad", ["", PAD], ids=["small", "large"])
async def test_the_last_of_equal_keys_counts_and_surrogates_stay(pad: str) -> None:
    assert await decode_text(pad + r'{"a": 1, "a": "\ud800"}') == {"a": "\ud800"}


async def test_other_tasks_run_while_megabytes_are_read() -> None:
    entry = {
        "input": {"required": {f"name{n}": ["INT", {"default": 1, "tooltip": "x" * 80}] for n in range(20)}}
    }
    data = json.dumps({f"Class{n}": entry for n in range(2500)}).encode()
    assert len(data) > 6_000_000
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(perf_counter())
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    document = await decode(data)
    ticking.cancel()
    assert len(document) == 2500
    # Not a time limit: the work is cut into so many slices that others get their turn.
    assert len(ticks) > 20
