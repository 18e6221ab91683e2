"""From a recipe to colours: which scene, in which light, with how much care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.demo.painting import style, subject
from darkroom.demo.painting.noise import Dice
from darkroom.demo.painting.scenes import (
    abstract,
    city,
    coast,
    desert,
    flower,
    forest,
    mountains,
    portrait,
    space,
)
from darkroom.demo.painting.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.demo.painting.colour import Planes
    from darkroom.demo.painting.recipe import Recipe

SCENES: dict[str, Callable[[Surface], None]] = {
    "abstract": abstract.draw,
    "city": city.draw,
    "coast": coast.draw,
    "desert": desert.draw,
    "flower": flower.draw,
    "forest": forest.draw,
    "mountains": mountains.draw,
    "portrait": portrait.draw,
    "space": space.draw,
}
PALETTE = 1
"""Key of the dice."""


def paint(recipe: Recipe, width: int, height: int) -> Planes:
    """Paints a recipe at a size; 3 × height × width, about 0 … 1."""
    theme = subject.read(recipe)
    dice = Dice(recipe.seed_for("composition"))
    small_width, small_height = style.working_size(recipe, width, height)
    surface = Surface(
        *(small_width, small_height, dice, theme),
        theme.palette(dice.number(PALETTE)),
        style.detail(recipe),
    )
    SCENES[theme.kind](surface)
    return style.finished(recipe, surface.colours, width, height)
