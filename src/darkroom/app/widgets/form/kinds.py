"""Which row edits which kind of value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.choice import ChoiceRow, ToggleRow
from darkroom.app.widgets.form.entry import EntryRow
from darkroom.app.widgets.form.numbers import NumberRow, SeedRow
from darkroom.app.widgets.form.picture import PictureRow
from darkroom.domain.parameters import Kind

if TYPE_CHECKING:
    from darkroom.app.widgets.form.field import FieldRow

ROWS: dict[Kind, type[FieldRow]] = {
    Kind.INTEGER: NumberRow,
    Kind.NUMBER: NumberRow,
    Kind.SEED: SeedRow,
    Kind.BOOLEAN: ToggleRow,
    Kind.CHOICE: ChoiceRow,
    Kind.IMAGE: PictureRow,
    Kind.TEXT: EntryRow,
}
"""Text of several lines is edited in a `PromptField` instead."""
