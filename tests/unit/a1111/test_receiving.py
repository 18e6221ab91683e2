"""Taking pictures out of an answer that comes in pieces."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.a1111.receiving import PictureSieve


def sift(text: bytes, cuts: list[int]) -> PictureSieve:
    sieve = PictureSieve()
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        sieve.feed(text[start:end])
    return sieve


@given(
    st.lists(st.binary(max_size=40), max_size=3),
    st.text(max_size=20),
    st.lists(st.integers(0, 500), max_size=8),
)
def test_wherever_the_pieces_end(pictures: list[bytes], prompt: str, cuts: list[int]) -> None:
    info = {"prompt": prompt, "images": "no", "image": [1, {"images": ["bm8="]}]}
    answer = {
        "images": [base64.b64encode(data).decode() for data in pictures],
        "parameters": {"prompt": prompt, "images": ["bm8="], "image": "bm8="},
        "info": json.dumps(info),
    }
    sieve = sift(json.dumps(answer).encode(), cuts)
    assert sieve.pictures == pictures
    rest = json.loads(bytes(sieve.document))
    assert rest == {**answer, "images": [""] * len(pictures)}


@pytest.mark.parametrize("answer", [{"html_info": "x", "image": "aGVsbG8="}, {"image": "aGVsbG8=", "a": 1}])
def test_the_one_picture_of_an_upscaling(answer: dict[str, Any]) -> None:
    sieve = sift(json.dumps(answer).encode(), [7, 15, 22])
    assert sieve.pictures == [b"hello"]
    assert json.loads(bytes(sieve.document))["image"] == ""


@pytest.mark.parametrize("text", [b'{"images": ["aGVsbG8"]}', b'{"images" : [ "aGVsbG8=" ] }'])
def test_padding_and_spaces_are_not_needed(text: bytes) -> None:
    assert sift(text, []).pictures == [b"hello"]


def test_what_is_no_base64_is_left_out() -> None:
    assert sift(b'{"images": ["a"], "info": ""}', []).pictures == []


def test_slashes_may_be_escaped() -> None:
    encoded = base64.b64encode(b"\xff\xff\xff").replace(b"/", b"\\/")
    assert b"\\/" in encoded
    assert sift(b'{"images": ["' + encoded + b'"]}', [14]).pictures == [b"\xff\xff\xff"]


def test_any_bytes_are_survived() -> None:
    for text in (b"", b"<html>", b"]]]}", b'{"images": ["', b'"\\'):
        assert sift(text, [3]).pictures == []
