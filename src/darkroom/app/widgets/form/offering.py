"""Lists that open over the form: the choices of a field, and usual sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.reading import NONE
from darkroom.app.widgets.select import Choice, Picked, SelectOverlay
from darkroom.domain.size import PRESETS, Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.geometry import Region

    from darkroom.app.widgets.form.choice import ChoiceRow


def offer_choices(row: ChoiceRow, typed: str) -> None:
    """Opens the list of a choice over its row; what is picked goes into the row.

    Args:
        row: The row.
        typed: What the filter holds at first.
    """
    if isinstance(row.app.screen, SelectOverlay):
        # The next letter was typed before the list could take it.
        row.app.screen.type(typed)
        return
    choices = [
        Choice(value, NONE if value is None else value, quiet=value is None) for value in row.options()
    ]

    def take(picked: Picked | None) -> None:
        if picked is not None:
            row.choose(picked.value)

    row.app.push_screen(
        SelectOverlay(choices, row.value, over=row.region, typed=typed, title=row.label), take
    )


def offer_sizes(app: App[object], now: Size, over: Region, choose: Callable[[Size], None]) -> None:
    """Opens the list of usual sizes.

    Args:
        app: Shows it.
        now: The size that is marked.
        over: The region it belongs to.
        choose: Gets the size that is picked.
    """
    by_label = {size.label: (size, family) for family, sizes in PRESETS for size in sizes}
    choices = [Choice(label, label, family) for label, (_, family) in by_label.items()]

    def take(picked: Picked | None) -> None:
        if picked is not None:
            choose(by_label[str(picked.value)][0])

    app.push_screen(SelectOverlay(choices, now.label, over=over, title="Size"), take)
