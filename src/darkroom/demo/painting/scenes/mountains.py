"""Mountains and hills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.demo.painting.scenes import land
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

RIDGES, TREES, BIRDS, GROUND = 300, 330, 340, 350
"""Keys of the dice."""
GREEN_TIMES = ("day", "dawn")


def draw(surface: Surface) -> None:
    """Ridges into the haze, trees in front."""
    hilly = surface.subject.has("hill", "hills", "meadow", "field", "valley", "highland")
    horizon = surface.dice.number(RIDGES, 0.5, 0.66)
    if hilly and not surface.palette.dark and surface.subject.time in GREEN_TIMES:
        surface.palette = surface.palette.with_green_land()
    sun = paint_sky(surface, horizon)
    land.birds(surface, BIRDS, horizon, surface.palette.near)
    land.ridges(surface, RIDGES, horizon - 0.06, 0.92, 6, rugged=0.45 if hilly else 1.0)
    surface.glow(sun.x, horizon, 0.3, surface.palette.light, 0.07)
    land.mist(surface, horizon + 0.13, 0.16, 0.55)
    ground = land.flat(surface, GROUND, 0.97, 0.03)
    trees = land.conifers(surface, TREES, ground, 0.15, 0.035)
    surface.ridge(trees, surface.palette.near, surface.palette.near, 1.0)
