"""Abstract pictures: flowing bands of colour, folded by noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, Plane, Planes, blend, smoothstep
from darkroom.demo.painting.noise import fractal, sampled

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

FOLD, BANDS, RELIEF = 700, 710, 720
"""Keys of the dice."""
TABLE = 1024
"""Entries of the colour table."""


def draw(surface: Surface) -> None:
    """Noise that is read at places moved by other noise, coloured by the palette, lit from the side."""
    dice, detail = surface.dice, min(surface.detail, 6)
    size = (surface.width, surface.height)
    fold_x = fractal(dice, FOLD, *size, cells=1.6, octaves=3)
    fold_y = fractal(dice, FOLD + 1, *size, cells=1.6, octaves=3)
    strength = np.float32(dice.number(FOLD + 2, 2.4, 4.4))
    lattice = dice.lattice(64, 64, BANDS)
    y = surface.y * np.float32(1.3) + (fold_y - np.float32(0.5)) * strength
    x = surface.x * np.float32(1.3) + (fold_x - np.float32(0.5)) * strength
    value = sampled(lattice, y + 9, x + 9) * np.float32(0.62)
    weight, scale = 0.26, 2.1
    for _ in range(detail - 2):
        value += sampled(lattice, y * np.float32(scale) + 17, x * np.float32(scale) + 5) * np.float32(weight)
        weight, scale = weight * 0.48, scale * 2.1
    surface.colours[:] = _coloured(surface, value)
    rings = value * np.float32(dice.number(BANDS + 2, 16, 30))
    thread = np.abs(rings - np.floor(rings) - np.float32(0.5))
    surface.wash(surface.palette.near, smoothstep(0.09, 0.02, thread) * np.float32(0.3))
    _relief(surface, value)


def _coloured(surface: Surface, value: Plane) -> Planes:
    """The palette as a smooth table, read by the value; it runs through several times."""
    palette = surface.palette
    pale = blend(palette.light, palette.sky[3], 0.5)
    stops: list[Colour] = [
        *(palette.near, palette.sky[0], palette.water, palette.sky[1], palette.accent, pale),
        *(palette.sky[2], palette.far, palette.sky[0], palette.near),
    ]
    places = np.linspace(0, 1, len(stops))
    at = np.linspace(0, 1, TABLE)
    table = np.stack([np.interp(at, places, [c[p] for c in stops]) for p in range(3)]).astype(np.float32)
    turns = surface.dice.number(BANDS + 1, 2.0, 3.4)
    index = (value * np.float32(turns * TABLE)).astype(np.intp) % TABLE
    coloured: Planes = np.take(table, index, axis=1)
    return coloured


def _relief(surface: Surface, value: Plane) -> None:
    """Light from the upper left on the folds, as if the colours were thick."""
    slope = np.zeros_like(value)
    step = max(1, surface.height // 400)
    slope[step:, step:] = value[step:, step:] - value[:-step, :-step]
    steepness = np.float32(surface.height / 64 / step)
    light = np.clip(slope * steepness, -0.3, 0.5)
    surface.colours *= 1 + light * np.float32(0.9)
    surface.add(surface.palette.light, smoothstep(0.18, 0.6, light) * np.float32(0.3))
    edge = surface.distance(0, 0.5, stretch=max(surface.aspect, 0.6))
    surface.wash(blend(surface.palette.near, (0, 0, 0), 0.4), smoothstep(0.4, 0.95, edge) * np.float32(0.5))
