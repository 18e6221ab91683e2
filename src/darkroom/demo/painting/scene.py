"""From a recipe to colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from darkroom.demo.painting.noise import Dice, fractal

if TYPE_CHECKING:
    from darkroom.demo.painting.recipe import Recipe

Colours = NDArray[np.float32]


def paint(recipe: Recipe, width: int, height: int) -> Colours:
    """Paints a recipe at a size; height × width × 3, about 0 … 1."""
    dice = Dice(recipe.seed_for("field"))
    fields = [fractal(dice, key, width, height, cells=3, octaves=5) for key in range(3)]
    return np.stack(fields, axis=-1)
