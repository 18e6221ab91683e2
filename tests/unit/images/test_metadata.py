"""Texts in PNG files: found without decoding, whatever the rest of the file is."""

from __future__ import annotations

import contextlib
import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from darkroom.domain.errors import InputError
from darkroom.images.metadata import SIGNATURE, TEXT_LIMIT_BYTES, read_png_text

if TYPE_CHECKING:
    from pathlib import Path


def chunk(kind: bytes, body: bytes, *, length: int | None = None, crc: int | None = None) -> bytes:
    real = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body) if length is None else length) + kind + body + struct.pack(">I", real)


def png(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def international(keyword: bytes, text: bytes, *, packed: bool) -> bytes:
    body = zlib.compress(text) if packed else text
    return chunk(b"iTXt", keyword + b"\0" + (b"\1\0" if packed else b"\0\0") + b"de\0Wort\0" + body)


def test_what_pillow_writes_is_read(tmp_path: Path) -> None:
    graph = json.dumps({"1": {"class_type": "A", "inputs": {"text": "ein Hafen äöü 港"}}})
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", graph)
    info.add_text("packed", "x" * 5000, zip=True)
    info.add_itxt("wide", "港 at dawn", zip=True)
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8), "red").save(path, pnginfo=info)
    expected = {"prompt": graph, "packed": "x" * 5000, "wide": "港 at dawn"}
    assert read_png_text(path) == expected
    assert read_png_text(path.read_bytes()) == expected


def test_all_three_kinds_before_and_after_the_pixels() -> None:
    data = png(
        chunk(b"IHDR", b"\0" * 13),
        chunk(b"tEXt", b"a\0one"),
        chunk(b"IDAT", b"no picture at all"),
        chunk(b"zTXt", b"b\0\0" + zlib.compress(b"two")),
        international(b"c", "drei ü".encode(), packed=False),
        international(b"d", b"four", packed=True),
    )
    assert read_png_text(data) == {"a": "one", "b": "two", "c": "drei ü", "d": "four"}


def test_wrong_checksums_latin_1_and_repeats() -> None:
    data = png(
        chunk(b"tEXt", b"a\0first", crc=1), chunk(b"tEXt", b"a\0last", crc=2), chunk(b"tEXt", b"b\0caf\xe9")
    )
    assert read_png_text(data) == {"a": "last", "b": "café"}


@pytest.mark.parametrize(
    "bad",
    [
        chunk(b"tEXt", b"no separator"),
        chunk(b"tEXt", b"\0no keyword"),
        chunk(b"tEXt", b"k" * 80 + b"\0keyword too long"),
        chunk(b"zTXt", b"k\0\0not packed"),
        chunk(b"iTXt", b"k\0\1\0de\0"),
        chunk(b"iTXt", b"k\0"),
        chunk(b"oops", b"k\0text"),
    ],
)
def test_broken_chunks_are_passed_over(bad: bytes) -> None:
    assert read_png_text(png(bad, chunk(b"tEXt", b"a\0one"))) == {"a": "one"}


def test_a_file_cut_short_gives_what_it_holds() -> None:
    whole = png(chunk(b"tEXt", b"a\0one"), chunk(b"tEXt", b"b\0" + b"x" * 100))
    assert read_png_text(whole[:40]) == {"a": "one"}
    assert read_png_text(SIGNATURE) == {}
    assert read_png_text(SIGNATURE + chunk(b"IDAT", b"", length=2**32 - 1)) == {}


def test_nothing_after_the_end_is_read() -> None:
    assert read_png_text(png() + chunk(b"tEXt", b"a\0one")) == {}


def test_bombs_are_not_unpacked() -> None:
    bomb = chunk(b"zTXt", b"bomb\0\0" + zlib.compress(b"x" * (TEXT_LIMIT_BYTES + 1), 9))
    assert read_png_text(png(chunk(b"tEXt", b"a\0one"), bomb)) == {"a": "one"}
    # The first one spends what may be unpacked: a thousand of them cost no more than one.
    assert read_png_text(png(*[bomb] * 1000, chunk(b"tEXt", b"a\0one"))) == {}


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"\xff\xd8\xff\xe0", b"<html>", b"GIF89a" * 10])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a PNG"):
        read_png_text(data)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_png_text(tmp_path / "gone.png")


@given(st.binary(max_size=300))
def test_no_bytes_hurt(data: bytes) -> None:
    with contextlib.suppress(InputError):
        read_png_text(data)
    assert isinstance(read_png_text(SIGNATURE + data), dict)


KINDS = st.sampled_from([b"tEXt", b"zTXt", b"iTXt", b"IDAT", b"IHDR"])


@given(st.lists(st.tuples(KINDS, st.binary(max_size=60), st.integers(0, 2**32 - 1)), max_size=6))
def test_no_chunks_hurt(chunks: list[tuple[bytes, bytes, int]]) -> None:
    data = png(*[chunk(kind, body, length=length) for kind, body, length in chunks])
    assert all(isinstance(text, str) for text in read_png_text(data).values())


@given(st.text(alphabet=st.characters(codec="utf-8")), st.booleans())
def test_international_texts_come_back(text: str, packed: bool) -> None:
    assert read_png_text(png(international(b"k", text.encode(), packed=packed))) == {"k": text}
