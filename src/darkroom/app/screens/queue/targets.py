"""Choosing whose jobs are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from darkroom.app.screens.listing import Deed, ListingScreen, Row, deed_bindings
from darkroom.app.widgets.lines import Piece
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

ALL = " all"
"""Key of the row that stands for all of them; no profile is called so."""


class TargetsScreen(ListingScreen):
    """Ends with the name of a profile or group, `ALL`, or `None` for what it was."""

    dialog_title = "Whose jobs"
    DEEDS: ClassVar[tuple[Deed, ...]] = (Deed("choose", "enter", "list", "List these jobs alone"),)
    BINDINGS: ClassVar[list[BindingType]] = deed_bindings(DEEDS)

    def __init__(self, targets: Mapping[str, int], total: int, current: str | None) -> None:
        """Shows how many jobs each of the `targets` has; `current` is listed now."""
        super().__init__()
        self._targets = targets
        self._total = total
        self._current = ALL if current is None else current

    def on_mount(self) -> None:
        """Lists them."""
        rows = [Row(ALL, [Piece("all", "strong")], [Piece(plural(self._total, "job"), "quiet")])]
        for name, count in sorted(self._targets.items()):
            shown = Piece(excerpt(shown_name(name), 60), "strong")
            rows.append(Row(name, [shown], [Piece(plural(count, "job"), "quiet")]))
        self.rows.show(rows, self._current)
        self.say("Enter lists the jobs of one server or group alone.")
