"""What every field of the form is: one parameter, the model with its value, and words about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from darkroom.domain.parameters import Origin
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from textual.widget import Widget

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec, Value

if TYPE_CHECKING:
    _Base = Widget
else:
    # No widget to Textual: of several widget classes it takes the styles of the first alone.
    _Base = object

LABEL_LETTERS = 80
"""Letters of a label that are ever drawn; servers may send thousands."""

WHOLE_ROW = 10_000
"""Cells that no pane has: what a row that wants its line alone says it needs."""


class Made(Message):
    """A part of the form has its widgets now: one of them may be waited for."""


class ParameterField(_Base):
    """Beside a widget class: edits one parameter of a model.

    Attributes:
        spec: The parameter.
        label: Its name as it is shown.
        model: Holds the value.
        palette: The colours.
    """

    @dataclass
    class Edited(Message):
        """A person changed a value; the model has it already.

        Attributes:
            address: Of the parameter.
            old: The value before.
        """

        address: str
        old: Value

    def tie(self, spec: ParameterSpec, model: FormModel, palette: Palette) -> None:
        """Makes it the field of `spec` in `model`; for `__init__` of subclasses."""
        self.model = model
        self.palette = palette
        self.take_spec(spec)

    def take_spec(self, spec: ParameterSpec) -> None:
        """Takes another description of the same parameter."""
        self.spec = spec
        self.label = excerpt(spec.label or spec.address, LABEL_LETTERS)

    @property
    def stop(self) -> Widget:
        """What takes the focus."""
        return self

    @property
    def address(self) -> str:
        """Address of the parameter."""
        return self.spec.address

    @property
    def value(self) -> Value:
        """The value in the model."""
        return self.model.values.get(self.address)

    @property
    def typed(self) -> bool:
        """Whether a person typed the value."""
        return self.model.origins.get(self.address) is Origin.TYPED

    @property
    def problem(self) -> str | None:
        """What is wrong with the value, or `None`."""
        return self.model.problem(self.address)

    @property
    def help_text(self) -> str:
        """What the help screen says of it; foreign parts are printable."""
        # Asked for by people only: the first frame does without.
        from darkroom.app.widgets.form.explain import explanation

        return explanation(self.spec, self.value, self.model.origins.get(self.address, Origin.SYSTEM))

    def tip(self) -> Content:
        """What a tooltip says of it."""
        from darkroom.app.widgets.form.explain import explanation

        return Content(explanation(self.spec, None, None))

    def put(self, value: Value) -> None:
        """Sets the value as a person typed it, and tells the form."""
        old = self.value
        if self.model.edit(self.address, value):
            self.post_message(self.Edited(self.address, old))

    def value_changed(self) -> None:
        """Shows the value anew; called when something else than this field set it."""
        self.refresh()

    def short_width(self) -> int:
        """Cells it needs to be read in full beside another field; large when it wants a row alone."""
        return WHOLE_ROW

    def label_columns(self) -> int:
        """Cells that its label wants in line with those of others; 0 when it stands by itself."""
        return 0

    def align(self, label_width: int) -> None:
        """Gives the label its width, where the values of a section stand in line."""
