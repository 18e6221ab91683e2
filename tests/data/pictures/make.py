"""Makes `harbour.png`, the reference picture: procedural, photo-like, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 480


def clouds(rng: np.random.Generator, size: int, octaves: int) -> np.ndarray:
    """Fractal noise, 0 to 1, `size` × `size`."""
    total = np.zeros((size, size))
    for octave in range(octaves):
        cells = 2 ** (octave + 1) + 1
        grain = Image.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
        total += np.asarray(grain.resize((size, size), Image.Resampling.BICUBIC)) / 255 / 2**octave
    total -= total.min()
    total /= total.max()
    return total


def mix(low: tuple[int, int, int], high: tuple[int, int, int], share: np.ndarray) -> np.ndarray:
    """Colours between two, by share."""
    start, end = np.asarray(low), np.asarray(high)
    return np.asarray(start + (end - start) * share[..., None])


def landscape() -> Image.Image:
    """Evening sky with a low sun to the right, three ranges of hills, and water that mirrors them."""
    rng = np.random.default_rng(20_240_817)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    noise = clouds(rng, SIZE, 6)
    picture = mix((38, 52, 96), (244, 158, 92), np.clip(y / 0.62, 0, 1) ** 1.6)
    picture += (mix((0, 0, 0), (90, 60, 40), np.clip(noise * 2 - 0.9, 0, 1)) * (0.8 - y)[..., None]).clip(0)
    distance = np.hypot(x - 0.7, y - 0.42)
    picture += np.exp(-((distance / 0.16) ** 2))[..., None] * (120, 90, 40)
    picture = np.where((distance < 0.045)[..., None], (255, 244, 214), picture)
    for depth, (base, tone) in enumerate(((0.50, (92, 78, 104)), (0.56, (58, 54, 74)), (0.61, (26, 30, 38)))):
        ridge = base - 0.16 * clouds(rng, SIZE, 5 + depth)[SIZE // 2] + 0.05
        lit = mix(tone, (tone[0] + 34, tone[1] + 34, tone[2] + 34), clouds(rng, SIZE, 7))
        picture = np.where((y > ridge)[..., None], lit, picture)
    shore = int(SIZE * 0.62)
    depth = SIZE - shore
    rows = shore - 1 - (np.arange(depth) * 0.9).astype(int) % shore
    ripple = (np.sin(np.arange(depth) ** 0.8 * 1.9) * np.arange(depth) / 22).astype(int)
    water = np.stack([np.roll(picture[row], shift, axis=0) for row, shift in zip(rows, ripple, strict=True)])
    picture[shore:] = water * 0.62 + np.asarray((8, 16, 30))
    picture += rng.normal(0, 2.0, (SIZE, SIZE, 1))
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    landscape().save(Path(__file__).with_name("harbour.png"), optimize=True)
