"""Ridges, mist and trees: what several scenes are built of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, blend, smoothstep
from darkroom.demo.painting.noise import Curve, crest, curve, fractal

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

MIST = 200
"""Key of the dice."""


def ridges(surface: Surface, key: int, top: float, bottom: float, count: int, *, rugged: float = 1.0) -> None:
    """Ridges one before the other, from far and pale to near and dark.

    Args:
        surface: What is painted on.
        key: Of the dice.
        top: y of the farthest.
        bottom: y of the nearest.
        count: How many.
        rugged: How high they rise, 1 for mountains, 0.3 for hills.
    """
    palette = surface.palette
    haze = blend(palette.sky[3], palette.sky[2], 0.35)
    grain = fractal(surface.dice, key, surface.width, surface.height, cells=9, octaves=min(surface.detail, 6))
    grain -= np.float32(0.5)
    for number in range(count):
        near = number / max(count - 1, 1)
        base = top + (bottom - top) * near**1.25
        rise = (0.34 - 0.12 * near) * rugged
        octaves = min(surface.detail + 2, 8)
        peaks = crest(surface.dice, key + number + 1, surface.x[0], cells=1.5 + near * 0.9, octaves=octaves)
        roll = curve(surface.dice, key + number + 20, surface.x[0], cells=1.1, octaves=2)
        line = np.float32(base) - (peaks - np.float32(0.52) + roll * np.float32(0.16)) * np.float32(rise)
        colour = blend(palette.far, palette.near, near**1.4)
        foot = blend(haze, colour, 0.25 + 0.6 * near)
        surface.ridge(
            line.astype(np.float32), colour, foot, 0.22 + 0.1 * near, grain * np.float32(0.35 + 0.5 * near)
        )


def mist(surface: Surface, y: float, depth: float, strength: float) -> None:
    """A band of mist around `y`, torn by noise."""
    shape = fractal(surface.dice, MIST, surface.width, surface.height, cells=2.5, octaves=3, stretch=5)
    away = np.abs(surface.y - np.float32(y)) * np.float32(1 / depth)
    band = smoothstep(1.0, 0.0, away) * (np.float32(0.35) + shape) * np.float32(strength)
    surface.wash(blend(surface.palette.sky[3], surface.palette.sky[2], 0.3), np.clip(band, 0, 0.95))


def conifers(surface: Surface, key: int, ground: Curve, height: float, spacing: float) -> Curve:
    """The line of a row of conifers that stand on `ground` (y by column)."""
    count = int(surface.aspect / spacing) + 4
    numbers = surface.dice.numbers(count * 3, key).reshape(3, count)
    half = surface.aspect / 2
    line = ground.copy()
    for number in range(count):
        centre = -half + (number - 1 + float(numbers[0, number])) * spacing
        tall = height * (0.55 + 0.6 * float(numbers[1, number]))
        wide = tall * (0.13 + 0.05 * float(numbers[2, number]))
        across = np.abs(surface.x[0] - np.float32(centre)) * np.float32(1 / wide)
        near = across < 1
        if not near.any():
            continue
        # Steps in the slope are branches.
        slope = 1 - across[near]
        branches = slope * np.float32(9)
        jagged = np.floor(branches) + np.sqrt(branches - np.floor(branches))
        shape = jagged * np.float32(tall / 9)
        foot = np.interp(centre, surface.x[0].astype(np.float64), ground.astype(np.float64))
        line[near] = np.minimum(line[near], np.float32(foot) - shape.astype(np.float32))
    return line


def flat(surface: Surface, key: int, base: float, roll: float, cells: float = 1.5) -> Curve:
    """A gently rolling line at about `base`."""
    waves = curve(surface.dice, key, surface.x[0], cells=cells, octaves=4)
    line: Curve = (np.float32(base) + waves * np.float32(roll)).astype(np.float32)
    return line


def birds(surface: Surface, key: int, y: float, colour: Colour) -> None:
    """A few birds far away: two short arcs each."""
    numbers = surface.dice.numbers(24, key).reshape(8, 3)
    for across, up, size in numbers[: 3 + int(surface.dice.number(key + 1) * 5)]:
        span = 0.008 + 0.012 * float(size)
        x = (float(across) - 0.5) * surface.aspect * 0.6
        place = y * (0.35 + 0.5 * float(up))
        away = np.abs(surface.x - np.float32(x)) * np.float32(1 / span)
        arc = np.float32(place) - np.float32(span * 0.5) * away * (np.float32(1.6) - away)
        thick = np.float32(max(span * 0.14, 0.7 / surface.height))
        mask = smoothstep(1.0, 0.2, np.abs(surface.y - arc) / thick) * (away < 1)
        surface.wash(colour, mask * np.float32(0.8))
