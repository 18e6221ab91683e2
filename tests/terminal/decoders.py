"""What a terminal would show: small decoders for sixels, kitty's protocol and half blocks.

Written from the formats' descriptions, without the encoders: what both misread the same way cannot hide.
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from darkroom.terminal.diacritics import DIACRITICS

HARBOUR = Path(__file__).parents[1] / "data" / "pictures" / "harbour.png"

_SIXEL = re.compile(r"\x1bP[0-9;]*q(.*?)\x1b\\", re.DOTALL)
_TOKEN = re.compile(r'"([0-9;]+)|#([0-9;]+)|!([0-9]+)([?-~])|([?-~])|([$-])')


def harbour(size: tuple[int, int] | None = None) -> Image.Image:
    """The reference picture, stretched to `size`."""
    with Image.open(HARBOUR) as image:
        picture = image.convert("RGB")
    return picture if size is None else picture.resize(size, Image.Resampling.BOX)


def mean_error(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a colour channel, 0 to 255, after `other` is stretched to the size of `one`."""
    if other.size != one.size:
        other = other.resize(one.size, Image.Resampling.BOX)
    pair = [np.asarray(image.convert("RGB"), dtype=np.int16) for image in (one, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


def impostors(image: Image.Image, shift: tuple[int, int]) -> dict[str, Image.Image]:
    """Pictures that a test must tell from `image`: blank, another one, and shifted by one cell."""
    pixels = np.asarray(image)
    mean = tuple(int(part) for part in pixels.reshape(-1, 3).mean(axis=0))
    return {
        "black": Image.new("RGB", image.size),
        "blank": Image.new("RGB", image.size, mean),
        "other": image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "swapped": Image.fromarray(np.ascontiguousarray(pixels[..., ::-1])),
        "shifted": Image.fromarray(np.roll(pixels, (shift[1], shift[0]), axis=(0, 1))),
    }


def sixels(stream: str) -> list[Image.Image]:
    """All sixel pictures in a stream, in order. Source: DEC STD 070, chapter 9."""
    return [_sixel(match[1]) for match in _SIXEL.finditer(stream)]


def _sixel(body: str) -> Image.Image:
    colours: dict[int, tuple[int, int, int]] = {}
    x = y = colour = 0
    canvas = np.zeros((0, 0, 3), dtype=np.uint8)
    for raster, register, count, repeated, single, move in _TOKEN.findall(body):
        if raster:
            width, height = (int(part) for part in raster.split(";")[2:4])
            canvas = np.zeros((height + 5, width, 3), dtype=np.uint8)
        elif register:
            number, *definition = (int(part) for part in register.split(";"))
            if definition:  # As in foot: it does not select the colour.
                assert definition[0] == 2, "RGB is expected"
                red, green, blue = (round(part * 255 / 100) for part in definition[1:4])
                colours[number] = red, green, blue
            else:
                colour = number
        elif move:
            x = 0
            y += 6 if move == "-" else 0
        else:
            length = int(count or 1)
            bits = ord(repeated or single) - 63
            for bit in range(6):
                if bits >> bit & 1:
                    canvas[y + bit, x : x + length] = colours[colour]
            x += length
    return Image.fromarray(canvas[:-5])


@dataclass
class Kitty:
    """What a kitty terminal has after reading a stream.

    `cut` are the pictures that were given up before their last chunk, `answered` those it says OK to.
    """

    pictures: dict[int, Image.Image] = field(default_factory=dict)
    cells: dict[int, tuple[int, int]] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)


def kitty(stream: str) -> Kitty:
    """Reads all graphics commands of a stream. Source: kitty, docs/graphics-protocol.rst."""
    seen = Kitty()
    begun: dict[str, str] = {}
    data = ""
    for control, payload in re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", stream):
        assert len(payload) <= 4096, "a chunk is too long"
        found = dict(part.split("=") for part in control.split(",") if part)
        if found.get("a") == "d":
            _kitty_deletes(seen, found)
            if begun:
                seen.cut.append(int(begun["i"]))
            begun, data = {}, ""
            continue
        assert not (begun and "a" in found), "another picture was begun and is not whole"
        # Silence that one chunk asks for holds for the later ones, whatever they say.
        begun = begun | found
        data += payload
        if found["m"] == "0":
            _kitty_shows(seen, begun, base64.b64decode(data, validate=True))
            begun, data = {}, ""
    return seen


def _kitty_deletes(seen: Kitty, keys: dict[str, str]) -> None:
    assert keys["q"] == "2", "nobody waits for an answer"
    assert keys["d"] == "I", "the data is freed as well"
    number = int(keys["i"])
    if number < 2**32 - 1:
        seen.deleted.append(number)
        seen.pictures.pop(number, None)


def _kitty_shows(seen: Kitty, keys: dict[str, str], data: bytes) -> None:
    number = int(keys["i"])
    assert (keys["a"], keys["U"], keys["f"]) == ("T", "1", "100")
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        seen.pictures[number] = image.convert("RGB")
    seen.cells[number] = int(keys["c"]), int(keys["r"])
    seen.sent.append(number)
    if keys.get("q", "0") == "0":
        seen.answered.append(number)


_MARKS = {char: place for place, char in enumerate(DIACRITICS)}


def placeholders(line: str) -> list[tuple[int, int, int] | None]:
    """For each cell of a line which picture, row and column it shows, `None` for other text.

    Source: kitty, docs/graphics-protocol.rst, "Unicode placeholders": what a cell inherits from its left.
    """
    cells: list[tuple[int, int, int] | None] = []
    colour = 0
    for codes, mark, marks, _ in re.findall(
        rf"\x1b\[([0-9;]*)m|(\U0010eeee)([{DIACRITICS}]*)|(.)", line, re.DOTALL
    ):
        if mark:
            row, column, high = ([_MARKS[char] for char in marks] + [None] * 3)[:3]
            left = cells[-1] if cells else None
            if left is not None and left[0] & 255 == colour:
                inferred = left[1], left[2] + 1, left[0] >> 24
                if all(said in (None, it) for said, it in zip((row, column, high), inferred, strict=True)):
                    row, column, high = inferred
            cells.append((colour | (high or 0) << 24, row or 0, column or 0))
        elif found := re.search(r"38;5;(\d+)", codes):
            colour = int(found[1])
        elif codes in ("0", "39", ""):
            colour = 0 if codes else colour
            if not codes:
                cells.append(None)
    return cells


def unwrapped(stream: str) -> str:
    """What tmux hands on of a stream with passthrough sequences."""
    return re.sub(
        r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", lambda match: match[1].replace("\x1b\x1b", "\x1b"), stream
    )


def half_blocks(text: str, columns: int) -> Image.Image:
    """The pixels of lines of half blocks with 24-bit colours, two a cell."""
    rows: list[list[tuple[int, int, int]]] = []
    for line in text.splitlines():
        upper: list[tuple[int, int, int]] = []
        lower: list[tuple[int, int, int]] = []
        colours = {"38": (0, 0, 0), "48": (0, 0, 0)}
        for codes, characters in re.findall(r"\x1b\[([0-9;]*)m([^\x1b]*)", line):
            for ground, red, green, blue in re.findall(r"([34]8);2;(\d+);(\d+);(\d+)", codes):
                colours[ground] = int(red), int(green), int(blue)
            for character in characters:
                assert character in "▀ "
                upper.append(colours["38" if character == "▀" else "48"])
                lower.append(colours["48"])
        assert len(upper) == columns, f"{len(upper)} cells in a line of {columns}"
        rows += [upper, lower]
    return Image.fromarray(np.array(rows, dtype=np.uint8))
