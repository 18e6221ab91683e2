"""Settings from elsewhere put into the form, and what was changed on the way shown.

Loaded when it is needed: it brings all of the translation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.notes import NotesScreen
from darkroom.services.reuse import carry

if TYPE_CHECKING:
    from darkroom.app.screens.main.sessions import SessionScreen
    from darkroom.domain.translate.move import Source
    from darkroom.services.reuse import Part


async def carry_into(screen: SessionScreen, source: Source, part: Part = "all", *, title: str) -> bool:
    """Fills the form with settings, in the words of its service, as if they were typed.

    Args:
        screen: Whose form.
        source: The settings.
        part: How much of them.
        title: Over the notes, where there are any.

    Returns:
        Whether anything was put in, or noted.
    """
    before = screen.desk.rebuild(screen.form.values())
    carried = carry(screen.core.forms, before, source, part)
    # Fields that appear only with others (a LoRA's strength) first, then what they hold.
    screen.form.load(screen.desk.rebuild({**screen.form.values(), **carried.values}))
    if carried.values:
        screen.form.set_values(carried.values)
        screen.go("form")
    if carried.notes:
        await screen.app.push_screen_wait(NotesScreen(title, carried.notes))
    return bool(carried.values or carried.notes)
