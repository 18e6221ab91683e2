"""Texts embedded in PNG files, read without decoding the picture.

ComfyUI writes its graph as `prompt`, and whatever a client added, as chunks beside the pixels.
Source: ComfyUI 0.3.64, recording `08-png-metadata`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.png import SIGNATURE, TEXT_LIMIT_BYTES, read_texts

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIGNATURE", "TEXT_LIMIT_BYTES", "read_png_text"]


def read_png_text(source: Path | bytes) -> dict[str, str]:
    """The texts of a PNG by keyword, as `domain.png.read_texts` reads them.

    Args:
        source: A file, or its bytes.

    Raises:
        InputError: It is no PNG, or the file cannot be read.
    """
    if isinstance(source, bytes):
        return read_texts(io.BytesIO(source))
    try:
        with source.open("rb") as file:
            return read_texts(file)
    except OSError as error:
        raise InputError("The picture cannot be read", f"{source.name}: {error.strerror}") from error
