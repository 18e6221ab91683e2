"""Dunes under a wide sky."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import blend, column, rgb, scaled, smoothstep, tinted
from darkroom.demo.painting.noise import curve, sampled
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from darkroom.demo.painting.colour import Plane
    from darkroom.demo.painting.noise import Curve
    from darkroom.demo.painting.sky import Sun
    from darkroom.demo.painting.surface import Surface

DUNES, RIPPLES, PYRAMIDS = 800, 830, 840
"""Keys of the dice."""
SAND = rgb("d9a066")


def draw(surface: Surface) -> None:
    """Dunes with a lit and a shaded side, wind ripples on the near ones."""
    horizon = surface.dice.number(DUNES, 0.44, 0.58)
    sun = paint_sky(surface, horizon)
    if surface.subject.has("pyramid", "pyramids", "egypt"):
        _pyramids(surface, horizon, sun)
    count = 5
    for number in range(count):
        _dune(surface, number, number / (count - 1), horizon, sun)


def _dune(surface: Surface, number: int, near: float, horizon: float, sun: Sun) -> None:
    palette = surface.palette
    base = horizon + 0.03 + 0.4 * near**1.3
    line = _crest(surface, number, base, 0.05 + 0.09 * near)
    first = surface.row(float(line.min()) - 2 / surface.height)
    if first >= surface.height:
        return
    sand = blend(tinted(SAND, palette.sky[2], 0.45), palette.near, 0.3 if palette.dark else 0.05)
    if palette.dark:
        sand = scaled(tinted(sand, palette.sky[2], 0.6), 0.42)
    bright = blend(blend(sand, palette.light, 0.32), palette.sky[3], 0.5 * (1 - near))
    shade = blend(
        scaled(blend(sand, palette.sky[0], 0.35), 0.72 - 0.3 * near), palette.sky[3], 0.42 * (1 - near)
    )
    mask = surface.below(line, first)
    down = surface.y[first:] - line[None, :]
    lit = _lit(surface, number, line, down, 1.0 if sun.x > 0 else -1.0)
    paint = column(shade) + (column(bright) - column(shade)) * lit
    if near > 0.3:
        paint = paint * (1 + _ripples(surface, first, down) * np.float32(0.16 * near))
    surface.wash(paint, mask, first)


def _lit(surface: Surface, number: int, line: Curve, down: Plane, lean: float) -> Plane:
    """How much light falls on a dune: its spine wanders down and away from the sun, and fades."""
    slope = np.zeros_like(line)
    step = max(1, surface.width // 100)
    slope[step:-step] = (line[2 * step :] - line[: -2 * step]) * np.float32(surface.height / (2 * step))
    wander = curve(surface.dice, DUNES + 40 + number, down[:, surface.width // 2] * 4, cells=1.5, octaves=2)
    shift = down * np.float32(-1.3 * lean) + wander[:, None] * np.float32(0.05)
    columns = np.arange(surface.width)[None, :] + (shift * np.float32(surface.height)).astype(np.intp)
    turned = slope[np.clip(columns, step, surface.width - 1 - step)] * np.float32(lean)
    turned *= 1 - smoothstep(0.05, 0.4, down) * np.float32(0.7)
    return smoothstep(-0.5, 0.5, turned + down * np.float32(0.6))


def _crest(surface: Surface, number: int, base: float, rise: float) -> Curve:
    """Long waves with sharp tops."""
    waves = curve(surface.dice, DUNES + 1 + number, surface.x[0], cells=1.3, octaves=3, gain=0.4)
    sharp = np.float32(1) - np.sqrt(waves * waves + np.float32(0.0004)) * np.float32(1.7)
    line: Curve = (
        np.float32(base) - (sharp * np.float32(0.75) + waves * np.float32(0.6)) * np.float32(rise)
    ).astype(np.float32)
    return line


def _ripples(surface: Surface, first: int, down: Curve) -> Curve:
    """Lines that the wind draws, -1 … 1."""
    lattice = surface.dice.lattice(64, 64, RIPPLES)
    bend = sampled(lattice, surface.y[first:] * 5, surface.x * np.float32(2.5) + 8)
    return sampled(lattice, (down + bend * np.float32(0.05)) * 90, surface.x * 4 + 8) * 2 - 1


def _pyramids(surface: Surface, horizon: float, sun: Sun) -> None:
    numbers = surface.dice.numbers(9, PYRAMIDS).reshape(3, 3)
    stone = blend(tinted(SAND, surface.palette.sky[2], 0.5), surface.palette.far, 0.25)
    for across, size, _ in sorted(numbers.tolist(), key=lambda n: n[1]):
        x, tall = (across - 0.5) * surface.aspect * 0.8, 0.07 + 0.12 * size
        side = surface.x - np.float32(x)
        line = (np.float32(horizon + 0.06 - tall) + np.abs(side[0]) * np.float32(0.64)).astype(np.float32)
        colour = blend(stone, surface.palette.sky[3], 0.35 * (1 - size))
        surface.ridge(line, colour, colour, 1.0)
        first = surface.row(horizon + 0.06 - tall)
        dark = surface.below(line, first) * (side * np.float32(1 if sun.x < x else -1) > 0)
        surface.wash(scaled(colour, 0.68), dark * np.float32(0.8), first)
