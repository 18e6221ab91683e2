"""`darkroom show`: generations and picture files, in words and as pictures."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.drawing import Limits, draw
from darkroom.cli.exitcodes import ExitCode, of_error
from darkroom.cli.named import find
from darkroom.domain.errors import DarkroomError, InputError, StoreError
from darkroom.services.exports import workflow

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable, Sequence

    from darkroom.cli.context import Context
    from darkroom.cli.drawing import Shown
    from darkroom.cli.named import Named
    from darkroom.services.core import Core


def run(args: Namespace, context: Context) -> int:
    """Shows what was named; what cannot be shown is told, and the rest is shown all the same."""
    return asyncio.run(_run(args, context))


async def _run(args: Namespace, context: Context) -> int:
    async with contextlib.AsyncExitStack() as stack:
        opened: list[Core] = []

        async def core() -> Core:
            if not opened:
                opened.append(await stack.enter_async_context(context.core()))
            return opened[0]

        return await _Showing(args, context.loaded.settings.images, core).all(args.names)


class _Showing:
    """One run of the command."""

    def __init__(self, args: Namespace, images: str, core: Callable[[], Awaitable[Core]]) -> None:
        self._args = args
        self._images = images
        self._core = core
        self._limits = Limits(args.columns, args.lines)
        self._draws = sys.stdout.isatty() and not (args.json or args.workflow)
        self._code = ExitCode.OK

    async def all(self, names: Sequence[str]) -> ExitCode:
        found: list[Named] = []
        for name in names:
            try:
                named = await find(self._core, name, self._args.output)
                if not (self._args.json or self._args.quiet):
                    await self._tell(named, first=not found)
                found.append(named)
            except DarkroomError as error:
                self._failed(error)
        if self._args.json and found:
            output.as_json(found[0].record if len(names) == 1 else [named.record for named in found])
        elif self._args.quiet:
            await self._pictures(found)
        return self._code

    async def _tell(self, named: Named, *, first: bool) -> None:
        """Everything about it in words, and below that its pictures."""
        if self._args.workflow:
            output.document(_workflow(named))
            return
        output.data(named.words if first else f"\n{named.words}")
        if self._draws:
            await self._draw(named.pictures)

    async def _pictures(self, found: Sequence[Named]) -> None:
        """Nothing but the pictures, or where they are."""
        for named in found:
            if not named.paths and named.generation is not None:
                summary = named.generation.summary
                self._failed(InputError(f"#{summary.number} has no pictures", f"It is {summary.status}"))
        if self._draws:
            await self._draw([shown for named in found for shown in named.pictures])
        else:
            for path in (path for named in found for path in named.paths):
                output.data(str(path))

    async def _draw(self, pictures: Sequence[Shown]) -> None:
        if not pictures:
            return
        for spoiled in await draw(sys.stdout, self._images, pictures, self._limits):
            # A file of the person's was looked at before; so this is one of ours.
            told = (str(spoiled.source), *spoiled.error.lines())
            self._failed(StoreError("A kept picture cannot be drawn", "\n".join(told)))

    def _failed(self, error: DarkroomError) -> None:
        output.complain(error)
        self._code = self._code or of_error(error)


def _workflow(named: Named) -> str:
    """The graph of a generation.

    Raises:
        InputError: It is a file, or nothing was sent.
    """
    if named.generation is None:
        raise InputError(
            f"{named.paths[0].name} is a file",
            hint="`darkroom workflows import FILE` takes the workflow out of a picture",
        )
    return workflow(named.generation)
