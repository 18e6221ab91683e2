"""How a generation ended, as `generate`, `rerun` and `recover` tell it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.drawing import Shown, draw
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
    """Draws its pictures on the terminal behind stderr, so that stdout stays data."""
    pictures = pictures_of(generation, core)
    if not pictures:
        return
    if not sys.stderr.isatty():
        output.say("--show: there is no terminal to draw on")
        return
    for spoiled in await draw(sys.stderr, core.settings.images, pictures):
        output.say(f"--show: {spoiled.error.title}")


def pictures_of(generation: Generation, core: Core) -> tuple[Shown, ...]:
    """Those of its outputs that can be drawn, named as "#42", "#42 2/4", "#42 3/4 grid"."""
    outputs = generation.ordered_outputs()
    number, count = generation.summary.number, len(outputs)
    return tuple(
        Shown(
            core.store.blobs.path(kept.hash),
            f"#{number}{f' {place}/{count}' if count > 1 else ''} {generation.extra_name(kept)}".rstrip(),
        )
        for place, kept in enumerate(outputs, 1)
        if kept.kind.is_picture
    )


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
