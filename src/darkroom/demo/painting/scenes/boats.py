"""Boats, houses along a quay, a lighthouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, blend, scaled, smoothstep

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

BOATS, HOUSES, TOWER = 600, 620, 640
"""Keys of the dice."""


def moored(surface: Surface, horizon: float, count: int) -> None:
    """Sailing boats on the horizon line; the water mirrors them."""
    numbers = surface.dice.numbers(count * 3, BOATS).reshape(count, 3)
    palette = surface.palette
    sail = blend(palette.sky[3], palette.light, 0.5)
    for number, (across, size, lean) in enumerate(numbers):
        tall = 0.045 + 0.085 * float(size) ** 2
        x = (float(across) - 0.5) * surface.aspect * 0.86
        hull = scaled(palette.near, 1.25)
        colour = blend(palette.accent, sail, 0.35) if number % 3 == 0 else blend(sail, palette.sky[1], 0.18)
        _boat(surface, x, horizon, tall, hull, colour, 1.0 if lean > 0.5 else -1.0)


def _boat(
    surface: Surface, x: float, base: float, tall: float, hull: Colour, sail: Colour, side: float
) -> None:
    pixel = 1.2 / surface.height
    first, last = surface.row(base - tall * 1.3), surface.row(base)
    up = (np.float32(base) - surface.y[first:last]) * np.float32(1 / tall)
    across = (surface.x - np.float32(x)) * np.float32(side / tall)
    soft = np.float32(pixel / tall)
    front = (
        (up > 0.2)
        * smoothstep(0.0, float(soft), across)
        * smoothstep(float(soft), 0.0, across - (1.15 - up) * 0.42)
    )
    back = (
        (up > 0.24)
        * smoothstep(0.0, float(soft), -across)
        * smoothstep(float(soft), 0.0, -across - (0.95 - up) * 0.3)
    )
    surface.wash(sail, front * np.float32(0.92), first, last)
    surface.wash(scaled(sail, 0.82), back * np.float32(0.92), first, last)
    mast = smoothstep(float(soft) * 1.2, 0.0, np.abs(across)) * (up < 1.2)
    surface.wash(hull, mast * np.float32(0.8), first, last)
    body = smoothstep(0.17 + float(soft), 0.17, up) * smoothstep(
        0.0, -float(soft), np.abs(across) - (0.34 + up * 0.7)
    )
    surface.wash(hull, body, first, last)


def houses(surface: Surface, horizon: float) -> None:
    """A row of gabled houses along one part of the horizon, lamps in some windows."""
    palette = surface.palette
    count = int(surface.aspect * 16) + 2
    numbers = surface.dice.numbers(count * 4, HOUSES).reshape(count, 4)
    start = -surface.aspect / 2 + (0.0 if surface.dice.number(HOUSES + 1) > 0.5 else 0.4 * surface.aspect)
    x = start
    wall = blend(palette.far, palette.near, 0.45)
    for width, tall, shade, lamp in numbers:
        wide = 0.04 + 0.035 * float(width)
        colour = blend(blend(wall, palette.accent, 0.3 * float(shade)), palette.sky[2], 0.12)
        _house(surface, x, horizon, wide, 0.05 + 0.06 * float(tall), colour, lit=bool(lamp > 0.35))
        x += wide * 1.02
        if x > start + surface.aspect * 0.62:
            break


def _house(
    surface: Surface, x: float, base: float, wide: float, tall: float, colour: Colour, *, lit: bool
) -> None:
    roof = wide * 0.45
    first, last = surface.row(base - tall - roof), surface.row(base)
    up = np.float32(base) - surface.y[first:last]
    across = surface.x - np.float32(x)
    soft = 1.2 / surface.height
    inside = smoothstep(0.0, soft, across) * smoothstep(wide, wide - soft, across)
    surface.wash(colour, inside * smoothstep(tall + soft, tall, up), first, last)
    gable = np.float32(tall + roof) - np.abs(across - np.float32(wide / 2)) * np.float32(2 * roof / wide)
    surface.wash(scaled(colour, 0.6), inside * smoothstep(0.0, soft, gable - up) * (up > tall), first, last)
    lamp = surface.palette.accent if lit else scaled(colour, 0.55)
    for column_of in (0.27, 0.73):
        for row_of in (0.3, 0.68):
            pane = (np.abs(across - np.float32(wide * column_of)) < wide * 0.1) * (
                np.abs(up - np.float32(tall * row_of)) < tall * 0.1
            )
            surface.wash(lamp, pane.astype(np.float32), first, last)


def lighthouse(surface: Surface, horizon: float) -> None:
    """A lighthouse on a rock, with its beam when it is dark."""
    palette = surface.palette
    x = surface.aspect * (0.22 if surface.dice.number(TOWER) > 0.5 else -0.22)
    tall, wide = 0.3, 0.028
    top = horizon - 0.05 - tall
    if palette.dark or surface.subject.time in ("dusk", "storm", "mist"):
        _beam(surface, x, top)
    away = (surface.x[0] - np.float32(x)) * np.float32(7)
    rock = (np.float32(horizon) - np.float32(0.07) / (1 + away * away)).astype(np.float32)
    rock = np.where(rock > horizon - 0.006, np.float32(1.2), rock).astype(np.float32)
    up = (np.float32(horizon) - surface.y) * np.float32(1 / (tall + 0.05))
    across = np.abs(surface.x - np.float32(x))
    half = np.float32(wide) * (np.float32(1) - up * np.float32(0.4))
    soft = 1.2 / surface.height
    tower = smoothstep(soft, 0.0, across - half) * (up > 0) * (up < 1)
    stripes = (np.floor(up * np.float32(5)) % 2).astype(np.float32)
    white, red = blend((0.95, 0.93, 0.9), palette.sky[1], 0.3), blend((0.75, 0.2, 0.17), palette.sky[1], 0.25)
    surface.wash(scaled(white, 0.45 if palette.dark else 1.0), tower)
    surface.wash(scaled(red, 0.5 if palette.dark else 1.0), tower * stripes)
    shade = smoothstep(-wide, wide, surface.x - np.float32(x))
    surface.wash(palette.near, tower * shade * np.float32(0.45))
    surface.wash(palette.near, (across < wide * 0.8) * (np.abs(surface.y - np.float32(top - 0.004)) < 0.007))
    surface.disc(x, top - 0.02, 0.014, blend(palette.accent, (1.0, 1.0, 0.9), 0.5))
    surface.glow(x, top - 0.02, 0.03, palette.accent, 0.5)
    surface.wash(
        palette.near,
        (across < wide * 0.7) * smoothstep(0.004, 0.0, np.abs(surface.y - np.float32(top - 0.038))),
    )
    first = surface.row(horizon - 0.09)
    mask = surface.below(rock, first) * (surface.y[first:] <= horizon)
    surface.wash(palette.near, mask, first)


def _beam(surface: Surface, x: float, y: float) -> None:
    side = -1.0 if x > 0 else 1.0
    along = np.maximum((surface.x - np.float32(x)) * np.float32(side), np.float32(0.0))
    down = np.abs(surface.y - np.float32(y - 0.02) - along * np.float32(0.05))
    width = np.float32(0.006) + along * np.float32(0.1)
    beam = smoothstep(1.0, 0.0, down / width) * (1 / (1 + along * np.float32(2.4))) * (along > 0)
    surface.add(surface.palette.accent, beam * np.float32(0.42))
