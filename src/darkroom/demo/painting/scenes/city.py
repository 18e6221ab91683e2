"""Cities: rows of towers, lit windows, a wet street or a river that mirrors them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, blend, column, scaled, smoothstep
from darkroom.demo.painting.noise import sampled
from darkroom.demo.painting.sky import paint_sky

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from darkroom.demo.painting.noise import Curve
    from darkroom.demo.painting.surface import Surface

TOWERS, WINDOWS, WET, PLACE = 900, 930, 950, 960
"""Keys of the dice."""
ROWS = 4


def draw(surface: Surface) -> None:
    """Rows of towers from far to near above a mirror."""
    floor = surface.dice.number(PLACE, 0.7, 0.8)
    sun = paint_sky(surface, floor - 0.06)
    palette = surface.palette
    for number in range(ROWS):
        near = number / (ROWS - 1)
        _row(surface, number, near, floor)
        if number == 0:
            surface.glow(sun.x, floor - 0.1, 0.4, palette.light, 0.05 if palette.dark else 0.12)
    _mirror(surface, floor)


def _row(surface: Surface, number: int, near: float, floor: float) -> None:
    palette, dice = surface.palette, surface.dice
    wide = 0.035 + 0.05 * near
    count = int(surface.aspect / wide) + 3
    numbers = dice.numbers(count * 3, TOWERS + number).reshape(3, count)
    edges = np.cumsum(wide * (0.6 + 0.9 * numbers[0])) - surface.aspect / 2 - wide
    index = np.minimum(np.searchsorted(edges, surface.x[0].astype(np.float64)), count - 1)
    tall = (0.1 + (0.5 - 0.2 * near) * numbers[1] ** 2.0 + 0.06 * (1 - near)).astype(np.float32)
    line = (np.float32(floor) - tall[index]).astype(np.float32)
    line = _spires(surface, line, edges, numbers, floor, index)
    haze = blend(palette.sky[3], palette.sky[2], 0.5)
    colour = blend(blend(palette.far, haze, 0.3), scaled(palette.near, 1.3), near)
    surface.ridge(line, colour, blend(haze, colour, 0.35 + 0.5 * near), 0.5)
    _windows(surface, number, near, line, index, floor)


def _spires(
    surface: Surface,
    line: Curve,
    edges: NDArray[np.float64],
    numbers: NDArray[np.float64],
    floor: float,
    index: NDArray[np.intp],
) -> Curve:
    """Antennas and setbacks on some towers."""
    left = np.concatenate(([edges[0] - 0.1], edges[:-1]))
    within = (surface.x[0] - left[index]) / np.maximum(edges[index] - left[index], 1e-6)
    style = numbers[2][index]
    top = np.float32(floor) - line
    setback = (style > 0.55) & (within > 0.25) & (within < 0.75)
    line = np.where(setback, line - top * np.float32(0.09), line)
    antenna = (style > 0.8) & (np.abs(within - 0.5) < 0.03)
    return np.where(antenna, line - top * np.float32(0.2), line).astype(np.float32)


def _windows(
    surface: Surface, number: int, near: float, line: Curve, index: NDArray[np.intp], floor: float
) -> None:
    """A grid of panes on every tower, some of them lit; each floor and tower by its own dice."""
    palette = surface.palette
    first, last = surface.row(float(line.min())), surface.row(floor)
    if last - first < 4 or surface.height < 96:
        return
    pitch = 0.0085 + 0.009 * near
    rows = surface.y[first:last] / np.float32(pitch * 1.35)
    columns = surface.x / np.float32(pitch) + 99
    pane = (np.abs(rows - np.floor(rows) - np.float32(0.5)) < 0.27) & (
        np.abs(columns - np.floor(columns) - np.float32(0.5)) < 0.29
    )
    lattice = surface.dice.lattice(97, 251, WINDOWS + number)
    chance = lattice[rows.astype(np.intp) % 97, (columns.astype(np.intp) + index[None, :] * 7) % 251]
    share = (
        0.42 if palette.dark else 0.16 if surface.subject.time in ("dusk", "storm", "mist", "dawn") else 0.0
    )
    inside = (surface.y[first:last] > line[None, :] + np.float32(0.008)) & pane
    warm, cool = palette.accent, blend(palette.sky[3], (0.7, 0.9, 1.0), 0.6)
    lit = inside & (chance < share)
    strength = np.float32(0.35 + 0.5 * near)
    surface.wash(warm, (lit & (chance * 7 % 1 < 0.72)).astype(np.float32) * strength, first, last)
    surface.wash(cool, (lit & (chance * 7 % 1 >= 0.72)).astype(np.float32) * strength, first, last)
    unlit = (inside & ~lit).astype(np.float32) * np.float32(0.16)
    surface.wash(blend(palette.sky[1], palette.sky[3], 0.4), unlit, first, last)


def _mirror(surface: Surface, floor: float) -> None:
    """The ground mirrors the city, drawn out downwards like a wet street."""
    first = surface.row(floor)
    if surface.height - first < 2 or first < 2:
        return
    palette = surface.palette
    depth = (surface.y[first:] - np.float32(floor)) * np.float32(1 / (1 - floor))
    lattice = surface.dice.lattice(64, 64, WET)
    wobble = sampled(lattice, depth * 26, surface.x * 5 + 8) - np.float32(0.5)
    rows = (
        first
        - 1
        - (depth * np.float32(first * 0.55) + wobble * np.float32(surface.height * 0.03)).astype(np.intp)
    )
    sway = (wobble * np.float32(surface.height * 0.014)).astype(np.intp)
    columns = np.clip(np.arange(surface.width)[None, :] + sway, 0, surface.width - 1)
    mirrored = surface.colours[:, np.clip(rows, 0, first - 1), columns]
    ground: Colour = blend(palette.near, palette.water, 0.5)
    clear = (np.float32(0.72) - depth * np.float32(0.3)) * (np.float32(0.8) + wobble * np.float32(0.5))
    surface.colours[:, first:] = column(ground) + (mirrored - column(ground)) * clear
    edge = smoothstep(0.035, 0.0, np.abs(surface.y[first:] - np.float32(floor)))
    surface.wash(palette.near, edge * np.float32(0.6), first)
