"""Space: nebulas, stars, a planet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting import sky
from darkroom.demo.painting.colour import Plane, blend, smoothstep
from darkroom.demo.painting.noise import fractal, sampled

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

CLOUD, STARS, PLANET, BANDS = 1000, 1020, 1030, 1040
"""Keys of the dice."""


def draw(surface: Surface) -> None:
    """Darkness, clouds of light, stars of all sizes, and a planet where it fits."""
    palette = surface.palette
    surface.colours[:] = np.float32(0.012)
    surface.add(palette.sky[0], 0.22)
    _nebula(surface)
    _stars(surface)
    if (
        surface.subject.has("planet", "planets", "saturn", "mars", "astronaut", "orbit")
        or surface.dice.number(PLANET) > 0.5
    ):
        _planet(surface)


def _nebula(surface: Surface) -> None:
    dice, palette = surface.dice, surface.palette
    size = (surface.width, surface.height)
    octaves = min(surface.detail + 1, 7)
    fold = fractal(dice, CLOUD, *size, cells=1.5, octaves=3)
    shape = fractal(dice, CLOUD + 1, *size, cells=2.2, octaves=octaves, gain=0.55)
    lattice = dice.lattice(64, 64, CLOUD + 2)
    swept = sampled(lattice, surface.y * 2 + fold * 3, surface.x * 2 + shape * 3 + 9)
    band = surface.y - np.float32(0.5) + surface.x * np.float32(dice.number(CLOUD + 3, -0.6, 0.6))
    near = 1 / (1 + band * band * 9)
    density = smoothstep(0.27, 0.8, shape * np.float32(0.6) + swept * np.float32(0.5)) * near
    ridges = 1 - np.abs(swept - np.float32(0.5)) * 2
    surface.add(blend(palette.sky[2], (0.3, 0.25, 0.85), 0.5), density * np.float32(1.1))
    surface.add(blend(palette.sky[3], (0.95, 0.3, 0.5), 0.6), density * density * shape * np.float32(1.7))
    surface.add(palette.accent, smoothstep(0.72, 1.0, ridges) * density * density * np.float32(0.6))
    dark = smoothstep(0.5, 0.66, fractal(dice, CLOUD + 4, *size, cells=3, octaves=octaves, gain=0.55))
    surface.colours *= 1 - dark * near * np.float32(0.6)


def _stars(surface: Surface) -> None:
    count = 1400
    places = surface.dice.numbers(count * 4, STARS).reshape(4, count)
    rows = (places[0] * surface.height).astype(int)
    columns = (places[1] * surface.width).astype(int)
    bright = ((0.1 + 0.9 * places[2] ** 5) * sky.point_strength(surface)).astype(np.float32)
    colours = np.array(
        [blend((1, 0.92, 0.8), (0.75, 0.85, 1), float(t)) for t in places[3]], dtype=np.float32
    ).T
    surface.colours[:, rows, columns] += bright * colours
    reach = max(1, round(surface.height / 160))
    for star in np.argsort(bright)[-14:]:
        _flare(surface, int(rows[star]), int(columns[star]), reach, float(bright[star]))


def _flare(surface: Surface, row: int, column: int, reach: int, bright: float) -> None:
    """A cross of light around a bright star."""
    for away in range(1, reach * 2):
        light = np.float32(bright * (1 - away / (reach * 2)) ** 2 * 0.8)
        for y, x in ((row + away, column), (row - away, column), (row, column + away), (row, column - away)):
            if 0 <= y < surface.height and 0 <= x < surface.width:
                surface.colours[:, y, x] += light


def _planet(surface: Surface) -> None:
    """A sphere with bands and a terminator; sometimes with a ring."""
    dice, palette = surface.dice, surface.palette
    across, down, size = dice.numbers(3, PLANET + 1)
    radius = 0.13 + 0.17 * float(size)
    x = (float(across) - 0.5) * (surface.aspect - radius)
    y = 0.3 + 0.4 * float(down)
    u = (surface.x - np.float32(x)) * np.float32(1 / radius)
    v = (surface.y - np.float32(y)) * np.float32(1 / radius)
    square = u * u + v * v
    depth = np.sqrt(np.maximum(1 - square, 0))
    soft = 1.5 / surface.height / radius
    mask = smoothstep(1 + soft, 1 - soft, np.sqrt(square))
    light = np.clip(u * np.float32(-0.62) + v * np.float32(-0.35) + depth * np.float32(0.7), 0, 1)
    bands = sampled(
        dice.lattice(64, 64, BANDS), v * 7 + 9 + u * np.float32(0.4), u / (depth + np.float32(0.5)) + 9
    )
    dark, bright = blend(palette.water, palette.sky[0], 0.3), blend(palette.accent, palette.sky[3], 0.45)
    surface.glow(x, y, radius * 1.3, palette.sky[3], 0.12)
    ringed = surface.subject.has("saturn", "ring", "rings") or dice.number(PLANET + 2) > 0.6
    ring = _ring(surface, u, v) if ringed else None
    if ring is not None:
        surface.wash(blend(palette.light, palette.accent, 0.4), ring * (v < 0) * np.float32(0.75))
    surface.wash((0.0, 0.0, 0.0), mask)
    surface.add(dark, mask * light * (1 - bands))
    surface.add(bright, mask * light * bands)
    rim = smoothstep(0.72, 1.0, np.sqrt(square)) * mask * light
    surface.add(palette.sky[3], rim * np.float32(0.5))
    if ring is not None:
        surface.wash(blend(palette.light, palette.accent, 0.4), ring * (v >= 0) * np.float32(0.75))


def _ring(surface: Surface, u: Plane, v: Plane) -> Plane:
    tilt = (v - u * np.float32(0.22)) * np.float32(4.2)
    far = np.sqrt(u * u + tilt * tilt)
    stripes = surface.dice.lattice(1, 40, BANDS + 1)[0]
    index = np.clip((far - np.float32(1.3)) * 50, 0, 39).astype(np.intp)
    ring: Plane = (
        smoothstep(1.3, 1.36, far) * smoothstep(2.05, 1.98, far) * (np.float32(0.35) + stripes[index] * 0.65)
    )
    return ring.astype(np.float32)
