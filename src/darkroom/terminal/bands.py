"""The data of a sixel: bands of six rows, in each of which the colours are painted one after another.

Everything is done with whole arrays: what a frame of a live preview needs a tenth of a second for must not
keep the thread that answers keys waiting, and operations on arrays let it run.

Three things make the data small. A first pass over each band paints all of it, in each column the colour that
goes on for longest around there; so only what differs from it is painted after. Segments of colours that do
not overlap share a pass over the band. And a colour is selected only where it is not selected already.

Source: DEC STD 070, chapter 9; xterm, foot, konsole, mlterm and tmux agree that later dots replace earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.intp]

ROWS = 6
"""Rows of a band."""

_SPLIT = 6
"""A colour that is absent for more columns than this begins a new segment: to select it again is shorter."""

_GROUND_SPLIT = 10
"""The same for the segments of the first pass, which paint over what is absent in between."""

_GROUND_BYTES = 3
"""About how many bytes a segment takes in the first pass, as in "!9~"."""

_REPEATED = 4
"""As many bytes at most for columns that are alike, as in "!12F"."""

_EMPTY, _FULL = 0x3F, 0x7E
"""The characters for no dot and for all six."""

_SHORT = 3
"""Up to so many equal characters are written one by one."""


class _Columns(NamedTuple):
    """The dots of one colour in one column of one band, ordered by band, colour and column."""

    band: Ints
    colour: Ints
    x: Ints
    dots: Ints

    def only(self, which: NDArray[np.bool_] | Ints) -> _Columns:
        return _Columns(*(part[which] for part in self))


class _Runs(NamedTuple):
    """Neighbouring columns of one band that are painted alike, in the order of painting.

    `move` is what comes before: a new band, a new pass over it, or nothing.
    """

    band: Ints
    move: Ints
    colour: Ints
    gap: Ints
    length: Ints
    char: Ints


def encode(indices: NDArray[np.uint8]) -> bytes:
    """The data of the picture, without a line end after the last band.

    Args:
        indices: Number of the colour of each pixel; the rows are a multiple of six.
    """
    width = indices.shape[1]
    columns = _columns(indices)
    ground = _ground(columns, width, len(indices) // ROWS)
    above = columns.only(ground[columns.band, columns.x] != columns.colour)
    runs = _ground_runs(ground)
    if len(above.x):
        runs = _merged(runs, _above_runs(above, width))
    return _written(runs, width)


def _columns(indices: NDArray[np.uint8]) -> _Columns:
    height, width = indices.shape
    y = np.arange(height)[:, None]
    keys = ((y // ROWS * 256 + indices) * width + np.arange(width)) * 8 + y % ROWS
    # Four bytes are sorted in half the time of eight, and suffice for 2,500 × 2,500 pixels.
    keys = np.sort(keys.astype(np.int32) if height * width * 256 // ROWS * 8 < 1 << 31 else keys, axis=None)
    place = keys >> 3
    first = np.flatnonzero(_differs(place))
    dots = np.bitwise_or.reduceat(np.left_shift(1, keys & 7), first)
    band_colour, x = np.divmod(place[first].astype(np.intp), width)
    return _Columns(band_colour >> 8, band_colour & 255, x, dots)


def _differs(*keys: Ints) -> NDArray[np.bool_]:
    """Where one of the keys is another than just before; true for the first."""
    new = np.ones(len(keys[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return new


def _segment_starts(columns: _Columns, split: int) -> NDArray[np.bool_]:
    new = _differs(columns.band, columns.colour)
    new[1:] |= np.diff(columns.x) > split
    return new


def _ends(first: Ints, count: int) -> Ints:
    """Where what begins at `first` has its last item, of `count` items."""
    return np.append(first[1:], count) - 1


def _ground(columns: _Columns, width: int, bands: int) -> Ints:
    """Bands × width: the colour that is painted first, -1 where none is."""
    new = _segment_starts(columns, _GROUND_SPLIT)
    first = np.flatnonzero(new)
    start, end = columns.x[first], columns.x[_ends(first, len(new))] + 1
    band, colour = columns.band[first], columns.colour[first]
    chosen = _heaviest(band, start, end, _bytes(columns, first) - _GROUND_BYTES)
    ground = np.zeros(bands * width + 1, dtype=np.int64)
    # Each chosen segment switches its colour on at its start and off at its end.
    np.add.at(ground, (band * width + start)[chosen], colour[chosen] + 1)
    np.add.at(ground, (band * width + end)[chosen], -colour[chosen] - 1)
    return np.cumsum(ground)[:-1].reshape(bands, width) - 1


def _bytes(columns: _Columns, first: Ints) -> Ints:
    """About how many bytes each segment would take if it were painted dot by dot."""
    new = _differs(columns.band, columns.colour, columns.dots)
    gaps = np.diff(columns.x, prepend=0) - 1
    new |= gaps != 0
    new[first] = True
    gaps[first] = 0
    runs = np.flatnonzero(new)
    lengths = np.diff(runs, append=len(new))
    cost = np.zeros(len(new), dtype=np.int64)
    cost[runs] = np.minimum(lengths, _REPEATED) + np.minimum(gaps[runs], _REPEATED)
    return np.add.reduceat(cost, first)


def _heaviest(band: Ints, start: Ints, end: Ints, weight: Ints) -> Ints:
    """Which intervals to take so that none overlap and their weight is the largest, in each band.

    The weight that the first intervals can have, in order of their ends, follows from what fewer can have;
    all bands are looked at together, interval by interval.
    """
    order = np.lexsort((end, band))
    band, start, end, weight = (part[order] for part in (band, start, end, weight))
    span = int(end.max()) + 1
    before = np.searchsorted(band * span + end, band * span + start, side="right")
    heads = np.flatnonzero(_differs(band))
    counts = np.diff(heads, append=len(band))
    # Sums and what was taken last, with a place for "nothing yet" in front of each band.
    bands = np.cumsum(_differs(band)) - 1
    at = np.arange(len(band)) + bands + 1
    before += bands
    total = np.zeros(len(band) + len(heads), dtype=np.int64)
    last = np.full(len(total), -1)
    for intervals in _together(heads, counts):
        here, previous = at[intervals], at[intervals] - 1
        sums = total[before[intervals]] + weight[intervals]
        better = sums > total[previous]
        total[here] = np.where(better, sums, total[previous])
        last[here] = np.where(better, intervals, last[previous])
    taken = []
    current = last[at[heads + counts - 1]]
    while len(current := current[current >= 0]):
        taken.append(current)
        current = last[before[current]]
    return order[np.concatenate(taken)] if taken else np.zeros(0, dtype=np.intp)


def _together(heads: Ints, counts: Ints) -> Iterator[Ints]:
    """The first item of every band, then the second of those that have one, and so on."""
    busiest = np.argsort(-counts, kind="stable")
    heads, counts = heads[busiest], counts[busiest]
    for step in range(int(counts.max(initial=0))):
        yield heads[: int(np.searchsorted(-counts, -step))] + step


def _ground_runs(ground: Ints) -> _Runs:
    bands, width = ground.shape
    flat = ground.ravel()
    new = _differs(flat)
    new[::width] = True
    first = np.flatnonzero(new)
    band, x = np.divmod(first, width)
    colour, length = flat[first], np.diff(first, append=bands * width)
    move = np.where(x == 0, ord("-"), 0)
    move[0] = 0
    # Where nothing is painted the colour stays what it was, for there is nothing to select it for.
    nothing = colour < 0
    held = np.maximum.accumulate(np.where(nothing, -1, np.arange(len(colour))))
    colour = colour[np.maximum(held, 0)].clip(0)
    length[nothing & (x + length == width)] = 0
    char = np.where(nothing, _EMPTY, _FULL)
    return _Runs(band, move, colour, np.zeros(len(first), dtype=np.intp), length, char)


def _above_runs(columns: _Columns, width: int) -> _Runs:
    segment = np.cumsum(_segment_starts(columns, _SPLIT)) - 1
    new = _differs(segment, columns.dots)
    new[1:] |= np.diff(columns.x) > 1
    first = np.flatnonzero(new)
    length = np.diff(first, append=len(new))
    runs, segment = columns.only(new), segment[first]
    ends = runs.x + length
    order, opens = _packed(runs, ends, segment, width)
    runs, ends = runs.only(order), ends[order]
    before = np.zeros(len(order), dtype=np.intp)
    before[1:] = ends[:-1]
    before[opens] = 0
    return _Runs(
        runs.band,
        np.where(opens, ord("$"), 0),
        runs.colour,
        runs.x - before,
        length[order],
        runs.dots + _EMPTY,
    )


def _packed(runs: _Columns, ends: Ints, segment: Ints, width: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The order in which runs are painted, and which of them begin a pass.

    Each segment goes to the pass over its band that ended last before it: the gap is the shortest then, and
    there are no more passes than segments that overlap.
    """
    first = np.flatnonzero(_differs(segment))
    last = _ends(first, len(segment))
    start, end, band = runs.x[first], ends[last], runs.band[first]
    by_start = np.lexsort((start, band))
    passes = np.empty(len(first), dtype=np.intp)
    passes[by_start] = _passes(start[by_start], end[by_start], band[by_start])
    key = (band * (int(passes.max()) + 1) + passes) * width + start
    order = np.argsort(key[segment], kind="stable")
    pass_of_run = (key // width)[segment][order]
    return order, _differs(pass_of_run)


def _passes(start: Ints, end: Ints, band: Ints) -> Ints:
    """For each segment, ordered by band and start, which pass over its band paints it.

    The first segments of all bands are placed together, then the second, and so on.
    """
    found = np.zeros(len(start), dtype=np.intp)
    heads = np.flatnonzero(_differs(band))
    counts = np.diff(heads, append=len(band))
    free = np.zeros((len(heads), 1), dtype=np.intp)
    for segments in _together(heads, counts):
        rows = np.arange(len(segments))
        fits = np.where(free[rows] <= start[segments, None], free[rows], -1)
        chosen = fits.argmax(axis=1)
        full = fits[rows, chosen] < 0
        if full.any():
            free = np.concatenate([free, np.zeros_like(free[:, :1])], axis=1)
            chosen[full] = free.shape[1] - 1
        free[rows, chosen] = end[segments]
        found[segments] = chosen
    return found


def _merged(ground: _Runs, above: _Runs) -> _Runs:
    """Both, band by band."""
    order = np.argsort(np.concatenate([ground.band * 2, above.band * 2 + 1]), kind="stable")
    return _Runs(*(np.concatenate(parts)[order] for parts in zip(ground, above, strict=True)))


def _written(runs: _Runs, width: int) -> bytes:
    """The characters, each run in a row of a table in which zeros are left out."""
    counts = _numbers("!", width + 1)
    counts[: _SHORT + 1] = 0
    selections = _numbers("#", 256)
    repeated = np.arange(_SHORT)
    selects = np.where(_differs(runs.colour)[:, None], selections[runs.colour], 0)

    def times(number: Ints, char: Ints) -> list[NDArray[np.uint8]]:
        alone = np.where(number > _SHORT, 1, number)[:, None]
        return [counts[number], np.where(repeated < alone, char[:, None], 0).astype(np.uint8)]

    table = np.concatenate(
        [
            runs.move[:, None].astype(np.uint8),
            selects,
            *times(runs.gap, np.full(len(runs.gap), _EMPTY)),
            *times(runs.length, runs.char),
        ],
        axis=1,
    )
    return table[table > 0].tobytes()


def _numbers(sign: str, count: int) -> NDArray[np.uint8]:
    """The numbers below `count` in decimal after a sign, a row each, filled up with zeros."""
    texts = np.array([f"{sign}{number}".encode() for number in range(count)])
    return texts.view(np.uint8).reshape(count, -1).copy()
