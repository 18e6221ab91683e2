"""What a kitty terminal keeps: pictures by number, their size in cells, and what it answers.

Source: kitty, docs/graphics-protocol.rst.
"""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError


@dataclass
class Kept:
    """A picture in the terminal; it is decoded when somebody looks.

    Attributes:
        keys: Of the command that brought it.
        data: As it was sent, base64.
        cells: Columns and lines of its virtual placement; `None` while it has none.
        serial: Tells it from another picture of the same number.
    """

    keys: dict[str, str]
    data: str
    serial: int
    cells: tuple[int, int] | None = None
    _image: Image.Image | None = field(default=None, repr=False)

    @property
    def image(self) -> Image.Image:
        """The picture, RGB.

        Raises:
            ValueError: When the data is no picture.
        """
        if self._image is None:
            self._image = self._decoded()
        return self._image

    def _decoded(self) -> Image.Image:
        try:
            data = base64.b64decode(self.data, validate=True)
            if self.keys.get("o") == "z":
                data = zlib.decompress(data)
            kind = self.keys.get("f", "32")
            if kind == "100":
                with Image.open(io.BytesIO(data)) as image:
                    return image.convert("RGB")
            size = int(self.keys["s"]), int(self.keys["v"])
            return Image.frombytes("RGB" if kind == "24" else "RGBA", size, data).convert("RGB")
        except (binascii.Error, zlib.error, UnidentifiedImageError, OSError, KeyError) as error:
            raise ValueError(f"no picture: {error}") from error


@dataclass
class Pictures:
    """The pictures of a terminal, and the history of their numbers.

    Attributes:
        kept: What is there now.
        sent: Numbers of all pictures that were received whole, in order.
        deleted: Numbers of all that were deleted, in order.
        asked: Numbers of all queries.
        faults: What a real terminal would stumble over.
    """

    kept: dict[int, Kept] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _loading: dict[str, str] | None = None
    _data: list[str] = field(default_factory=list)

    @property
    def is_loading(self) -> bool:
        """Whether a picture is half received."""
        return self._loading is not None

    def command(self, body: str) -> str:
        """Carries out a command (all after `ESC _ G`); the answer, or "" for silence."""
        control, _, payload = body.partition(";")
        keys = dict(part.split("=", 1) for part in control.split(",") if "=" in part)
        if len(payload) > 4096:
            self.faults.append(f"{len(payload)} bytes in one command")
        action = keys.get("a", "t")
        if action == "d":
            self._loading, self._data = None, []  # so it is how a half-sent picture is given up
            self._delete(keys)
            return ""
        if action == "p":
            return self._place(keys)
        return self._receive(keys, payload)

    def _receive(self, keys: dict[str, str], payload: str) -> str:
        if self._loading is None:
            self._loading, self._data = keys, []
        elif keys.keys() - {"m", "q", "i"}:
            self.faults.append(f"{keys} came while a picture was half sent")
        if "q" in keys:
            self._loading = {**self._loading, "q": keys["q"]}
        self._data.append(payload)
        if keys.get("m") == "1":
            return ""
        keys, self._loading = self._loading, None
        number = int(keys.get("i", "0"))
        if keys.get("a") == "q":
            self.asked.append(number)
            return _answer(keys, "OK")
        picture = Kept(keys, "".join(self._data), len(self.sent))
        if keys.get("a") == "T":
            if keys.get("U") == "1":
                picture.cells = int(keys["c"]), int(keys["r"])
            else:
                self.faults.append(f"picture {number} is placed without placeholders")
        self.sent.append(number)
        self.kept[number] = picture
        return _answer(keys, "OK")

    def _place(self, keys: dict[str, str]) -> str:
        picture = self.kept.get(int(keys.get("i", "0")))
        if picture is None:
            return _answer(keys, "ENOENT:there is no such picture")
        if keys.get("U") == "1":
            picture.cells = int(keys["c"]), int(keys["r"])
        return _answer(keys, "OK")

    def _delete(self, keys: dict[str, str]) -> None:
        """Virtual placements go by number only; a small letter leaves the data."""
        if keys.get("d", "a") in ("i", "I"):
            number = int(keys["i"])
            self.deleted.append(number)
            if keys["d"] == "I":
                self.kept.pop(number, None)
            elif number in self.kept:
                self.kept[number].cells = None


def _answer(keys: dict[str, str], message: str) -> str:
    silent = keys.get("q", "0")
    if "i" not in keys or silent == "2" or (silent == "1" and message == "OK"):
        return ""
    return f"\x1b_Gi={keys['i']};{message}\x1b\\"
