"""How a generation ended, as `generate`, `rerun` and `recover` tell it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.domain.generation import Status
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.generation import Generation
    from darkroom.services.core import Core


def paths_of(generation: Generation, core: Core) -> tuple[Path, ...]:
    """Where the original bytes of its outputs are kept."""
    return tuple(core.store.blobs.path(kept.hash) for kept in generation.outputs)


async def show(core: Core, generation: Generation) -> None:
    """Draws its first picture in the terminal, if it has one."""
    if generation.outputs:
        from darkroom.cli.drawing import draw  # it brings Pillow

        path = core.store.blobs.path(generation.outputs[0].hash)
        await asyncio.to_thread(draw, path, core.settings.images)


def tell_end(generation: Generation, *, quiet: bool = False) -> None:
    """Says on stderr how it ended. A failure is told even when `quiet` was asked for."""
    summary = generation.summary
    reason = summary.reason
    if summary.status is not Status.COMPLETE:
        output.say(f"darkroom: #{summary.number} {summary.status}" + (f": {reason.title}" if reason else ""))
        for part in filter(None, (reason.detail, reason.hint) if reason else ()):
            output.say("\n".join(f"  {line}" for line in part.splitlines()))
    elif not quiet:
        took = f" in {summary.duration_s:.1f} s" if summary.duration_s is not None else ""
        same = "; unchanged: the server had made exactly this before" if summary.unchanged else ""
        output.say(f"#{summary.number} complete{took}: {plural(summary.output_count, 'picture')}{same}")
    if not quiet or summary.status is not Status.COMPLETE:
        for note in generation.notes:
            output.say(f"  {note}")
