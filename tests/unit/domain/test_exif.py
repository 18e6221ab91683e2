"""Comments in JPEG and WebP, as another program writes them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom.domain.exif import comment

TEXT = "a cät\nSteps: 2, Sampler: Euler a, Seed: 1"


def picture(form: str, text: str | None) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    if text is not None:
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
    written = io.BytesIO()
    Image.new("RGB", (9, 8), "red").save(written, form, exif=exif)
    return written.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_comment_is_read(form: str) -> None:
    assert comment(picture(form, TEXT)) == TEXT
    assert comment(picture(form, None)) == ""


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_any_part_of_a_file_is_survived(form: str) -> None:
    whole = picture(form, TEXT)
    for end in range(0, len(whole), 7):
        assert TEXT.startswith(comment(whole[:end]).rstrip("\ufffd"))


@given(
    st.binary(max_size=60),
    st.sampled_from([b"\xff\xd8\xff\xe1\0\x40Exif\0\0", b"RIFF\0\0\0\0WEBPEXIF\x40\0\0\0"]),
)
def test_any_bytes_are_survived(data: bytes, start: bytes) -> None:
    for order in (b"II*\0", b"MM\0*", b""):
        assert isinstance(comment(start + order + data), str)


def test_other_formats_have_none() -> None:
    assert comment(picture("PNG", TEXT)) == ""
