"""Every picture of a history, one by one: which there are, in which order. Plain data."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.generation import Output, Summary


class Key(NamedTuple):
    """Which picture: it lasts as long as its generation.

    Attributes:
        number: Of the generation.
        output: 0-based index of the output.
    """

    number: int
    output: int


class Picture(NamedTuple):
    """A picture and what it belongs to."""

    summary: Summary
    output: Output

    @property
    def key(self) -> Key:
        """What it is known by."""
        return Key(self.summary.number, self.output.index)


class PictureIndex:
    """The keys of a list of pictures, the newest generation first; sixteen bytes each.

    Attributes:
        numbers: Of the generations, descending.
        outputs: Indexes of the outputs, those of one generation as people look at them.
    """

    def __init__(self, keys: Iterable[tuple[int, int]] = ()) -> None:
        """`keys` in order: the generations' numbers never rise."""
        self.numbers = array("q")
        self.outputs = array("q")
        for number, output in keys:
            self.numbers.append(number)
            self.outputs.append(output)

    def __len__(self) -> int:
        return len(self.numbers)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PictureIndex):
            return NotImplemented
        return self.numbers == other.numbers and self.outputs == other.outputs

    __hash__ = None  # type: ignore[assignment]

    def key(self, position: int) -> Key:
        """What stands at a position. Raises IndexError beyond the end."""
        return Key(self.numbers[position], self.outputs[position])

    def keys(self, first: int, last: int) -> list[Key]:
        """What stands from `first` to before `last`; positions outside are left out."""
        first = max(first, 0)
        pairs = zip(self.numbers[first:last], self.outputs[first:last], strict=True)
        return [Key(number, output) for number, output in pairs]

    def position(self, key: Key) -> int | None:
        """Where a picture stands; `None` when it is not among them."""
        at = self.nearest(key.number)
        while at < len(self) and self.numbers[at] == key.number:
            if self.outputs[at] == key.output:
                return at
            at += 1
        return None

    def nearest(self, number: int) -> int:
        """Where the pictures of a generation begin, or would: the length when all are newer."""
        return bisect_left(self.numbers, -number, key=lambda other: -other)

    def of(self, number: int) -> list[Key]:
        """The pictures of one generation."""
        at = self.nearest(number)
        end = at
        while end < len(self) and self.numbers[end] == number:
            end += 1
        return self.keys(at, end)
