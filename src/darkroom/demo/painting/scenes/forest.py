"""A forest: rows of conifers that go into the mist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import blend, smoothstep
from darkroom.demo.painting.noise import fractal
from darkroom.demo.painting.scenes import land
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from darkroom.demo.painting.sky import Sun
    from darkroom.demo.painting.surface import Surface

ROWS, FIRST, BIRDS, RAYS = 6, 400, 440, 450
"""Rows of trees, and keys of the dice."""


def draw(surface: Surface) -> None:
    """Rows of trees, mist between them, and light that falls through."""
    palette = surface.palette
    horizon = surface.dice.number(FIRST, 0.5, 0.62)
    sun = paint_sky(surface, horizon + 0.1)
    land.birds(surface, BIRDS, horizon, palette.near)
    haze = blend(palette.sky[3], palette.sky[2], 0.4)
    grain = fractal(
        surface.dice, FIRST, surface.width, surface.height, cells=14, octaves=min(surface.detail, 5)
    )
    grain -= np.float32(0.5)
    for number in range(ROWS):
        near = number / (ROWS - 1)
        ground = land.flat(surface, FIRST + number, horizon + 0.08 + 0.5 * near**1.3, 0.035, cells=1.2)
        tall, spacing = 0.13 + 0.46 * near**1.3, 0.015 + 0.06 * near**1.2
        line = land.conifers(surface, FIRST + 10 + number, ground, tall, spacing)
        colour = blend(blend(palette.far, haze, 0.35), palette.near, near**1.15)
        foot = blend(haze, colour, 0.15 + 0.6 * near)
        surface.ridge(line, colour, foot, tall * 0.9, grain * np.float32(0.5 * near))
        if number == ROWS // 2:
            _rays(surface, sun)


def _rays(surface: Surface, sun: Sun) -> None:
    """Shafts of light, fanning out from the sun."""
    if surface.palette.dark:
        return
    down = np.maximum(surface.y - np.float32(sun.y - 0.25), np.float32(0.05))
    fan = (surface.x - np.float32(sun.x)) / down
    columns = surface.dice.lattice(1, 64, RAYS)[0]
    at = (fan + 8) * np.float32(5)
    before = np.floor(at)
    rest = at - before
    rest = rest * rest * (3 - 2 * rest)
    index = before.astype(np.intp) % 63
    shafts = columns[index] + (columns[index + 1] - columns[index]) * rest
    reach = smoothstep(1.1, 0.1, np.abs(fan)) * smoothstep(1.0, 0.3, surface.y) * smoothstep(0.1, 0.45, down)
    surface.add(surface.palette.light, smoothstep(0.3, 1.0, shafts) * reach * np.float32(0.13))
