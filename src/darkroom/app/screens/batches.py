"""The batches of a session: which there are, and the way to their grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from darkroom.app.screens.listing import Deed, ListingScreen, Row, deed_bindings
from darkroom.app.widgets.lines import Piece
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from darkroom.domain.queue import Batch


class BatchesScreen(ListingScreen):
    """Ends with the id of the batch to show, or `None`."""

    dialog_title = "Batches of this session"
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed("choose", "enter", "show", "Show it as a grid"),
        Deed("order", "n", "new", "Make another one from the form"),
    )
    BINDINGS: ClassVar[list[BindingType]] = deed_bindings(DEEDS)

    NEW = " new"
    """Result that asks for a new one; no id is written so."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        """Shows `batches`, the newest first."""
        super().__init__()
        self._batches = batches

    def on_mount(self) -> None:
        """Lists them."""
        super().on_mount()
        self.rows.show([_row(batch) for batch in self._batches])
        none = "There is none yet: n makes one from the form."
        self.say("Enter shows the pictures as a grid." if self._batches else none)

    def action_order(self) -> None:
        """Asks for a new one."""
        self.dismiss(self.NEW)


def _row(batch: Batch) -> Row:
    made = batch.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return Row(batch.id, [Piece(excerpt(batch.title, 90), "strong")], [Piece(f"  {made}", "quiet")])
