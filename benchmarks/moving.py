"""The reference picture, moving: frames that can be told from each other by what is seen of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURE = Path(__file__).parents[1] / "tests" / "data" / "pictures" / "orchard.jpg"
"""As hard to encode as a photo; made by the program beside it."""

SIDE = 512
"""Width and height of a frame in pixels: what ComfyUI sends at most."""

STEP = (37, 23)
"""Pixels that the picture moves with each frame: any two frames differ in every quarter of the height."""

COUNT = 200
"""Frames before it begins again."""

LOOK = 40
"""Frames are told apart by so many pixels each way."""

CLOSE = 14.0
"""Mean difference of a colour channel that few colours and a quarter of the pixels may cost."""


def frame(number: int) -> Image.Image:
    """Frame `number`, RGB."""
    with Image.open(PICTURE) as image:
        still = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return ImageChops.offset(still, STEP[0] * number % SIDE, STEP[1] * number % SIDE)


def write(folder: Path) -> None:
    """Writes all frames as JPEG, `000.jpg` and on: as a server sends previews."""
    for number in range(COUNT):
        data = io.BytesIO()
        frame(number).save(data, "JPEG", quality=90)
        (folder / f"{number:03}.jpg").write_bytes(data.getvalue())


class Frames:
    """Says which frame is seen."""

    def __init__(self) -> None:
        self._known = np.stack([_small(frame(number)) for number in range(COUNT)])

    def which(self, seen: Image.Image) -> int | None:
        """The number of the frame that is seen; `None` while one is half painted, and for anything else."""
        errors = np.abs(self._known - _small(seen)).mean(axis=(2, 3))  # frames, lines
        quarters = errors.reshape(COUNT, 4, -1).mean(axis=2)
        best = quarters.argmin(axis=0)
        number = int(best[0])
        return number if (best == number).all() and quarters[number].max() < CLOSE else None

    def off(self, number: int, seen: Image.Image) -> float:
        """How different what is seen is from that frame: mean of a colour channel, 0 to 255."""
        whole = np.asarray(frame(number).resize(seen.size, Image.Resampling.BOX), dtype=np.int16)
        return float(np.abs(whole - np.asarray(seen, dtype=np.int16)).mean())


def _small(image: Image.Image) -> NDArray[np.int16]:
    return np.asarray(image.resize((LOOK, LOOK), Image.Resampling.BOX), dtype=np.int16)
