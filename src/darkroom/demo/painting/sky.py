"""Skies: gradient, sun or moon, clouds, stars, northern lights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, blend, smoothstep
from darkroom.demo.painting.noise import billows, fractal

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

CLOUDS, MOON, STARS, AURORA, SUN = 100, 101, 102, 103, 104
"""Keys of the dice."""


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the light comes from."""

    x: float
    y: float
    radius: float


def paint_sky(surface: Surface, horizon: float, *, with_sun: bool = True) -> Sun:
    """Paints rows 0 to `horizon`, and a little beyond; gives the sun or moon for what comes after."""
    palette, subject = surface.palette, surface.subject
    top, high, low, glow = palette.sky
    stops = [(0.0, top), (horizon * 0.42, high), (horizon * 0.8, low), (horizon, glow), (1.0, glow)]
    surface.gradient(stops)
    sun = _place_sun(surface, horizon)
    if palette.dark:
        _stars(surface, horizon)
        if subject.has("aurora", "northern", "green", "teal") or surface.dice.number(AURORA) > 0.72:
            _aurora(surface, horizon)
    if with_sun:
        _light(surface, sun)
    if not subject.has("cloudless"):
        _clouds(surface, horizon, sun)
    return sun


def _place_sun(surface: Surface, horizon: float) -> Sun:
    across, up, size = surface.dice.numbers(3, SUN)
    side = surface.aspect / 2 * 0.7
    x = float(across * 2 - 1) * side
    if surface.subject.time in ("dawn", "dusk", "fire"):
        y = horizon * (0.72 + 0.2 * float(up))
    else:
        y = horizon * (0.2 + 0.35 * float(up))
    return Sun(x, y, 0.028 + 0.03 * float(size))


def _light(surface: Surface, sun: Sun) -> None:
    light, time = surface.palette.light, surface.subject.time
    warm = blend(light, surface.palette.sky[2], 0.35)
    if surface.palette.dark:
        surface.glow(sun.x, sun.y, 0.16, light, 0.16)
        _moon(surface, sun)
        return
    veiled = time in ("mist", "storm")
    surface.glow(sun.x, sun.y, 0.42, warm, 0.25 if veiled else 0.35)
    surface.glow(sun.x, sun.y, 0.12, light, 0.3 if veiled else 0.55)
    if veiled:
        surface.disc(sun.x, sun.y, sun.radius, light, softness=0.02)
    else:
        surface.disc(sun.x, sun.y, sun.radius, light, softness=0.004)


def _moon(surface: Surface, sun: Sun) -> None:
    """A moon with stains; the seed says how much of it is in the shade."""
    edge = 1.2 / surface.height
    disc = smoothstep(sun.radius + edge, sun.radius - edge, surface.distance(sun.x, sun.y))
    phase = surface.dice.number(MOON, 0.25, 1.6)
    shade_x, shade_y = sun.x + sun.radius * phase, sun.y - sun.radius * phase * 0.5
    far = surface.distance(shade_x, shade_y)
    lit = disc * smoothstep(sun.radius * 0.75, sun.radius * 1.05, far)
    stains = fractal(surface.dice, MOON, surface.width, surface.height, cells=0.5 / sun.radius, octaves=3)
    surface.wash(surface.palette.light, lit * (1 - smoothstep(0.52, 0.68, stains) * np.float32(0.22)))


def _stars(surface: Surface, horizon: float) -> None:
    """Points of light, each one or a few pixels at any size."""
    count = 420
    places = surface.dice.numbers(count * 3, STARS).reshape(3, count)
    rows = (places[0] * horizon * surface.height).astype(int)
    columns = (places[1] * surface.width).astype(int)
    bright = (places[2] ** 4).astype(np.float32)
    fade = 1 - (places[0] ** 2).astype(np.float32)
    size = max(1, round(surface.height / 900))
    for down in range(size):
        for right in range(size):
            y, x = np.minimum(rows + down, surface.height - 1), np.minimum(columns + right, surface.width - 1)
            surface.colours[:, y, x] += (
                (np.float32(0.12) + bright * np.float32(0.88)) * fade * np.float32(point_strength(surface))
            )


def point_strength(surface: Surface) -> float:
    """How bright a point of one pixel may be, so that small pictures are not sown with light."""
    return min(max(surface.height / 400, 0.2), 1.0)


def _aurora(surface: Surface, horizon: float) -> None:
    dice = surface.dice
    last = surface.row(horizon)
    curtains = fractal(dice, AURORA, surface.width, last, cells=2.2, octaves=3, stretch=0.35)
    sway = fractal(dice, AURORA + 1, surface.width, last, cells=1.2, octaves=2, stretch=2.5)
    height = smoothstep(0.0, 0.3, surface.y[:last]) * smoothstep(horizon, horizon * 0.45, surface.y[:last])
    strength = smoothstep(0.45, 0.8, curtains) * smoothstep(0.42, 0.62, sway) * height
    surface.add((0.16, 0.72, 0.5), strength * np.float32(0.6), 0, last)
    surface.add((0.3, 0.2, 0.6), strength * strength * np.float32(0.4), 0, last)


def _clouds(surface: Surface, horizon: float, sun: Sun) -> None:
    dice, palette, time = surface.dice, surface.palette, surface.subject.time
    last = surface.row(min(horizon + 0.02, 1.0))
    octaves = min(surface.detail, 6)
    cells = 3.6 * max(horizon, 0.2)
    shape = billows(dice, CLOUDS, surface.width, last, cells=cells, octaves=octaves, stretch=2.6)
    cover = {"storm": 0.38, "mist": 0.46, "day": 0.52, "night": 0.56}.get(time, 0.49)
    cover += (dice.number(CLOUDS) - 0.5) * 0.1
    density = smoothstep(cover, cover + 0.2, shape)
    # Flat and calm towards the horizon, gone at the zenith.
    reach = surface.y[:last] * np.float32(1 / max(horizon, 0.05))
    density *= smoothstep(-0.1, 0.25, reach) * smoothstep(1.05, 0.75, reach)
    thick = smoothstep(cover + 0.06, cover + 0.34, shape)
    near = surface.distance(sun.x, sun.y, stretch=1.6)[:last]
    lit = np.float32(1) / (1 + near * near * 5)
    bright, shade = _cloud_colours(surface)
    surface.wash(bright, density * np.float32(0.75), 0, last)
    surface.wash(shade, thick * density * (1 - lit * np.float32(0.6)) * np.float32(0.6), 0, last)
    edge = density * (1 - thick) * lit
    surface.add(palette.light, edge * np.float32(0.12 if palette.dark else 0.28), 0, last)


def _cloud_colours(surface: Surface) -> tuple[Colour, Colour]:
    palette = surface.palette
    if palette.dark:
        return blend(palette.sky[2], palette.light, 0.12), palette.sky[1]
    if surface.subject.time == "day":
        return (1.0, 1.0, 1.0), blend(palette.sky[1], (0.75, 0.78, 0.82), 0.6)
    return blend(palette.sky[3], palette.light, 0.4), blend(palette.sky[1], palette.far, 0.4)
