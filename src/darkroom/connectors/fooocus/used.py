"""What came back, compared with what was asked: Fooocus replaces some values without a word."""

from __future__ import annotations

import math
import re
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, UnidentifiedImageError

from darkroom.domain.fooocus_metadata import FooocusMetadata, read_metadata
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.parameters import Value

COMPARED = (
    *("performance", "checkpoint", "refiner", "refiner_switch", "cfg_scale", "sharpness", "sampler"),
    *("scheduler", "vae", "clip_skip", "steps"),
)
"""Addresses of the values that are compared one by one; LoRAs, styles, size and seed are too."""

_MAKER_NOTE, _USER_COMMENT = 0x927C, 0x9286


def embedded(picture: bytes) -> FooocusMetadata | None:
    """The parameters that a picture carries; `None` when it carries none. Takes a few ms: for a thread.

    Source: Fooocus 2.5, `modules/meta_parser.py` `get_exif`: text chunks in PNG, EXIF in JPEG and WebP.
    """
    try:
        with Image.open(BytesIO(picture)) as opened:
            text, scheme = opened.info.get("parameters"), opened.info.get("fooocus_scheme")
            if not isinstance(text, str):
                exif = opened.getexif()
                text, scheme = exif.get(_USER_COMMENT), exif.get(_MAKER_NOTE)
                if text is None:
                    inner = exif.get_ifd(ExifTags.IFD.Exif)
                    text, scheme = inner.get(_USER_COMMENT), inner.get(_MAKER_NOTE)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError):
        return None
    known = _plain(text)
    return read_metadata(known, _plain(scheme)) if known else None


def replaced(asked: Mapping[str, Value], used: FooocusMetadata, seed: int) -> Iterator[str]:
    """One line for each value that is another than was asked for.

    Args:
        asked: By address, those alone that were sent.
        used: What the picture says.
        seed: That this picture was to have.
    """
    for address in COMPARED:
        wanted, got = asked.get(address), _told(used, address)
        if wanted is not None and got is not None and not _same(wanted, got):
            yield _note(address, wanted, got)
    if used.seed is not None and used.seed != seed:
        yield _note("seed", seed, used.seed)
    width, height = asked.get("width"), asked.get("height")
    if (
        width
        and height
        and used.width_px
        and used.height_px
        and (width, height) != (used.width_px, used.height_px)
    ):
        yield _note("size", f"{width}×{height}", f"{used.width_px}×{used.height_px}")
    yield from _loras(asked, used)
    yield from _styles(asked, used)


def _told(used: FooocusMetadata, address: str) -> Value:
    value = getattr(used, address)
    return value if value != "" or address in ("refiner", "vae") else None


def _same(wanted: Value, got: Value) -> bool:
    if isinstance(wanted, str) and isinstance(got, str):
        return _stem(wanted) == _stem(got) or wanted == f"{got}_gpu"
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return math.isclose(wanted, got, abs_tol=1e-3)
    return wanted == got


def _loras(asked: Mapping[str, Value], used: FooocusMetadata) -> Iterator[str]:
    got = {_stem(name) for name, _ in used.loras}
    for address, wanted in asked.items():
        if _is_slot(address, "lora") and isinstance(wanted, str) and _stem(wanted) not in got:
            yield f"asked for LoRA {excerpt(wanted, 80)}, the server used none of that name"


def _styles(asked: Mapping[str, Value], used: FooocusMetadata) -> Iterator[str]:
    if used.styles is None:
        return
    for address, wanted in asked.items():
        # A random one is told by the name that was drawn.
        named = isinstance(wanted, str) and wanted != "Random Style"
        # What it adds to a prompt it adds to none.
        named = named and not (wanted == "Fooocus V2" and used.prompt == "")
        if _is_slot(address, "style") and named and wanted not in used.styles:
            yield f"asked for style {excerpt(str(wanted), 80)}, the server left it out"


def _is_slot(address: str, name: str) -> bool:
    stem, _, number = address.rpartition("_")
    return address == name or (stem == name and number.isdecimal())


def _stem(name: str) -> str:
    """A file's name without folder and ending, as the metadata has it."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"\.(?:safetensors|ckpt|pth?|bin|fooocus\.patch)$", "", last)


def _note(address: str, wanted: Value, got: Value) -> str:
    name = address.replace("_", " ")
    return f"asked for {name} {excerpt(str(wanted), 80)}, the server used {excerpt(str(got), 80) or 'none'}"


def _plain(text: object) -> str:
    """EXIF text with or without its eight bytes of character set."""
    if isinstance(text, bytes):
        text = text.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0").decode("utf-8", "replace")
    return text.strip("\0") if isinstance(text, str) else ""
