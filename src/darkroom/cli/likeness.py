"""`--like`: settings of an earlier generation, or of a file, to begin with.

Loaded when it is asked for: it brings all of the translation.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.domain.errors import InputError
from darkroom.domain.text import printable
from darkroom.services.foreign import settings_in
from darkroom.services.reuse import carry, of_snapshot

if TYPE_CHECKING:
    from darkroom.domain.translate.move import Source
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState


async def like(core: Core, state: FormState, name: str) -> FormState:
    """The form with the settings that `name` means; what was changed on the way is told on stderr.

    Args:
        core: Knows what was made, and builds forms.
        state: The form they go into.
        name: A number from the history, the start of an id, or a file: a picture, a recipe, parameters.

    Raises:
        InputError: There is no such generation, or no settings in the file.
    """
    carried = carry(core.forms, state, await _settings(core, name))
    for note in carried.notes:
        output.say(f"note: {printable(note)}")
    return carried.state


async def _settings(core: Core, name: str) -> Source:
    path = Path(name)
    if not await asyncio.to_thread(path.is_file):
        return of_snapshot((await core.history.find(name)).snapshot)
    found = await asyncio.to_thread(settings_in, path)
    if found is None:
        raise InputError(
            f"{printable(path.name)} holds no settings",
            "Neither Darkroom nor A1111, InvokeAI or Fooocus wrote any into it",
            "Pictures lose them when they are sent through many programs and sites",
        )
    return found
