"""A picture of the history put into the form: to paint from it, or to make it larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from darkroom.services.inputs import BLOB

if TYPE_CHECKING:
    from darkroom.app.screens.main.choosing import ChoosingScreen


async def take_picture(screen: ChoosingScreen, generation_id: str, index: int, *, larger: bool) -> None:
    """Puts an output into the first field that takes a picture.

    Args:
        screen: Whose form.
        generation_id: Of the generation.
        index: 0-based, of the output.
        larger: Into the built-in form that makes pictures larger, whichever was open; else into the open
            one, or the main one where that only makes larger.

    Raises:
        InputError: It is no picture, or the form takes none.
    """
    generation = await screen.core.history.get(generation_id)
    output = next((output for output in generation.outputs if output.index == index), None)
    if output is None or not output.kind.is_picture:
        raise InputError("There is no picture to begin with")
    upscales = screen.desk.state.workflow.mode == UPSCALE
    if larger != upscales:
        await _open_form(screen, larger=larger)
    if not screen.form.put_picture(BLOB + output.hash):
        raise InputError(f"“{screen.desk.state.workflow.name}” takes no picture")


async def _open_form(screen: ChoosingScreen, *, larger: bool) -> None:
    """Opens the other built-in form; a graph that a person chose stays open to be painted with."""
    await screen.use_workflow(UPSCALE if larger else TXT2IMG)
