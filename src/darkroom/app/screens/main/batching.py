"""Batches from the main screen: ordering them, and seeing them as grids. Loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.messages import StoreChanged
from darkroom.app.screens.batch import BatchScreen
from darkroom.app.screens.batch_typed import Typed
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.app.screens.main.generating import GeneratingScreen


async def order_batch(screen: GeneratingScreen) -> str | None:
    """Lets a person order a batch of what the form holds; what they typed stays for the next time."""
    state, session_id = screen.desk.state, screen.session.id
    typed = screen.typed_batches.get(session_id, Typed())
    order = BatchScreen(screen.core, state, screen.form.values(), screen.profile, typed)
    batch = await screen.app.push_screen_wait(order)
    screen.typed_batches = {**screen.typed_batches, session_id: order.typed}
    if batch is None:
        return None
    await screen.core.forms.save_draft(session_id, state.memory, {})
    screen.follow()
    # Nobody tells of each of thousands of jobs: what lists them reads them again.
    screen.post_message(StoreChanged())
    return f"Added: {excerpt(batch.title, 60)}. alt+v shows it as a grid"


async def show_batches(screen: GeneratingScreen) -> None:
    """Shows the batches of the session, and the grid of the one that is chosen."""
    from darkroom.app.screens.batch_grid import BatchGridScreen
    from darkroom.app.screens.batches import BatchesScreen

    batches = await screen.core.store.batches.of_session(screen.session.id)
    chosen = await screen.app.push_screen_wait(BatchesScreen(batches))
    if chosen == BatchesScreen.NEW:
        screen.action_batch()
    batch = next((batch for batch in batches if batch.id == chosen), None)
    if batch is not None:
        await screen.app.push_screen_wait(BatchGridScreen(screen.core, screen.board, screen.deeds, batch))
