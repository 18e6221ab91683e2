"""Water: seas, lakes and harbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import blend, column, smoothstep
from darkroom.demo.painting.noise import curve, sampled
from darkroom.demo.painting.scenes import boats, land
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from darkroom.demo.painting.colour import Plane
    from darkroom.demo.painting.sky import Sun
    from darkroom.demo.painting.surface import Surface

PLACE, HILLS, RIPPLES, BIRDS, HEADLAND, CALM = 500, 510, 530, 540, 550, 560
"""Keys of the dice."""
MOUNTAINS = ("mountain", "mountains", "alps", "fjord", "peaks", "glacier", "valley")


def draw(surface: Surface) -> None:
    """Sky, hills behind, its mirror in the water, boats, and a lighthouse or a quay where asked for."""
    subject, dice = surface.subject, surface.dice
    horizon = dice.number(PLACE, 0.46, 0.6)
    sun = paint_sky(surface, horizon)
    land.birds(surface, BIRDS, horizon, surface.palette.near)
    _hills(surface, horizon)
    harbour = subject.has("harbour", "harbor", "port", "pier", "town", "village", "venice")
    if harbour:
        boats.houses(surface, horizon)
    if subject.has("lighthouse"):
        boats.lighthouse(surface, horizon)
    boats.moored(surface, horizon, 7 if harbour else 2 + int(dice.number(PLACE + 1) * 3))
    _water(surface, horizon, sun)
    if not harbour and dice.number(HEADLAND) > 0.35:
        _headland(surface)


def _hills(surface: Surface, horizon: float) -> None:
    """Low hills that sink into the water at one side."""
    palette = surface.palette
    if surface.subject.has(*MOUNTAINS):
        land.ridges(surface, HILLS + 5, horizon - 0.16, horizon - 0.03, 3, rugged=0.9)
    side = 1.0 if surface.dice.number(HILLS) > 0.5 else -1.0
    for number in range(3):
        near = number / 2
        waves = curve(surface.dice, HILLS + number + 1, surface.x[0], cells=1.6 + near, octaves=6)
        slope = np.clip(np.float32(0.42 - 0.25 * near) + surface.x[0] * np.float32(side * 0.75), 0, 1)
        rise = slope * np.float32(0.16) * (np.float32(0.75) + waves * np.float32(0.75))
        line = (np.float32(horizon) - np.maximum(rise, 0)).astype(np.float32)
        colour = blend(palette.far, palette.near, 0.1 + 0.42 * near)
        surface.ridge(line, colour, blend(colour, palette.sky[3], 0.45), 0.12)


def _water(surface: Surface, horizon: float, sun: Sun) -> None:
    """Mirrors what is above the horizon, broken by waves that grow towards us."""
    first = surface.row(horizon)
    rows = surface.height - first
    if rows < 2:
        return
    palette = surface.palette
    depth = (surface.y[first:] - np.float32(horizon)) * np.float32(1 / max(1 - horizon, 0.05))
    waves = _waves(surface, depth)
    calm = surface.dice.number(CALM, 0.6, 1.2)
    push = waves * (np.float32(0.01) + depth * np.float32(0.06)) * np.float32(calm)
    source = first - 1 - ((depth * np.float32(0.92) + push) * np.float32(first)).astype(np.intp)
    source = np.clip(source, 0, first - 1)
    sway = (waves * (np.float32(2) + depth * np.float32(10)) * np.float32(surface.height / 900)).astype(
        np.intp
    )
    columns = np.clip(np.arange(surface.width)[None, :] + sway, 0, surface.width - 1)
    mirrored = surface.colours[:, source, columns]
    own = (
        column(palette.water) * (np.float32(0.9) - depth * np.float32(0.35)) * (1 + waves * np.float32(0.22))
    )
    clear = np.float32(0.78) - depth * np.float32(0.38)
    area = surface.colours[:, first:]
    area[:] = own + (mirrored - own) * clear
    _glitter(surface, first, depth, waves, sun)
    edge = smoothstep(0.05, 0.0, depth)
    surface.wash(blend(palette.sky[3], palette.light, 0.3), edge * np.float32(0.35), first)


def _waves(surface: Surface, depth: Plane) -> Plane:
    """Waves in perspective, -1 … 1: small and dense at the horizon."""
    lattice = surface.dice.lattice(128, 128, RIPPLES)
    nearness = 1 / (depth + np.float32(0.09))
    across = (surface.x + 4) * nearness
    long = sampled(lattice, nearness * np.float32(9), across * np.float32(2.2))
    short = sampled(lattice, nearness * np.float32(23) + np.float32(7), across * np.float32(6))
    waves: Plane = (long * np.float32(1.2) + short * np.float32(0.8)) - np.float32(1)
    # Where waves are finer than pixels they would flicker: let them go.
    waves *= smoothstep(0.0, 0.08, depth)
    return waves


def _glitter(surface: Surface, first: int, depth: Plane, waves: Plane, sun: Sun) -> None:
    """The path of light below the sun or moon."""
    away = np.abs(surface.x - np.float32(sun.x)) / (np.float32(0.05) + depth * np.float32(0.22))
    path = 1 / (1 + away * away * 2)
    sparks = smoothstep(0.05, 0.6, waves) * path
    strength = 0.55 if surface.palette.dark else 0.8
    surface.add(surface.palette.light, sparks * np.float32(strength * 0.75), first)
    surface.add(surface.palette.light, path * (1 - depth) * np.float32(0.12), first)


def _headland(surface: Surface) -> None:
    """A dark shore at one lower corner."""
    side = 1.0 if surface.dice.number(HEADLAND + 1) > 0.5 else -1.0
    waves = curve(surface.dice, HEADLAND + 2, surface.x[0], cells=3.0, octaves=7)
    slope = surface.x[0] * np.float32(side / max(surface.aspect, 0.4)) * np.float32(2)
    rise = np.clip(slope - np.float32(0.1), 0, 1) * np.float32(0.26) * (1 + waves * np.float32(0.5))
    line = (np.float32(1.03) - rise).astype(np.float32)
    trees = land.conifers(surface, HEADLAND + 3, line, 0.1, 0.03)
    trees = np.where(rise > 0.03, trees, line).astype(np.float32)
    surface.ridge(trees, surface.palette.near, surface.palette.near, 1.0)
