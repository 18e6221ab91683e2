"""The pictures of an answer: which were asked for, which are extras, and what they say of themselves. Pure.

`images` may begin with a grid and end with control maps and masks, and nothing marks them; an answer may
hold one picture and five infotexts. What counts is the text inside each picture.
Source: Forge f2.0.1, recordings `txt2img_batch_grid_save`, `txt2img_xyz`, `txt2img_xyz_lone_images`,
`txt2img_controlnet_unit`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111.truth import differences
from darkroom.domain import exif, infotext, png
from darkroom.domain.errors import InputError
from darkroom.domain.generation import OutputRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GRID, CONTROL_MAP, EXTRA = "grid", "control map", "extra"

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of an answer.

    Attributes:
        data: Its bytes, of whatever format the server is set to.
        text: Its infotext, "" when it has none or is of a format where it is not looked for.
        size_px: When that can be read without decoding.
    """

    data: bytes
    text: str
    size_px: tuple[int, int] | None


def look(data: bytes) -> Picture:
    """What can be seen of a picture without decoding it."""
    size = png.size(data)
    if size is None:
        return Picture(data, exif.comment(data), None)
    try:
        texts = png.read_texts(io.BytesIO(data))
    except InputError:
        texts = {}
    return Picture(data, texts.get("parameters", ""), size)


def media_type(data: bytes) -> tuple[str, str]:
    """File ending and media type of a picture, by its first bytes; what is unknown is called PNG."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "image/webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif", "image/avif"
    return next(((ending, kind) for magic, ending, kind in _SIGNATURES if data.startswith(magic)), _UNKNOWN)


_UNKNOWN = ("png", "image/png")


def kinds(pictures: Sequence[Picture], first: int, infotexts: int, asked: Mapping[str, Any]) -> list[str]:
    """What each picture is: "" for one that was asked for, otherwise the name of the extra.

    Args:
        pictures: In the server's order.
        first: Place of the first that is no grid, as the server says.
        infotexts: How many infotexts came beside them.
        asked: As `truth.asked_for` gave it.
    """
    extra = CONTROL_MAP if asked.get("control") else EXTRA
    told = [place for place, picture in enumerate(pictures) if picture.text]
    if told:
        start = max(first, told[0])
        return [
            GRID if place < start else "" if picture.text else extra for place, picture in enumerate(pictures)
        ]
    if asked.get("script") and pictures and pictures[0].size_px is not None:
        # A PNG without parameters, from a script: the sheet of all that it made.
        return [GRID] * len(pictures)
    last = first + max(infotexts - first, 1) if infotexts else len(pictures)
    return [GRID if place < first else "" if place < last else extra for place in range(len(pictures))]


def outputs(pictures: Iterable[Picture], names: Iterable[str]) -> list[OutputRef]:
    """The outputs to be kept; names count each kind from 1, so that a second look gives the same ones."""
    counts: dict[str, int] = {}
    made: list[OutputRef] = []
    for picture, kind in zip(pictures, names, strict=True):
        counts[kind] = counts.get(kind, 0) + 1
        made.append(output(picture.data, kind, counts[kind]))
    return made


def output(data: bytes, kind: str, number: int) -> OutputRef:
    """One output, whose bytes exist nowhere else."""
    stem = kind.replace(" ", "-") or "picture"
    name = f"{stem}-{number:02}.{media_type(data)[0]}"
    return OutputRef(name, {"picture": name}, kind, temporary=True, spooled=data)


def remarks(
    pictures: Sequence[Picture], names: Sequence[str], infotexts: Sequence[Any], asked: Mapping[str, Any]
) -> tuple[str, ...]:
    """What the pictures that were asked for say is different, each thing once."""
    found: dict[str, None] = {}
    wanted = [picture for picture, kind in zip(pictures, names, strict=True) if not kind]
    aside = [text for text in infotexts if isinstance(text, str)]
    for place, picture in enumerate(wanted):
        text = picture.text or (aside[place] if len(aside) == len(wanted) else "")
        if text:
            found |= dict.fromkeys(differences(asked, infotext.parse(text), picture.size_px))
    return tuple(found)
