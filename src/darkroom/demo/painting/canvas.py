"""A canvas: a size, what is on it already, and the strokes still to be painted over that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from darkroom.demo.painting import finish
from darkroom.demo.painting.label import draw_label
from darkroom.demo.painting.noise import Dice
from darkroom.demo.painting.recipe import Recipe
from darkroom.demo.painting.scene import paint

if TYPE_CHECKING:
    from darkroom.demo.painting.colour import Planes
    from darkroom.demo.painting.finish import Pixels

Mask = NDArray[np.float32]
"""Rows × columns, 1 where something is painted, 0 where it is not."""

LATENT_SCALE = 8
"""A preview has one pixel for so many of the picture, as latents have."""
PREVIEW_SIDE, SMALLEST_SKETCH, LARGEST_SKETCH = 512, 48, 256
"""Long sides: of what is sent; below which a sketch shows nothing; above which it costs too much."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A recipe laid over what is there; denoise 1 covers it, 0 leaves it alone."""

    recipe: Recipe
    denoise: float = 1.0
    mask: Mask | None = None
    """Where it is laid, in any size; None is everywhere."""

    @property
    def covers(self) -> bool:
        """Whether nothing of what was there remains."""
        return self.denoise >= 1 and self.mask is None


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A picture of `width` × `height` pixels that is not painted yet."""

    width: int
    height: int
    base: Pixels | None = None
    """The picture underneath, in any size; None is empty."""
    strokes: tuple[Stroke, ...] = ()
    mask: Mask | None = None
    """Where strokes to come are laid; None is everywhere."""

    def with_stroke(self, stroke: Stroke) -> Canvas:
        """The canvas with one more stroke on top; what a full one covers is dropped."""
        stroke = replace(stroke, mask=self.mask)
        if stroke.covers:
            return replace(self, base=None, strokes=(stroke,))
        return replace(self, strokes=(*self.strokes, stroke))


def develop(canvas: Canvas, vae: str = "") -> Pixels:
    """Paints a canvas at its full size and labels it as no AI's work, if anything was painted."""
    colours = finish.through_vae(_layers(canvas, canvas.width, canvas.height), vae)
    pixels = finish.to_pixels(colours)
    if canvas.strokes:
        draw_label(pixels)
    return pixels


def _layers(canvas: Canvas, width: int, height: int) -> Planes:
    colours = _base(canvas, width, height)
    for stroke in canvas.strokes:
        painted = paint(stroke.recipe, width, height)
        if stroke.covers:
            colours = painted
        else:
            share = np.float32(min(max(stroke.denoise, 0.0), 1.0)) * _share(stroke.mask, width, height)
            colours = colours + (painted - colours) * share
    return colours


def _share(mask: Mask | None, width: int, height: int) -> Mask:
    """How much of each pixel a mask lets through, as rows × columns."""
    if mask is None:
        return np.ones((1, 1), dtype=np.float32)
    return np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.BILINEAR))


def _base(canvas: Canvas, width: int, height: int) -> Planes:
    if canvas.base is None:
        return np.full((3, height, width), 0.5, dtype=np.float32)
    picture = canvas.base
    if picture.shape[:2] != (height, width):
        resized = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
        picture = np.asarray(resized)
    return finish.from_pixels(picture)


class Sketch:
    """The small picture that a sampler shows while it works."""

    def __init__(self, canvas: Canvas) -> None:
        long_side = max(canvas.width, canvas.height)
        small = min(max(long_side // LATENT_SCALE, min(SMALLEST_SKETCH, long_side)), LARGEST_SKETCH)
        self._width = max(round(canvas.width * small / long_side), 1)
        self._height = max(round(canvas.height * small / long_side), 1)
        self._size = _contain(self._width, self._height)
        self._goal = _layers(canvas, self._width, self._height)
        last = canvas.strokes[-1] if canvas.strokes else Stroke(Recipe())
        self._start = _layers(replace(canvas, strokes=canvas.strokes[:-1]), self._width, self._height)
        self._denoise = np.float32(last.denoise)
        self._dice = Dice(last.recipe.seed_for("preview"))

    def preview(self, share: float, number: int) -> bytes:
        """A JPEG of what is there after `share` (0 … 1) of the steps; `number` counts them.

        Source: ComfyUI 0.3.64 scales previews up to 512 pixels on the long side, quality 95.
        """
        shape = (self._height, self._width)
        # Mostly one noise for all colours: a picture comes out of it sooner than out of confetti.
        noise = self._dice.normal(shape, 2 * number) + self._dice.normal((3, *shape), 2 * number + 1)
        done = np.float32(finish.smooth(share**0.6))
        colours = self._start + (self._goal - self._start) * done
        colours += noise * (np.float32(0.17 * (1 - share) ** 1.3) * self._denoise)
        picture = Image.fromarray(finish.to_pixels(colours)).resize(self._size, Image.Resampling.BILINEAR)
        buffer = BytesIO()
        picture.save(buffer, format="JPEG", quality=95)
        return buffer.getvalue()


def _contain(width: int, height: int) -> tuple[int, int]:
    scale = PREVIEW_SIDE / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)
