"""`darkroom history`, `show`, `export`, `delete` and `restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.jobs import batch_named
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role
from darkroom.domain.query import parse_filter
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt, plural
from darkroom.services.exports import heading, record, workflow

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from darkroom.cli.context import Context
    from darkroom.domain.generation import Generation, Summary
    from darkroom.services.core import Core

_PROMPT_COLUMNS = 60
_PREFIX = 8


def run(args: Namespace, context: Context) -> int:
    """`darkroom history`."""
    return asyncio.run(_list(args, context))


def show(args: Namespace, context: Context) -> int:
    """`darkroom show`."""
    return asyncio.run(_show(args, context))


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
        _local(summary.created_at),
        str(summary.status),
        size,
        summary.seed,
        excerpt(summary.prompt, _PROMPT_COLUMNS),
    )


def _local(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment is not None else ""


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


async def _show(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        generation = await core.history.find(args.id)
        if args.workflow:
            output.document(workflow(generation))
        elif args.json:
            output.as_json(record(generation, core.store))
        else:
            output.data(await _description(core, generation))
        if args.show and generation.outputs:
            from darkroom.cli.drawing import draw

            path = core.store.blobs.path(generation.outputs[0].hash)
            await asyncio.to_thread(draw, path, core.settings.images)
    return ExitCode.OK


async def _description(core: Core, generation: Generation) -> str:
    summary = generation.summary
    session = await core.store.sessions.get(summary.session_id)
    duration = f" in {summary.duration_s:.1f} s" if summary.duration_s is not None else ""
    lines = [
        f"#{summary.number}  {summary.id}",
        f"status      {summary.status}{duration}" + (" (unchanged)" if summary.unchanged else ""),
    ]
    if summary.reason is not None:
        reason = summary.reason
        told = "\n".join(filter(None, (reason.title, reason.detail, reason.hint)))
        lines += _indented("reason", told)
    lines += [
        f"made        {_local(summary.created_at)}",
        f"session     {session.name if session is not None else summary.session_id}",
        f"server      {summary.profile}, {_service(generation)}",
        f"workflow    {summary.workflow}",
    ]
    lines += _indented("prompt", summary.prompt)
    if summary.negative:
        lines += _indented("negative", summary.negative)
    lines += _parameters(generation)
    for kept in generation.outputs:
        size = f", {kept.width_px}x{kept.height_px}" if kept.width_px else ""
        extra = f" ({excerpt(name, 40)})" if (name := generation.extra_name(kept)) else ""
        lines.append(f"output      {kept.name}{extra}: {kept.media_type}{size}, {kept.size_bytes:,} bytes")
        lines.append(f"            {core.store.blobs.path(kept.hash)}")
    lines += [f"note        {note}" for note in generation.notes]
    return "\n".join(lines)


def _service(generation: Generation) -> str:
    """What kind of server made it, and its version where that is known."""
    service = SERVICES.get(generation.snapshot.service)
    title = service.title if service is not None else generation.snapshot.service
    # ComfyUI's version says its name already.
    version = generation.server_version.removeprefix(title).strip()
    return f"{title} {version}".strip()


def _parameters(generation: Generation) -> list[str]:
    """Every value but the prompts, which stand above, with its role where the address does not say it."""
    roles = generation.snapshot.roles
    values = generation.snapshot.values
    told = {(Role.PROMPT, generation.summary.prompt), (Role.NEGATIVE, generation.summary.negative)}
    left = {address: value for address, value in values.items() if (roles.get(address), value) not in told}
    width = max(map(len, left), default=0)
    lines = ["parameters"] if left else []
    for address, value in left.items():
        role = f"  ({roles[address]})" if address in roles and roles[address] != address else ""
        lines.append(f"  {address:{width}}  {excerpt(_written(value), 80)}{role}")
    return lines


def _written(value: object) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _indented(name: str, text: str) -> list[str]:
    first, *more = text.splitlines() or [""]
    return [f"{name:10}  {first}", *(f"{'':10}  {line}" for line in more)]


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
