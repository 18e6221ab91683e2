"""What can be done with a generation or a session, whichever screen asks.

What a deed needs is imported when it is done: no start waits for it.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from darkroom.app.messages import Asked
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


class Deeds:
    """Each deed returns one line that says what was done, and raises `DarkroomError` when it was not.

    Deletions are remembered: `undo` takes back the last one, then the one before.
    """

    def __init__(self, core: Core, write: Callable[[str], object]) -> None:
        """`write` writes to the terminal."""
        self._core = core
        self._write = write
        self._undo: list[tuple[str, Callable[[], Awaitable[None]]]] = []

    async def do(self, asked: Asked) -> str:
        """Does what a key asked for; verbs that change the form or the screen are not done here."""
        summary = asked.summary
        match asked.verb:
            case "rerun":
                again = await self._core.generations.rerun(summary.id)
                return f"Sent again as {again.number}, seed {again.seed or 'as before'}"
            case "copy_seed":
                return "Seed: " + await self.copy(summary.seed)
            case "copy_prompt":
                return "Prompt: " + await self.copy(summary.prompt)
            case "export":
                return await self.export(summary)
            case "export_workflow":
                return await self.export_workflow(summary)
            case "delete":
                return await self.delete(summary)
        raise ValueError(asked.verb)

    async def copy(self, text: str) -> str:
        """Sends text to the clipboard; says which way it went."""
        from darkroom.terminal import clipboard

        return await asyncio.to_thread(
            clipboard.copy, text, environ=os.environ, write=self._write, run=clipboard.execute
        )

    async def export(self, summary: Summary) -> str:
        """Writes all outputs to the folder that Darkroom was started in."""
        generation = await self._core.history.get(summary.id)
        files = await self._core.exports.pictures(generation, Path.cwd())
        if len(files) == 1:
            return f"Written: {files[0]}"
        return f"{plural(len(files), 'file')} written to {files[0].parent}"

    async def export_workflow(self, summary: Summary) -> str:
        """Writes the graph as it was sent."""
        from darkroom.services import exports

        generation = await self._core.history.get(summary.id)
        target = Path.cwd() / f"{summary.number:05d}-workflow.json"
        return f"Written: {await self._core.exports.text(exports.workflow(generation), target)}"

    async def delete(self, summary: Summary) -> str:
        """Moves a generation to the trash."""
        history = self._core.history
        await history.trash([summary.id])
        name = excerpt(summary.prompt, 30) or "the generation"
        self._undo.append((name, lambda: history.restore([summary.id])))
        return f"Deleted: {name}. z brings it back"

    async def delete_all(self, summaries: Sequence[Summary]) -> str:
        """Moves several generations to the trash, which one undo brings back together."""
        if len(summaries) == 1:
            return await self.delete(summaries[0])
        history, ids = self._core.history, [summary.id for summary in summaries]
        await history.trash(ids)
        name = plural(len(ids), "generation")
        self._undo.append((name, lambda: history.restore(ids)))
        return f"Deleted: {name}. z brings them back"

    async def delete_session(self, session_id: str, name: str) -> str:
        """Moves a session to the trash."""
        sessions = self._core.sessions
        await sessions.trash(session_id)
        self._undo.append((name, lambda: sessions.restore(session_id)))
        return f"Deleted: {excerpt(name, 40)}. z brings it back"

    async def cancel(self, generation_id: str) -> str:
        """Asks the server to stop it."""
        from darkroom.domain.events import CancelResult

        match await self._core.generations.cancel(generation_id):
            case CancelResult.STOPPED:
                return "Cancelling"
            case CancelResult.NOT_RUNNING:
                return "It had ended already"
            case CancelResult.CANNOT:
                return "This server cannot cancel it"

    async def undo(self) -> str:
        """Brings back what was deleted last."""
        if not self._undo:
            return "Nothing was deleted that could be brought back"
        name, restore = self._undo[-1]
        await restore()
        self._undo.pop()
        return f"Brought back: {excerpt(name, 40)}"
