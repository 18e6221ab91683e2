"""Pictures with few colours, chosen so that they take few bytes: what kitty's PNGs and sixels are made of.

Nothing is dithered: that doubles the bytes. On the contrary a pixel takes the colour of its neighbour where
its own would hardly be better, for what repeats is short in a PNG and in a sixel. With it more colours are
affordable, so the picture is better at the same number of bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class _Effort(NamedTuple):
    """How much is done to find good colours.

    Attributes:
        bits: Pixels count as alike when so many high bits of each channel are.
        sample: About how many pixels the first colours are chosen by.
        rounds: How often colours are moved to the middle of what they stand for.
    """

    bits: int
    sample: int
    rounds: int


_QUICK, _CAREFUL = _Effort(5, 6_000, 2), _Effort(6, 24_000, 3)


class Indexed(NamedTuple):
    """A picture with a palette.

    Attributes:
        indices: Height × width numbers of colours.
        colours: Number × 3: red, green and blue; the most frequent first, and each is used.
    """

    indices: NDArray[np.uint8]
    colours: NDArray[np.uint8]


def indexed(image: Image.Image, colours: int, *, tolerance: int, quick: bool = False) -> Indexed:
    """The picture with a palette of at most `colours` colours.

    Other threads run meanwhile, but for moments.

    Args:
        image: RGB.
        colours: 2 to 256.
        tolerance: How much worse than the best colour that of a neighbour may be, in the sum of the squared
            differences of the channels; 0 for no regard to neighbours. It shows from about 100 on.
        quick: Half of the time, for somewhat more error: for a frame of many.
    """
    pixels = np.asarray(image)
    indices, table = _nearest(image, pixels, colours, _QUICK if quick else _CAREFUL)
    if tolerance:
        indices = _coherent(pixels, indices, table, tolerance)
    counts = np.bincount(indices.ravel(), minlength=len(table))
    order = np.argsort(-counts, kind="stable")
    numbers = np.argsort(order, kind="stable").astype(np.uint8)
    used = order[: int(np.count_nonzero(counts))]
    return Indexed(numbers[indices], np.rint(table[used]).clip(0, 255).astype(np.uint8))


def as_image(picture: Indexed) -> Image.Image:
    """The same as an image with a palette."""
    height, width = picture.indices.shape
    image = Image.frombytes("P", (width, height), picture.indices.tobytes())
    image.putpalette(picture.colours.tobytes())
    return image


def _nearest(
    image: Image.Image, pixels: NDArray[np.uint8], colours: int, effort: _Effort
) -> tuple[NDArray[np.uint8], Floats]:
    """The number of the nearest colour for each pixel, and the colours.

    Median cut, then rounds of k-means: over the thousands of kinds of pixels, not over all pixels.
    """
    table = _first_colours(image, colours, effort.sample)
    red, green, blue = (pixels[..., part] >> (8 - effort.bits) for part in range(3))
    kinds = ((red.astype(np.int32) << effort.bits | green) << effort.bits | blue).ravel()
    counts = np.bincount(kinds, minlength=1 << 3 * effort.bits)
    present = np.flatnonzero(counts)
    weights = counts[present]
    sums = np.stack(
        [np.bincount(kinds, pixels[..., part].ravel(), len(counts))[present] for part in range(3)], axis=1
    )
    means = (sums / weights[:, None]).astype(np.float32)
    nearest = _nearest_colour(means, table)
    for _ in range(effort.rounds):
        total = np.bincount(nearest, weights, len(table))
        for part in range(3):
            moved = np.bincount(nearest, sums[:, part], len(table)) / np.maximum(total, 1)
            table[:, part] = np.where(total > 0, moved, table[:, part])
        nearest = _nearest_colour(means, table)
    number = np.zeros(len(counts), dtype=np.uint8)
    number[present] = nearest
    return number[kinds].reshape(pixels.shape[:2]), table


def _first_colours(image: Image.Image, colours: int, sample: int) -> Floats:
    """Colours by median cut."""
    shrink = max(1.0, (image.width * image.height / sample) ** 0.5)
    size = max(1, round(image.width / shrink)), max(1, round(image.height / shrink))
    few = image.resize(size, Image.Resampling.NEAREST)
    palette = few.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette()
    return np.array(palette or [0, 0, 0], dtype=np.float32).reshape(-1, 3)


def _nearest_colour(points: Floats, table: Floats) -> NDArray[np.intp]:
    # Not a product of matrices: for three columns numpy would start threads that get in each other's way.
    distance = np.broadcast_to((table**2).sum(axis=1), (len(points), len(table))).copy()
    for part in range(3):
        distance -= points[:, part, None] * (2 * table[:, part])
    return np.asarray(distance.argmin(axis=1))


def _coherent(
    pixels: NDArray[np.uint8], indices: NDArray[np.uint8], table: Floats, tolerance: int
) -> NDArray[np.uint8]:
    """The indices, column by column with those to the left and above where they are good enough."""
    columns = np.ascontiguousarray(pixels.transpose(1, 2, 0), dtype=np.float32)
    chosen = np.ascontiguousarray(indices.T)
    channels = np.ascontiguousarray(table.T)
    limit = ((columns - channels[:, chosen].transpose(1, 0, 2)) ** 2).sum(axis=1) + tolerance
    for x in range(1, len(chosen)):
        column, left = columns[x], chosen[x - 1]
        as_left = ((column - channels[:, left]) ** 2).sum(axis=0) <= limit[x]
        current = np.where(as_left, left, chosen[x])
        above = np.concatenate([current[:1], current[:-1]])
        as_above = ((column - channels[:, above]) ** 2).sum(axis=0) <= limit[x]
        chosen[x] = np.where(as_above & ~as_left, above, current)
    return np.ascontiguousarray(chosen.T)
