"""Rows for numbers and for seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from darkroom.app.bindings import bindings
from darkroom.app.widgets.form.entry import LINE_BINDINGS, EntryRow
from darkroom.app.widgets.form.parameter import WHOLE_ROW
from darkroom.app.widgets.form.reading import show
from darkroom.app.widgets.lines import Piece
from darkroom.domain.errors import InputError
from darkroom.domain.number import evaluate, stepped
from darkroom.domain.parameters import RANDOM_SEED, SEED_MAX, Kind
from darkroom.domain.seed import parse_seed
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

from darkroom.domain.parameters import Value

_TYPED = frozenset("0123456789.+-*/%()eE ")
"""Characters of numbers and of small expressions."""


class NumberRow(EntryRow):
    """Edits a number: typed, as a small expression, or by steps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *LINE_BINDINGS,
        *bindings("number"),
    ]

    def accepts(self, character: str) -> bool:
        """Digits always; signs only once something was typed, for before that they step."""
        if character in "+-" and not self.typing:
            return False
        return character in _TYPED

    def read(self, text: str) -> Value:
        """The number, the result of an expression, or the text when it is neither."""
        return read_number(text, whole=self.spec.kind is not Kind.NUMBER, optional=self.spec.optional)

    def action_number_more(self) -> None:
        """Adds a step."""
        self.step(1)

    def action_number_less(self) -> None:
        """Takes a step away."""
        self.step(-1)

    def action_number_more_ten(self) -> None:
        """Adds ten steps."""
        self.step(10)

    def action_number_less_ten(self) -> None:
        """Takes ten steps away."""
        self.step(-10)

    def step(self, steps: int) -> None:
        """Adds `steps` steps, within the limits and on the server's digits."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            value = self._anywhere()
        result = stepped(self.spec, value, steps)
        self.set(float(result) if self.spec.kind is Kind.NUMBER else result)

    def set(self, value: Value) -> None:
        """Sets a value by a key that is not typing."""
        self.typing = False
        self.edit(value)
        self._load_line()
        self.redraw()

    def _anywhere(self) -> int | float:
        for value in (self.spec.default, self.spec.minimum, 0):
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                return value
        return 0

    def value_pieces(self, columns: int) -> list[Piece]:
        """The number and its unit."""
        unit = f" {printable(self.spec.unit)}" if self.spec.unit else ""
        return [*super().value_pieces(columns - len(unit)), Piece(unit, "quiet")]

    def trailing(self) -> list[Piece]:
        """What an expression comes to."""
        value = self.value
        if (
            self.typing
            and isinstance(value, int | float)
            and show(self.spec, value) != self.line.text.strip()
        ):
            return [Piece(f"= {show(self.spec, value)}", "quiet")]
        return []

    def short_width(self) -> int:
        """The label and eight digits."""
        return len(self.label) + 14 + len(self.spec.unit)


def read_number(text: str, *, whole: bool, optional: bool) -> Value:
    """The number in `text`; `None` for nothing where that is allowed; `text` when there is none."""
    if optional and not text.strip():
        return None
    try:
        value = evaluate(text)
    except InputError:
        return text
    return value if whole else float(value)


class SeedRow(NumberRow):
    """Edits a seed: random, a number, the last one, or the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("seed"),
    ]

    def accepts(self, character: str) -> bool:
        """Digits; a sign only at the start, for -1."""
        return character.isdecimal() or (character == "-" and self.typing and not self.line.text)

    def read(self, text: str) -> Value:
        """The seed; -1 and nothing at all are random."""
        try:
            return parse_seed(text, self.model.last_seed)
        except InputError:
            return text

    def action_seed_random(self) -> None:
        """Draws a new seed for each picture."""
        self.set(RANDOM_SEED)

    def action_seed_last(self) -> None:
        """Takes the seed of the last picture."""
        if self.model.last_seed is None:
            self.notify("There is no last seed yet: make a picture first", severity="warning")
        else:
            self.set(self.model.last_seed)

    def action_seed_cycle(self) -> None:
        """From random to the last seed to the next one, and round."""
        last = self.model.last_seed
        if last is None or self.value not in (RANDOM_SEED, last):
            self.set(RANDOM_SEED if self.value != RANDOM_SEED else 0)
        elif self.value == last:
            self.step(1)
        else:
            self.set(last)

    def step(self, steps: int) -> None:
        """The next seed; from random, the one after the last."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or value == RANDOM_SEED:
            value = self.model.last_seed
            if value is None:
                value = 0 - steps
        least = int(self.spec.minimum) if self.spec.minimum is not None else 0
        most = int(self.spec.maximum) if self.spec.maximum is not None else SEED_MAX
        self.set(least + (value + steps - least) % (most - least + 1))

    def trailing(self) -> list[Piece]:
        """The last seed, while the next one is random."""
        last = self.model.last_seed
        if self.value == RANDOM_SEED and last is not None:
            return [Piece(f"last {last}", "quiet")]
        return []

    def on_click(self, event: events.Click) -> None:
        """A click on the last seed takes it."""
        shown = sum(len(piece.text) for piece in self.trailing())
        if shown and event.x >= self.size.width - shown:
            self.action_seed_last()

    def short_width(self) -> int:
        """A row alone."""
        return WHOLE_ROW
