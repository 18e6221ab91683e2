"""Portraits: a figure against the light. A face is more than a procedure can paint well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Plane, blend, smoothstep
from darkroom.demo.painting.noise import curve, fractal
from darkroom.demo.painting.scenes import land
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

HALO, POSE, HAIR, GROUND = 1200, 1210, 1220, 1230
"""Keys of the dice."""
Points = tuple[tuple[float, float], ...]
"""(y, x) from top to bottom, in heights; x away from the middle of the head."""
FRONT: Points = (
    *((0.0, -2.0), (0.236, -0.3), (0.245, -0.02), (0.262, 0.05), (0.29, 0.086), (0.33, 0.103)),
    *((0.362, 0.108), (0.38, 0.101), (0.4, 0.111), (0.42, 0.126), (0.436, 0.138), (0.446, 0.132)),
    *((0.453, 0.114), (0.464, 0.112), (0.473, 0.122), (0.48, 0.12), (0.486, 0.111), (0.492, 0.118)),
    *((0.499, 0.116), (0.508, 0.104), (0.522, 0.108), (0.536, 0.105), (0.549, 0.09), (0.558, 0.064)),
    *((0.57, 0.042), (0.6, 0.032), (0.64, 0.034), (0.67, 0.05), (0.7, 0.1), (0.74, 0.18)),
    *((0.8, 0.235), (1.0, 0.27)),
)
"""Crown, forehead, nose, lips, chin, throat, chest."""
BACK: Points = (
    *((0.0, 2.0), (0.236, 0.3), (0.245, -0.02), (0.26, -0.078), (0.3, -0.118), (0.36, -0.134)),
    *((0.42, -0.128), (0.48, -0.106), (0.53, -0.084), (0.58, -0.08), (0.63, -0.088), (0.67, -0.12)),
    *((0.71, -0.2), (0.76, -0.26), (0.84, -0.3), (1.0, -0.33)),
)
BACK_LONG: Points = (
    *((0.0, 2.0), (0.236, 0.3), (0.245, -0.02), (0.26, -0.08), (0.3, -0.122), (0.36, -0.143)),
    *((0.44, -0.15), (0.52, -0.158), (0.6, -0.172), (0.66, -0.182), (0.71, -0.205), (0.76, -0.255)),
    *((0.84, -0.295), (1.0, -0.33)),
)
"""Back of the head, nape or hair, shoulders."""


def draw(surface: Surface) -> None:
    """A large sun or moon, hills far away, and head and shoulders before it with light at their edge."""
    palette, dice = surface.palette, surface.dice
    horizon = 0.72
    paint_sky(surface, horizon, with_sun=False)
    x = dice.number(POSE, -0.08, 0.08)
    radius = dice.number(HALO, 0.27, 0.34)
    surface.glow(x, 0.4, 0.5, palette.light, 0.22)
    surface.disc(x, 0.4, radius, blend(palette.light, palette.sky[3], 0.35), softness=0.006)
    _craters(surface, x, radius)
    land.ridges(surface, GROUND, horizon - 0.02, 0.95, 4, rugged=0.6)
    land.mist(surface, horizon + 0.06, 0.14, 0.6)
    inside = _figure(surface, x)
    _paint_figure(surface, inside, x)


def _craters(surface: Surface, x: float, radius: float) -> None:
    """Soft stains on the disc."""
    shape = fractal(surface.dice, HALO, surface.width, surface.height, cells=5, octaves=4)
    disc = smoothstep(radius, radius - 0.02, surface.distance(x, 0.4))
    stains = smoothstep(0.5, 0.62, shape) * disc * np.float32(0.2)
    surface.wash(blend(surface.palette.sky[2], surface.palette.light, 0.4), stains)


def _figure(surface: Surface, x: float) -> Plane:
    """How deep inside the figure every pixel is, in heights; negative outside. The face is in profile."""
    subject, dice = surface.subject, surface.dice
    facing = np.float32(1.0 if dice.number(POSE + 1) > 0.5 else -1.0)
    across = (surface.x - np.float32(x)) * facing
    long_hair = subject.has("woman", "girl", "queen", "witch", "lady", "elf", "princess", "angel")
    front = _line(surface, FRONT)
    back = _line(surface, BACK_LONG if long_hair else BACK)
    strands = curve(dice, HAIR, surface.y[:, 0] * 2, cells=4, octaves=4)[:, None]
    back = back - strands * np.float32(0.012 if long_hair else 0.005)
    shape = np.minimum(front - across, across - back)
    if long_hair and dice.number(HAIR + 1) > 0.45:
        shape = np.maximum(shape, _ellipse(across, surface.y, -0.125, 0.285, 0.062, 0.056))
    down = surface.y
    if subject.has("king", "queen"):
        points = np.abs((across * 26 + 8) % 1 - np.float32(0.5)) * np.float32(0.075)
        crown = np.minimum(
            np.float32(0.085) - np.abs(across + np.float32(0.012)), surface.y - np.float32(0.192) - points
        )
        shape = np.maximum(shape, np.minimum(crown, np.float32(0.29) - down))
    if subject.has("witch", "wizard"):
        lean = across + np.float32(0.01) - (np.float32(0.3) - down) * np.float32(0.12)
        cone = np.minimum(
            (surface.y - np.float32(0.03)) * np.float32(0.4) - np.abs(lean), np.float32(0.3) - surface.y
        )
        shape = np.maximum(shape, np.maximum(cone, _ellipse(across, down, 0.0, 0.3, 0.21, 0.016)))
    figure: Plane = shape
    return figure


def _line(surface: Surface, points: Points) -> Plane:
    """An outline through points, as x by row, without their corners."""
    rows, places = zip(*points, strict=True)
    at = surface.y[:, 0].astype(np.float64)
    soft = [np.interp(at + shift, rows, places) for shift in np.linspace(-0.008, 0.008, 9)]
    line: Plane = (np.stack(soft).sum(axis=0) / 9).astype(np.float32)[:, None]
    return line


def _ellipse(across: Plane, down: Plane, x: float, y: float, wide: float, tall: float) -> Plane:
    u = (across - np.float32(x)) * np.float32(1 / wide)
    v = (down - np.float32(y)) * np.float32(1 / tall)
    inside: Plane = (1 - np.sqrt(u * u + v * v)) * np.float32(min(wide, tall))
    return inside


def _paint_figure(surface: Surface, inside: Plane, x: float) -> None:
    palette = surface.palette
    mask = smoothstep(-1 / surface.height, 1 / surface.height, inside)
    grain = fractal(surface.dice, POSE, surface.width, surface.height, cells=12, octaves=4, stretch=0.4)
    body = blend(palette.near, palette.sky[0], 0.18)
    surface.wash(body, mask)
    side = smoothstep(-0.2, 0.25, surface.x - np.float32(x))
    surface.add(
        palette.sky[1], mask * smoothstep(0.0, 0.16, inside) * (grain * np.float32(0.18)) * (1 - side * 0.6)
    )
    rim = smoothstep(0.022, 0.0, inside) * mask
    surface.add(palette.light, rim * rim * (np.float32(0.35) + grain * np.float32(0.65)) * np.float32(0.75))
    strands = smoothstep(0.62, 0.8, grain) * smoothstep(0.05, 0.0, inside) * mask
    surface.add(blend(palette.light, palette.accent, 0.5), strands * np.float32(0.35))
