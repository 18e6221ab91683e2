"""How a picture is finished: care by steps, force by cfg, and the manner of checkpoint and LoRAs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from darkroom.demo.painting.colour import Plane, Planes, column, grey_of, rgb, smoothstep
from darkroom.demo.painting.noise import Dice, fractal

if TYPE_CHECKING:
    from darkroom.demo.painting.recipe import Recipe

CAREFUL_STEPS = 12
"""From so many steps on a picture is painted at its full size."""
GRAIN, PAPER, MIST = 1, 2, 3
"""Keys of the dice."""
USUAL_CFG = 7.0


def detail(recipe: Recipe) -> int:
    """Octaves of texture: 3 for a step or two, 6 for 20, at most 8."""
    return min(3 + int(max(recipe.steps, 1)).bit_length() * 2 // 3, 8)


def working_size(recipe: Recipe, width: int, height: int) -> tuple[int, int]:
    """The size to paint at: few steps paint small and coarse."""
    if recipe.steps >= CAREFUL_STEPS:
        return width, height
    share = 0.2 + 0.8 * recipe.steps / CAREFUL_STEPS
    return max(round(width * share), min(width, 24)), max(round(height * share), min(height, 24))


def finished(recipe: Recipe, colours: Planes, width: int, height: int) -> Planes:
    """The picture at its size, in the manner that the recipe asks for."""
    dice = Dice(recipe.seed_for("finish"))
    colours = _at_size(np.clip(colours, 0, 1), width, height)
    colours = _bloom(colours, 0.16)
    colours = _manner(recipe, colours, dice)
    for name, strength in recipe.loras:
        colours = _with_lora(name, strength, colours, dice)
    colours = _forced(recipe, colours)
    return _grained(recipe, colours, dice)


def _at_size(colours: Planes, width: int, height: int) -> Planes:
    if colours.shape[1:] == (height, width):
        return colours
    return resized(colours, width, height)


def resized(colours: Planes, width: int, height: int) -> Planes:
    """Planes at another size, smoothly."""
    planes = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        for plane in colours
    ]
    return np.stack(planes)


def _bloom(colours: Planes, strength: float) -> Planes:
    """Lets what is bright shine over its edges."""
    _, height, width = colours.shape
    small = (max(width // 12, 1), max(height // 12, 1))
    bright = smoothstep(0.62, 1.0, grey_of(colours))
    for plane in colours:
        source = Image.fromarray(plane * bright).resize(small, Image.Resampling.BOX)
        glow = source.resize((width, height), Image.Resampling.BICUBIC)
        plane += np.clip(np.asarray(glow), 0, 1) * np.float32(strength) * np.maximum(1 - plane, 0)
    return colours


def _manner(recipe: Recipe, colours: Planes, dice: Dice) -> Planes:
    """Each checkpoint has its own hand."""
    if recipe.checkpoint.startswith("demo-ink"):
        return _ink(colours, dice)
    if recipe.checkpoint.startswith("demo-sketch"):
        return _sketch(colours, dice)
    return colours


def _paper(colours: Planes, dice: Dice) -> Plane:
    _, height, width = colours.shape
    return fractal(dice, PAPER, width, height, cells=70, octaves=3, gain=0.7) - np.float32(0.5)


def _ink(colours: Planes, dice: Dice) -> Planes:
    """Washes of ink on warm paper, with a breath of the colours left."""
    paper = _paper(colours, dice)
    grey = grey_of(colours)
    wash = smoothstep(0.05, 0.8, grey + paper * np.float32(0.14))
    lines = _edges(grey, 0.5)
    tone = np.clip(wash - lines, 0, 1)
    ink, sheet = column(rgb("1b2330")), column(rgb("f3ecdd"))
    drawn = ink + (sheet - ink) * tone
    mixed: Planes = drawn * np.float32(0.74) + colours * np.float32(0.26) + paper * np.float32(0.03)
    return mixed


def _sketch(colours: Planes, dice: Dice) -> Planes:
    """Pencil lines and thin colour on white paper."""
    paper = _paper(colours, dice)
    grey = grey_of(colours)
    lines = _edges(grey, 0.9)
    hatch = smoothstep(0.5, 0.1, grey) * np.float32(0.5)
    tone = np.clip(1 - lines - hatch * (np.float32(0.6) + paper * 2), 0, 1)
    sheet = column(rgb("faf6ee"))
    thin = sheet + (colours - sheet) * np.float32(0.55)
    drawn: Planes = thin * (np.float32(0.45) + tone * np.float32(0.55)) + paper * np.float32(0.05)
    return drawn


def _edges(grey: Plane, strength: float) -> Plane:
    """Lines where light and dark meet."""
    step = max(1, round(grey.shape[0] / 700))
    lines = np.zeros_like(grey)
    lines[step:, :] += np.abs(grey[step:, :] - grey[:-step, :])
    lines[:, step:] += np.abs(grey[:, step:] - grey[:, :-step])
    return smoothstep(0.05, 0.28, lines) * np.float32(strength)


def _with_lora(name: str, strength: float, colours: Planes, dice: Dice) -> Planes:
    amount = float(np.clip(strength, -2, 2))
    _, height, width = colours.shape
    if name.startswith("demo-glow"):
        return _bloom(colours, 0.9 * amount)
    if name.startswith("demo-grain"):
        return colours + dice.normal((height, width), GRAIN + 10) * np.float32(0.07 * amount)
    if name.startswith("demo-mist"):
        veil = fractal(dice, MIST, width, height, cells=2, octaves=4, stretch=3)
        low = np.linspace(0.1, 1, height, dtype=np.float32)[:, None]
        share = np.clip(veil * low * np.float32(0.9 * amount), 0, 1)
        veiled: Planes = colours + (column((0.88, 0.89, 0.9)) - colours) * share
        return veiled
    return colours


def _forced(recipe: Recipe, colours: Planes) -> Planes:
    """More cfg, more contrast and colour, until it burns; what the negative names is held back."""
    # A cfg that is no number passes the server's checks, here as on the real one.
    cfg = recipe.cfg if math.isfinite(recipe.cfg) else USUAL_CFG
    force = float(np.clip((cfg - USUAL_CFG) / USUAL_CFG, -1, 1.6))
    negative = recipe.negative.lower()
    contrast, colour, lift = 1.04 + 0.2 * force, 1.06 + 0.3 * force, 0.0
    if "blurry" in negative or "soft" in negative:
        contrast += 0.03
    if "dark" in negative or "gloomy" in negative:
        lift += 0.05
    if "bright" in negative or "overexposed" in negative:
        lift -= 0.05
    if "saturated" in negative or "colorful" in negative:
        colour -= 0.25
    grey = grey_of(colours)
    drawn = grey + (colours - grey) * np.float32(colour)
    middle = np.float32(0.46)
    forced: Planes = (drawn - middle) * np.float32(contrast) + (middle + np.float32(lift))
    return forced


def _grained(recipe: Recipe, colours: Planes, dice: Dice) -> Planes:
    """The noise that is left: much after few steps, a breath (which hides banding) after many."""
    _, height, width = colours.shape
    left = 0.2 * 0.5 ** (max(recipe.steps, 1) / 3.5)
    colours = colours + dice.normal((height, width), GRAIN) * np.float32(0.0055 + left * 0.4)
    if left > 0.004:
        colours = colours + dice.normal((3, height, width), GRAIN + 1) * np.float32(left)
    return colours
