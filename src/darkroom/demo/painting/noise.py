"""Random fields that look the same at every size and on every machine.

Full-size arrays only ever see additions, products, comparisons and square roots, which every
processor rounds alike; sines and powers are taken of short float64 tables, whose last bit never
reaches eight bits of colour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""Height × width, mostly 0 … 1."""


class Dice:
    """Reproducible random numbers by key: the order of asking makes no difference."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _generator(self, key: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self._seed & 0xFFFFFFFFFFFFFFFF, key]))

    def lattice(self, rows: int, columns: int, key: int) -> Field:
        """Independent numbers of 0 … 1."""
        return self._generator(key).random((rows, columns), dtype=np.float32)

    def normal(self, shape: tuple[int, ...], key: int) -> NDArray[np.float32]:
        """Bell-shaped numbers with a spread of 1 (a sum of even ones: exact everywhere)."""
        generator = self._generator(key)
        total = generator.random(shape, dtype=np.float32)
        total += generator.random(shape, dtype=np.float32)
        total += generator.random(shape, dtype=np.float32)
        return (total - np.float32(1.5)) * np.float32(2)

    def numbers(self, count: int, key: int) -> NDArray[np.float64]:
        """Numbers of 0 … 1, for decisions."""
        return self._generator(key).random(count)


def value_noise(dice: Dice, key: int, width: int, height: int, cells: float, stretch: float = 1.0) -> Field:
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
    rows, columns = int(cells) + 3, int(across) + 3
    lattice = dice.lattice(rows, columns, key)
    y0, y1 = _places(height, cells)
    x0, x1 = _places(width, across)
    # Rows first: the intermediate field is small, and each pass is one gather and one blend.
    upper, lower = lattice[y0], lattice[y0 + 1]
    bands = upper + (lower - upper) * y1[:, None]
    left = np.take(bands, x0, axis=1)
    right = np.take(bands, x0 + 1, axis=1)
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
) -> Field:
    """Hills upon hills, 0 … 1: each octave is twice as fine and `gain` times as high.

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
    total /= np.float32(sum_of_weights)
    return total
