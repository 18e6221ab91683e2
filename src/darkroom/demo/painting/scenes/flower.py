"""Flowers before a soft background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, blend, column, rgb, scaled, smoothstep, tinted
from darkroom.demo.painting.noise import fractal
from darkroom.demo.painting.palette import TINTS

if TYPE_CHECKING:
    from darkroom.demo.painting.surface import Surface

BACK, BOKEH, BLOOMS, STEMS = 1100, 1110, 1120, 1140
"""Keys of the dice."""
PETALS = (
    rgb("e8607f"),
    rgb("f2a0b5"),
    rgb("f5f0e6"),
    rgb("8f5fc0"),
    rgb("f0b13c"),
    rgb("d8402f"),
    rgb("6f8fe0"),
)
LEAF = rgb("3f7a45")


def draw(surface: Surface) -> None:
    """A garden out of focus, stems, and blooms from small to large."""
    _background(surface)
    numbers = surface.dice.numbers(7 * 5, BLOOMS).reshape(7, 5)
    count = 3 + int(surface.dice.number(BLOOMS + 1) * 4)
    blooms = sorted(numbers[:count].tolist(), key=lambda n: n[0])
    places = []
    for order, (size, across, down, kind, turn) in enumerate(blooms):
        largest = order == count - 1
        radius = 0.24 + 0.07 * size if largest else 0.06 + 0.1 * size
        x = (across - 0.5) * surface.aspect * (0.3 if largest else 0.9)
        y = 0.4 + (down - 0.5) * (0.12 if largest else 0.55)
        places.append((x, y, radius, kind, turn))
    for number, (x, y, radius, _, _) in enumerate(places):
        _stem(surface, number, x, y, radius)
    for x, y, radius, kind, turn in places:
        _bloom(surface, x, y, radius, _petal_colour(surface, kind), turn)


def _petal_colour(surface: Surface, dice: float) -> Colour:
    named = [TINTS[word] for word in surface.subject.tints]
    if named:
        return named[int(dice * len(named)) % len(named)]
    return tinted(PETALS[int(dice * len(PETALS)) % len(PETALS)], surface.palette.sky[2], 0.15)


def _background(surface: Surface) -> None:
    palette, dice = surface.palette, surface.dice
    leaf = tinted(LEAF, palette.sky[2], 0.25)
    dark = blend(scaled(leaf, 0.4), palette.near, 0.35)
    surface.gradient(
        [(0.0, blend(palette.sky[2], leaf, 0.45)), (0.55, blend(leaf, palette.near, 0.3)), (1.0, dark)]
    )
    shape = fractal(dice, BACK, surface.width, surface.height, cells=2.5, octaves=3)
    surface.wash(blend(palette.sky[3], leaf, 0.3), smoothstep(0.5, 0.75, shape) * np.float32(0.45))
    for across, down, size, tone in dice.numbers(26 * 4, BOKEH).reshape(26, 4):
        radius = 0.02 + 0.06 * float(size)
        x, y = (float(across) - 0.5) * surface.aspect, float(down) * 0.85
        far = surface.distance(x, y)
        ring = smoothstep(radius * 1.06, radius * 0.92, far) * (
            np.float32(0.55) + np.float32(0.45) * smoothstep(radius * 0.6, radius, far)
        )
        surface.add(blend(palette.light, palette.accent, float(tone)), ring * np.float32(0.14))


def _stem(surface: Surface, number: int, x: float, y: float, radius: float) -> None:
    lean = surface.dice.number(STEMS + number, -0.15, 0.15)
    down = surface.y - np.float32(y)
    middle = np.float32(x) + np.float32(lean) * down * down * 2
    width = np.float32(max(radius * 0.045, 1 / surface.height))
    away = (surface.x - middle) / width
    mask = smoothstep(1.2, 0.7, np.abs(away)) * (down > 0)
    leaf = tinted(LEAF, surface.palette.sky[2], 0.2)
    surface.wash(column(leaf) * (np.float32(0.85) - away * np.float32(0.25)), mask)


def _bloom(surface: Surface, x: float, y: float, radius: float, colour: Colour, turn: float) -> None:
    """Rings of petals, the outer ones first, each a little turned and lighter."""
    first, last = surface.row(y - radius * 1.15), surface.row(y + radius * 1.15)
    half = radius * 1.15 * surface.height
    middle = surface.width / 2 + x * surface.height
    left, right = max(int(middle - half), 0), min(int(middle + half) + 1, surface.width)
    if last - first < 2 or right - left < 2:
        return
    u = ((surface.x[:, left:right] - np.float32(x)) * np.float32(1 / radius)).astype(np.float64)
    v = ((surface.y[first:last] - np.float32(y)) * np.float32(1 / radius)).astype(np.float64)
    far = np.sqrt(u * u + v * v)
    angle = np.arctan2(v, u)
    area = surface.colours[:, first:last, left:right]
    petals, rings = 5 + int(turn * 4), 6
    soft = 1.6 / (radius * surface.height)
    for ring in range(rings):
        inner = ring / rings
        size = 1.0 - 0.78 * inner
        wave = np.abs(np.cos((angle + turn * 6.28 + ring * 2.4) * (petals / 2)))
        edge = size * (0.62 + 0.38 * wave**0.6)
        mask = np.clip((edge - far) / soft, 0, 1)
        along = np.clip(far / np.maximum(edge, 0.05), 0, 1)
        # Darker between petals and towards the heart; a pale rim; fine veins.
        veins = 0.04 * np.sin(angle * petals * 6 + ring)
        tone = (0.45 + 0.55 * along**1.2) * (0.7 + 0.3 * wave**0.5) * (0.8 + 0.25 * inner) + veins
        pale = np.clip((along - 0.8) * 4, 0, 1) * 0.4
        shades = np.stack([np.clip(c * tone + (1 - c) * pale * tone, 0, 1) for c in colour]).astype(
            np.float32
        )
        shadow = np.clip((edge * 1.12 - far) / (edge * 0.16 + 1e-3), 0, 1) * 0.3
        area *= (1 - shadow * (1 - mask)).astype(np.float32)
        area += (shades - area) * mask.astype(np.float32)
    heart = np.clip((0.17 - far) / 0.06, 0, 1).astype(np.float32)
    dots = (0.75 + 0.25 * np.sin(far * 120) * np.cos(angle * 21)).astype(np.float32)
    gold = blend(surface.palette.accent, (0.95, 0.78, 0.3), 0.6)
    area += (column(gold) * dots - area) * heart
