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
    """How deep inside the figure every pixel is, in heights; negative outside."""
    tilt = surface.dice.number(POSE + 1, -0.06, 0.06)
    across = surface.x - np.float32(x) - (np.float32(0.7) - surface.y) * np.float32(tilt)
    down = surface.y
    head = _ellipse(across, down, 0.0, 0.44, 0.098, 0.128)
    hair_wave = curve(surface.dice, HAIR, surface.y[:, 0] * 3, cells=2, octaves=4)[:, None] * np.float32(
        0.012
    )
    hair = _ellipse(across + hair_wave, down, 0.0, 0.425, 0.118, 0.14)
    neck = np.minimum(
        np.float32(0.05) - np.abs(across), np.minimum(down - np.float32(0.46), np.float32(0.66) - down)
    )
    width = (
        np.float32(0.055)
        + smoothstep(0.585, 0.72, down) * np.float32(0.17)
        + (down - np.float32(0.6)) * np.float32(0.12)
    )
    shoulders = np.minimum((width - np.abs(across)) * np.float32(0.8), down - np.float32(0.58))
    shape = _joined(_joined(head, hair, 0.02), _joined(neck, shoulders, 0.03), 0.025)
    subject = surface.subject
    if subject.has("woman", "girl", "queen", "witch", "lady", "princess"):
        fall = _ellipse(across + hair_wave, down, 0.0, 0.5, 0.112, 0.17)
        shape = _joined(shape, fall, 0.03)
    if subject.has("king", "queen"):
        points = np.abs((across * 24) % 1 - np.float32(0.5)) * np.float32(0.07)
        crown = np.minimum(np.float32(0.1) - np.abs(across), down - np.float32(0.245) - points)
        shape = np.maximum(shape, np.minimum(crown, np.float32(0.34) - down))
    if subject.has("witch", "wizard", "elf"):
        hat = np.minimum(
            (down - np.float32(0.12)) * np.float32(0.45) - np.abs(across), np.float32(0.345) - down
        )
        brim = _ellipse(across, down, 0.0, 0.34, 0.2, 0.018)
        shape = np.maximum(shape, np.maximum(hat, brim))
    figure: Plane = shape
    return figure


def _joined(a: Plane, b: Plane, width: float) -> Plane:
    """Two shapes as one, the corner between them rounded over `width`."""
    near = np.maximum(np.float32(width) - np.abs(a - b), 0) * np.float32(1 / width)
    joined: Plane = np.maximum(a, b) + near * near * np.float32(width / 4)
    return joined


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
