"""`darkroom history`, `export`, `delete` and `restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.description import local
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.jobs import batch_named
from darkroom.domain.errors import InputError
from darkroom.domain.query import parse_filter
from darkroom.domain.text import excerpt, plural
from darkroom.services.exports import heading, workflow

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context
    from darkroom.domain.generation import Summary

_PROMPT_COLUMNS = 60


def run(args: Namespace, context: Context) -> int:
    """`darkroom history`."""
    return asyncio.run(_list(args, context))


def export(args: Namespace, context: Context) -> int:
    """`darkroom export`."""
    return asyncio.run(_export(args, context))


def delete(args: Namespace, context: Context) -> int:
    """`darkroom delete`."""
    return asyncio.run(_trash(args, context, back=False))


def restore(args: Namespace, context: Context) -> int:
    """`darkroom restore`."""
    return asyncio.run(_trash(args, context, back=True))


async def _list(args: Namespace, context: Context) -> int:
    filters = [parse_filter(text) for text in args.where]
    async with context.core() as core:
        name = getattr(args, "session", None)
        session = await core.sessions.require(name) if name else None
        found = await core.history.search(
            " ".join(args.words),
            filters=filters,
            session_id=session.id if session else None,
            limit=args.limit,
        )
    if args.json:
        output.as_json([_summary(summary) for summary in found])
    elif found:
        headings = ("#", "WHEN", "STATUS", "SIZE", "SEED", "PROMPT")
        output.data(output.table([_row(summary) for summary in found], headings))
    else:
        output.say("Nothing was found" if args.words or filters else "Nothing was made yet")
    if len(found) == args.limit and not args.json:
        output.say(f"These are the newest {args.limit}; --limit shows more")
    return ExitCode.OK


def _row(summary: Summary) -> tuple[str, ...]:
    size = f"{summary.width_px}x{summary.height_px}" if summary.width_px and summary.height_px else ""
    return (
        str(summary.number),
        local(summary.created_at),
        str(summary.status),
        size,
        summary.seed,
        excerpt(summary.prompt, _PROMPT_COLUMNS),
    )


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        **heading(summary),
        "width": summary.width_px,
        "height": summary.height_px,
        "steps": summary.steps,
        "cfg_scale": summary.cfg_scale,
        "sampler": summary.sampler,
        "scheduler": summary.scheduler,
        "checkpoint": summary.checkpoint,
        "created_at": summary.created_at.isoformat(),
        "duration_s": summary.duration_s,
        "outputs": summary.output_count,
        "reason": summary.reason.title if summary.reason is not None else None,
    }


async def _export(args: Namespace, context: Context) -> int:
    target = Path(args.to)
    if bool(args.ids) == bool(args.batch):
        raise InputError("It is not clear what should be exported", hint="Name generations, or a --batch")
    if args.sheet and not args.batch:
        raise InputError("A sheet is made of a batch", hint="Say --batch with its id, or with a job of it")
    async with context.core() as core:
        if args.batch:
            batch = await batch_named(core, args.batch)
            if args.sheet:
                output.data(str(await core.exports.sheet(batch, target)))
                return ExitCode.OK
            jobs = await core.store.batches.jobs(batch.id)
            found = [await core.history.get(job.generation_id) for job in jobs]
        else:
            found = [await core.history.find(name) for name in args.ids]
        for generation in found:
            if args.workflow:
                stem = f"{generation.summary.number:05d}-workflow.json"
                file = target if target.suffix and not _is_folder(target) else target / stem
                written: tuple[Path, ...] = (await core.exports.text(workflow(generation), file),)
            elif args.batch and not generation.outputs:
                output.say(f"#{generation.summary.number} is {generation.summary.status}: nothing to export")
                continue
            else:
                written = await core.exports.pictures(generation, target)
            for path in written:
                output.data(str(path))
    return ExitCode.OK


def _is_folder(path: Path) -> bool:
    return path.is_dir()


async def _trash(args: Namespace, context: Context, *, back: bool) -> int:
    async with context.core() as core:
        found = [(await core.history.find(name)).summary for name in args.ids]
        ids = [summary.id for summary in found]
        if back:
            await core.history.restore(ids)
        else:
            running = [summary for summary in found if not summary.status.final]
            if running:
                raise InputError(
                    f"#{running[0].number} still runs", hint="Cancel it first, or wait until it has ended"
                )
            await core.history.trash(ids)
    done = "brought back" if back else "moved to the trash"
    output.say(f"{plural(len(set(ids)), 'generation')} {done}")
    if not back:
        days = context.loaded.settings.trash_days
        numbers = " ".join(str(summary.number) for summary in found)
        output.say(f"  `darkroom restore {numbers}` brings them back, for {plural(days, 'day')}")
    return ExitCode.OK
