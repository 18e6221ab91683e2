"""Prompt lists: text and JSONL."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.batch.promptlist import MAX_BYTES, MAX_LINE, read_list
from darkroom.domain.errors import InputError


def prompts(data: bytes, name: str = "list.txt") -> list[object]:
    return [point.values.get("prompt") for point in read_list(data, name).points]


def test_each_line_is_a_prompt() -> None:
    data = "a harbour\r\n\r\n# a comment\n  fog, (mist:1.2)  \n\\# one\nein Fluß\u2028two".encode()
    axis = read_list(data, "list.txt")
    assert prompts(data) == ["a harbour", "fog, (mist:1.2)", "# one", "ein Fluß\u2028two"]
    assert axis.name == "prompt"
    assert axis.labels[:3] == ("1: a harbour", "4: fog, (mist:1.2)", "5: # one")


def test_a_byte_order_mark_is_no_part_of_the_prompt() -> None:
    assert prompts(b"\xef\xbb\xbffog\n") == ["fog"]


def test_the_same_prompt_may_stand_twice() -> None:
    assert prompts(b"fog\nfog\n") == ["fog", "fog"]
    assert len(set(read_list(b"fog\nfog\n", "x").labels)) == 2


def test_jsonl_sets_whatever_its_lines_name() -> None:
    data = (
        b'{"prompt": "a", "seed": 18446744073709551615}\n\n'
        b'{"3.steps": 30, "negative": null, "tiling": true}\n'
    )
    axis = read_list(data, "stdin")
    assert [dict(point.values) for point in axis.points] == [
        {"prompt": "a", "seed": 2**64 - 1},
        {"3.steps": 30, "negative": None, "tiling": True},
    ]
    assert axis.sets == {"prompt", "seed", "3.steps", "negative", "tiling"}
    assert axis.labels[0] == "1: a"
    assert axis.labels[1].startswith("3: 3.steps=30")


def test_a_prompt_that_begins_with_a_choice_is_no_json() -> None:
    assert prompts(b"{red|blue} boat\n{a} b\n") == ["{red|blue} boat", "{a} b"]


def test_the_name_says_jsonl() -> None:
    with pytest.raises(InputError, match="line 1: no JSON"):
        read_list(b"a harbour\n", "list.jsonl")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "holds no prompt"),
        (b"\n# only a comment\n", "holds no prompt"),
        (b"fog\nm\xfcll\n", "not UTF-8"),
        (b'{"prompt": "a"}\n{"prompt": \n', "line 2: no JSON"),
        (b'{"prompt": "a"}\n\n[1]\n', "line 3: no object"),
        (b'{"prompt": "a"}\n{}\n', "line 2: no object"),
        (b'{"prompt": ["a"]}\n', "line 1: “prompt” is neither"),
        (b'{"seed": 1, "seed": 2}\n', "line 1: no JSON: a name stands twice"),
        (b'{"cfg": NaN}\n', "line 1: no JSON: NaN is no number"),
        (b'{"seed": ' + b"9" * 5000 + b"}\n", "line 1: no JSON"),
        (b'{"a": ' + b"[" * 90_000 + b"\n", "line 1: no JSON"),
        (b"fog\n" + b"x" * (MAX_LINE + 1), "line 2: longer"),
        (b"x\n" * (MAX_BYTES // 2 + 1), "too large"),
        (b"x\n" * 10_001, "10,001 jobs"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_list(data, "list")
    assert says in caught.value.title


def test_the_line_of_a_bad_byte_is_told() -> None:
    with pytest.raises(InputError) as caught:
        read_list(b"a\nb\n\xff\n", "list")
    assert "Line 3" in caught.value.detail


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        axis = read_list(data, "x")
    except InputError:
        return
    assert len(set(axis.labels)) == len(axis.points) > 0


_value = st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.text(max_size=20)


@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=8), _value, min_size=1), min_size=1, max_size=5))
def test_jsonl_comes_back_as_it_was_written(rows: list[dict[str, object]]) -> None:
    data = "\n".join(json.dumps(row) for row in rows).encode()
    assert [dict(point.values) for point in read_list(data, "x.jsonl").points] == rows
