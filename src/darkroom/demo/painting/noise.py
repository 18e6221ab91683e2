"""Random fields that look the same at every size and on every machine.

Full-size arrays see additions, products, comparisons and square roots, which every processor rounds
alike; anything finer is computed in float64, whose last bit never reaches eight bits of colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from darkroom.demo.painting.colour import Numbers, Plane

Curve = NDArray[np.float32]
"""One number for each column."""


class Dice:
    """Reproducible random numbers by key: the order of asking makes no difference."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _generator(self, key: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self._seed, key]))

    def lattice(self, rows: int, columns: int, key: int) -> Plane:
        """Independent numbers of 0 … 1."""
        return self._generator(key).random((rows, columns), dtype=np.float32)

    def normal(self, shape: tuple[int, ...], key: int) -> NDArray[np.float32]:
        """Bell-shaped numbers with a spread of 1 (a sum of even ones: exact everywhere)."""
        generator = self._generator(key)
        total = generator.random(shape, dtype=np.float32)
        total += generator.random(shape, dtype=np.float32)
        total += generator.random(shape, dtype=np.float32)
        total -= np.float32(1.5)
        total *= np.float32(2)
        return total

    def numbers(self, count: int, key: int) -> NDArray[np.float64]:
        """Numbers of 0 … 1, for decisions."""
        return self._generator(key).random(count)

    def number(self, key: int, low: float = 0.0, high: float = 1.0) -> float:
        """One number between two others."""
        return low + float(self.numbers(1, key)[0]) * (high - low)


def value_noise(dice: Dice, key: int, width: int, height: int, cells: float, stretch: float = 1.0) -> Plane:
    """Smooth random hills of 0 … 1.

    Args:
        dice: Where the hills come from.
        key: Which hills.
        width: Of the field, in pixels.
        height: Of the field, in pixels.
        cells: Hills along the height of the picture.
        stretch: How many times longer than high the hills are.
    """
    across = cells * width / height / stretch
    lattice = dice.lattice(int(cells) + 3, int(across) + 3, key)
    y0, y1 = _places(height, cells)
    x0, x1 = _places(width, across)
    # Rows first: the field between is small, and each pass is one gather and one blend.
    upper, lower = lattice[y0], lattice[y0 + 1]
    bands = upper + (lower - upper) * y1[:, None]
    left: Plane = np.take(bands, x0, axis=1)
    right: Plane = np.take(bands, x0 + 1, axis=1)
    right -= left
    right *= x1[None, :]
    right += left
    return right


def _places(pixels: int, cells: float) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each pixel the lattice point before it, and how far it is on the way to the next."""
    at = (np.arange(pixels) + 0.5) * (cells / pixels)
    before = np.floor(at)
    rest = at - before
    return before.astype(np.intp), (rest * rest * (3 - 2 * rest)).astype(np.float32)


def fractal(
    dice: Dice,
    key: int,
    width: int,
    height: int,
    *,
    cells: float,
    octaves: int,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Plane:
    """Hills upon hills, 0 … 1 around 0.5: each octave is twice as fine and `gain` times as high.

    Octaves finer than the pixels are left out, so that small pictures stay calm.
    """
    total = np.zeros((height, width), dtype=np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        if octave > 0 and cells > height / 2:
            break
        layer = value_noise(dice, key * 64 + octave, width, height, cells, stretch)
        layer *= np.float32(weight)
        total += layer
        sum_of_weights += weight
        weight *= gain
        cells *= 2.03
    total *= np.float32(1 / sum_of_weights)
    return total


def sampled(lattice: Plane, y: Numbers, x: Numbers) -> Plane:
    """A lattice read at any places (in cells, repeating at its edges), smoothly."""
    rows, columns = lattice.shape
    y0, x0 = np.floor(y), np.floor(x)
    fy, fx = (y - y0).astype(np.float32), (x - x0).astype(np.float32)
    fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
    top, left = y0.astype(np.intp) % rows, x0.astype(np.intp) % columns
    bottom, right = (top + 1) % rows, (left + 1) % columns
    upper = lattice[top, left] * (1 - fx) + lattice[top, right] * fx
    lower = lattice[bottom, left] * (1 - fx) + lattice[bottom, right] * fx
    mixed: Plane = upper + (lower - upper) * fy
    return mixed


def billows(
    dice: Dice, key: int, width: int, height: int, *, cells: float, octaves: int, stretch: float
) -> Plane:
    """Hills upon hills like `fractal`, but swirled, without its rows and columns; soft, 0 … 1."""
    small_width, small_height = (width + 1) // 2, (height + 1) // 2
    y = ((np.arange(small_height) + 0.5) * (cells / small_height))[:, None]
    x = ((np.arange(small_width) + 0.5) * (cells * width / height / stretch / small_width))[None, :]
    lattices = [dice.lattice(61, 61, key * 64 + octave) for octave in range(octaves + 1)]
    swirl = sampled(lattices[-1], y * 0.7 + 11, x * 0.7 + 5) - np.float32(0.5)
    across, down = x + swirl * np.float32(1.3), y + swirl * np.float32(0.9)
    total = np.zeros((small_height, small_width), dtype=np.float32)
    weight, sum_of_weights, scale = 1.0, 0.0, 1.0
    for lattice in lattices[:-1]:
        # Turned a little with every octave, so that no two lattices lie in line.
        total += sampled(
            lattice, down * scale + across * (0.31 * scale), across * scale - down * 0.2
        ) * np.float32(weight)
        sum_of_weights += weight
        weight, scale = weight * 0.52, scale * 2.07
    total *= np.float32(1 / sum_of_weights)
    full: Plane = np.asarray(Image.fromarray(total).resize((width, height), Image.Resampling.BICUBIC))
    return full


def crest(dice: Dice, key: int, x: NDArray[np.float32], *, cells: float, octaves: int) -> Curve:
    """A line with sharp peaks and round valleys, 0 … 1; see `curve`."""
    total = np.zeros(x.shape, dtype=np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        part = curve(dice, key * 16 + octave, x, cells=cells, octaves=1)
        total += (1 - np.abs(part)) * np.float32(weight)
        sum_of_weights += weight
        weight *= 0.47
        cells *= 2.13
    return total / np.float32(sum_of_weights)


def curve(
    dice: Dice, key: int, x: NDArray[np.float32], *, cells: float, octaves: int, gain: float = 0.5
) -> Curve:
    """A random line over the columns, -1 … 1; `x` in heights of the picture, `cells` waves in one."""
    total = np.zeros(x.shape, dtype=np.float64)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        numbers = dice.numbers(512, key * 64 + octave) * 2 - 1
        at = (x.astype(np.float64) + 16) * cells
        before = np.floor(at)
        rest = at - before
        rest = rest * rest * (3 - 2 * rest)
        index = before.astype(np.intp) % 511
        total += (numbers[index] + (numbers[index + 1] - numbers[index]) * rest) * weight
        sum_of_weights += weight
        weight *= gain
        cells *= 2.07
    return (total / sum_of_weights).astype(np.float32)
