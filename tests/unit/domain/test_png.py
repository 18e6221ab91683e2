"""Sizes of PNGs; `tests/unit/images/test_metadata.py` holds the texts to the specification."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from darkroom.domain.png import size


def test_the_size_stands_in_the_first_bytes() -> None:
    written = io.BytesIO()
    Image.new("L", (7, 300)).save(written, "PNG")
    assert size(written.getvalue()) == (7, 300)
    assert size(written.getvalue()[:24]) == (7, 300)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"])
def test_what_is_no_png_has_none(data: bytes) -> None:
    assert size(data) is None
