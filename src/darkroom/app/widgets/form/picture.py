"""Rows for pictures: a path, completed and checked against the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.dropped import dropped_path
from darkroom.app.widgets.form.entry import EntryRow
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value


class PictureRow(EntryRow):
    """Edits the path of a picture."""

    def read(self, text: str) -> Value:
        """The path; nothing is `None` where that is allowed."""
        return text if text or not self.spec.optional else None

    def pasted(self, text: str) -> str:
        """A dragged file comes quoted or escaped, whatever the terminal likes."""
        return printable(dropped_path(text))
