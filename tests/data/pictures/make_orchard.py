"""Makes `orchard.jpg`, the picture that bytes and times are measured with: as hard to encode as a photo.

Leaves that cover each other, in sizes by a power law, have the statistics of natural pictures ("dead leaves
model"); above them is a sky with even gradients, which show what a palette costs, and over all the grain of
a sensor. As a PNG of 400 × 400 pixels it takes 2.5 bytes a pixel, like a photo of a camera.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 1024
LEAVES = 26_000
GRAIN = 8.0
TEXTURE = 0.3

SHADE, SUN = np.array((30, 44, 26)), np.array((190, 206, 96))
FRUITS = ((196, 58, 40), (222, 140, 52), (232, 206, 190))


def clouds(rng: np.random.Generator, octaves: int, fading: float = 2.0) -> np.ndarray:
    """Fractal noise, 0 to 1; each octave is fainter by `fading`."""
    total = np.zeros((SIZE, SIZE))
    for octave in range(octaves):
        cells = 2 ** (octave + 1) + 1
        coarse = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
        total += np.asarray(coarse.resize((SIZE, SIZE), Image.Resampling.BICUBIC)) / fading**octave
    total -= total.min()
    return np.asarray(total / total.max())


def sky(rng: np.random.Generator) -> np.ndarray:
    """From deep blue to a warm horizon, with thin clouds."""
    height = (np.arange(SIZE) / SIZE)[:, None, None]
    ground = np.array((58, 96, 168)) * (1 - height) + np.array((246, 214, 178)) * height
    cover = np.clip(clouds(rng, 7) * 2.2 - 1.0, 0, 1)[..., None]
    return np.asarray(ground * (1 - 0.7 * cover) + np.array((252, 240, 226)) * 0.7 * cover)


def leaf(rng: np.random.Generator, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """The outline of an ellipse with two points, turned somehow."""
    turn = rng.random() * np.pi
    around = np.linspace(0, 2 * np.pi, 14)
    long, wide = radius * np.cos(around), radius * 0.45 * np.sin(around) * np.abs(np.sin(around)) ** 0.3
    bend = rng.normal(0, 0.15)
    wide = wide + bend * long**2 / max(radius, 1)
    across = x + long * np.cos(turn) - wide * np.sin(turn)
    down = y + long * np.sin(turn) + wide * np.cos(turn)
    return list(zip(across.tolist(), down.tolist(), strict=True))


def orchard() -> Image.Image:
    """Crowns of trees under an evening sky, darker towards the inside, with fruits."""
    rng = np.random.default_rng(20_261_120)
    picture = Image.fromarray(sky(rng).clip(0, 255).astype(np.uint8))
    edge = SIZE * (0.2 + 0.5 * clouds(rng, 5)[SIZE // 3])
    light = clouds(rng, 6)
    pen = ImageDraw.Draw(picture)
    for _ in range(LEAVES):
        x, y = rng.random(2) * SIZE
        radius = min(4 * (1 - rng.random()) ** -0.6, 46)
        inside = y - edge[int(x)]
        if inside < -rng.exponential(14):
            continue
        lit = np.clip(light[int(y), int(x)] * 1.1 - 0.2 + rng.normal(0, 0.14) - inside / SIZE * 0.5, 0, 1)
        colour = SHADE + (SUN - SHADE) * lit + rng.normal(0, 9, 3)
        if rng.random() < 0.012:
            colour = np.array(FRUITS[rng.integers(3)]) * (0.5 + lit * 0.7)
        red, green, blue = (int(part) for part in colour.clip(0, 255))
        pen.polygon(leaf(rng, x, y, radius), fill=(red, green, blue))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float64)
    pixels *= 1 + TEXTURE * (clouds(rng, 10, fading=1.2)[..., None] - 0.5)
    pixels += rng.normal(0, GRAIN, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    orchard().save(Path(__file__).with_name("orchard.jpg"), quality=90, subsampling=0, optimize=True)
