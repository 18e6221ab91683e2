"""`darkroom sessions`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable

    from darkroom.cli.context import Context
    from darkroom.domain.session import Session
    from darkroom.services.core import Core


def list_all(args: Namespace, context: Context) -> int:
    """`darkroom sessions list`."""
    return _with_core(context, lambda core: _list(core, args))


def create(args: Namespace, context: Context) -> int:
    """`darkroom sessions create`."""

    async def work(core: Core) -> None:
        session = await core.sessions.create(args.name)
        output.data(session.name)

    return _with_core(context, work)


def rename(args: Namespace, context: Context) -> int:
    """`darkroom sessions rename`."""

    async def work(core: Core) -> None:
        session = await core.sessions.require(args.name)
        await core.sessions.rename(session.id, args.new_name)
        renamed = await core.store.sessions.get(session.id)
        output.data(renamed.name if renamed is not None else args.new_name)

    return _with_core(context, work)


def duplicate(args: Namespace, context: Context) -> int:
    """`darkroom sessions duplicate`."""

    async def work(core: Core) -> None:
        session = await core.sessions.require(args.name)
        output.data((await core.sessions.duplicate(session.id)).name)

    return _with_core(context, work)


def delete(args: Namespace, context: Context) -> int:
    """`darkroom sessions delete`."""

    async def work(core: Core) -> None:
        session = await core.sessions.require(args.name)
        if session.unfinished and not args.force:
            raise InputError(
                f"{plural(session.unfinished, 'generation')} of “{session.name}” still run",
                hint="Wait until they have ended, or use --force: they go on and end up in the trash",
            )
        await core.sessions.trash(session.id)
        output.say(f"“{session.name}” is in the trash for {plural(core.settings.trash_days, 'day')}")

    return _with_core(context, work)


def restore(args: Namespace, context: Context) -> int:
    """`darkroom sessions restore`."""

    async def work(core: Core) -> None:
        trashed = await core.sessions.list(trashed=True)
        found = next((session for session in trashed if args.name in (session.name, session.id)), None)
        if found is None:
            raise InputError(
                f"No session in the trash is called “{excerpt(args.name, 60)}”",
                hint="`darkroom sessions list --trashed` lists them",
            )
        await core.sessions.restore(found.id)
        output.data(found.name)

    return _with_core(context, work)


def _with_core(context: Context, work: Callable[[Core], Awaitable[None]]) -> int:
    async def opened() -> int:
        async with context.core() as core:
            await work(core)
        return ExitCode.OK

    return asyncio.run(opened())


async def _list(core: Core, args: Namespace) -> None:
    sessions = await core.sessions.list(trashed=args.trashed)
    if args.json:
        output.as_json([_record(session) for session in sessions])
    elif sessions:
        rows = [
            (
                session.name,
                str(session.complete),
                str(session.failed),
                str(session.unfinished),
                session.profile,
                session.used_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            )
            for session in sessions
        ]
        output.data(output.table(rows, ("NAME", "COMPLETE", "FAILED", "RUNNING", "SERVER", "LAST USED")))
    else:
        output.say("The trash holds no sessions" if args.trashed else "There are no sessions yet")


def _record(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "name": session.name,
        "created_at": session.created_at.isoformat(),
        "used_at": session.used_at.isoformat(),
        "complete": session.complete,
        "failed": session.failed,
        "unfinished": session.unfinished,
        "profile": session.profile,
        "workflow": session.workflow_id,
        "trashed": session.trashed,
    }
