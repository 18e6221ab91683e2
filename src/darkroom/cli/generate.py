"""`darkroom generate` and `darkroom rerun`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.cli import batch, output
from darkroom.cli.batch import wanted_of
from darkroom.cli.ending import paths_of, show, tell_end
from darkroom.cli.exitcodes import ExitCode, of_generation
from darkroom.cli.following import follow
from darkroom.cli.leaving import warn
from darkroom.cli.progress import meter
from darkroom.cli.telling import telling
from darkroom.cli.values import given
from darkroom.domain.errors import InputError, Unreachable
from darkroom.domain.generation import Status
from darkroom.domain.parameters import Origin
from darkroom.domain.profile import DEMO
from darkroom.domain.queue import Hold, Order, Priority
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import TXT2IMG, UPSCALE, Workflow
from darkroom.services.batching.wanted import Wanted
from darkroom.services.exports import record

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from darkroom.cli.context import Context
    from darkroom.domain.form import Form
    from darkroom.domain.generation import Generation, Summary
    from darkroom.domain.parameters import Value
    from darkroom.domain.session import Session
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

MAX_STDIN_BYTES = 4 * 1024 * 1024
"""Longest text that is read from stdin; far more than any prompt."""


def run(args: Namespace, context: Context) -> int:
    """`darkroom generate`."""
    prompt = read_stdin() if args.prompt == "-" else args.prompt
    return asyncio.run(_generate(args, context, prompt))


def rerun(args: Namespace, context: Context) -> int:
    """`darkroom rerun`."""
    return asyncio.run(_rerun(args, context))


def read_stdin() -> str:
    """All of stdin as text, without the newline at its end.

    Raises:
        InputError: It is not UTF-8, or endless.
    """
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        raise InputError("The text on stdin is too long", f"More than {MAX_STDIN_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError("The text on stdin is not UTF-8", hint="Convert it with iconv -t utf-8") from error


class Request(NamedTuple):
    """What is asked for.

    Attributes:
        session: Where it belongs; `None` for a new one.
        session_name: Of the new one; "" for any.
        profile: The server or group.
        workflow: Built in, or from the library.
        values: By address.
    """

    session: Session | None
    session_name: str
    profile: str
    workflow: Workflow
    values: dict[str, Value]

    async def session_id(self, core: Core) -> str:
        """Where it belongs; the session is made last, so that what was refused leaves none behind."""
        return (self.session or await core.sessions.create(self.session_name)).id


async def _generate(args: Namespace, context: Context, prompt: str | None) -> int:
    wanted = getattr(args, "profile", None)
    if args.url is not None:
        wanted = context.address(args.url)
    elif wanted is not None:
        wanted = context.known_profile(wanted)
    many = wanted_of(args)
    if (args.no_wait or args.paused) and (args.output or args.show):
        raise InputError(
            "What is not waited for cannot be copied or shown",
            hint="Leave --output and --show out; `darkroom export` copies pictures once they are made",
        )
    async with context.core(owning=not (args.no_wait or args.paused or args.dry_run)) as core:
        request = await _request(core, args, wanted, prompt)
        if args.dry_run:
            return await batch.preview(core, args, request, many or Wanted())
        updates = core.updates()
        async with telling(core, quiet=args.quiet):
            if many is not None:
                return await batch.make(core, args, request, many, updates)
            session_id = await request.session_id(core)
            order = Order(Priority[args.priority.upper()], Hold.PAUSED if args.paused else Hold.NONE)
            summary = await core.generations.submit(
                session_id, request.profile, request.workflow, request.values, order
            )
            await core.sessions.use(session_id, workflow_id=request.workflow.id, profile=request.profile)
            if args.no_wait or args.paused:
                return await batch.leave(core, args, (summary,))
            return await _see_through(core, args, summary, updates)


async def _request(core: Core, args: Namespace, wanted: str | None, prompt: str | None) -> Request:
    name = getattr(args, "session", None) or ""
    session = await (core.sessions.named(name) if name else core.sessions.last())
    profile = await (core.profiles.resolve(wanted) if wanted else choose_profile(core, session))
    service = core.profiles.get(profile).service
    if args.workflow is None:
        workflow = await core.workflows.of_session(session, service)
        if workflow.mode == UPSCALE and (prompt or args.prompts):
            # Who writes a prompt does not mean to make the last picture larger once more.
            workflow = await core.workflows.named(TXT2IMG)
    else:
        workflow = await workflow_named(core, args.workflow)
    _need_prompt(args, workflow, prompt)
    state = await core.forms.open(session.id if session else "", profile, workflow, draft=False)
    if not state.known:
        state = await core.forms.refresh(state)
    if args.like is not None:
        from darkroom.cli.likeness import like  # it brings all of the translation

        state = await like(core, state, args.like)

    def grow(values: Mapping[str, Value]) -> Form:
        return core.forms.rebuild(state, values).form

    values = {**_typed(state), **given(state.form, args, prompt, grow)}
    return Request(session, name, profile, workflow, values)


def _need_prompt(args: Namespace, workflow: Workflow, prompt: str | None) -> None:
    said = (
        prompt
        or args.like
        or args.prompts
        or any(text.startswith("prompt=") for text in (*args.set, *args.sweep))
    )
    if workflow.id == TXT2IMG and not said:
        raise InputError("A prompt is needed", hint='darkroom generate "a quiet harbour at dawn"')


def _typed(state: FormState) -> dict[str, Value]:
    """What was put into the form and is not what it would hold anyway."""
    return {address: field.value for address, field in state.fields.items() if field.origin is Origin.TYPED}


async def _rerun(args: Namespace, context: Context) -> int:
    async with context.core(owning=True) as core:
        earlier = await core.history.find(args.id)
        updates = core.updates()
        async with telling(core, quiet=args.quiet):
            summary = await core.generations.rerun(earlier.id)
            return await _see_through(core, args, summary, updates)


async def workflow_named(core: Core, name: str) -> Workflow:
    """The workflow that is meant: by name, or by a file (kept in the library).

    Raises:
        InputError: There is none, or the file holds none.
    """
    known = {workflow.name: workflow for workflow in await core.workflows.list()}
    path = Path(name)
    if name in known or not (path.suffix.lower() in (".json", ".png") or os.sep in name):
        return await core.workflows.named(name)
    imported = await core.workflows.import_file(path)
    for workflow in known.values():
        if workflow.graph == imported.graph:
            await core.workflows.delete(imported.id)
            return workflow
    output.say(f"The workflow is kept as “{imported.name}”")
    return imported


async def choose_profile(core: Core, session: Session | None) -> str:
    """The server to use when none was named. Never the demo: pictures that no AI made are asked for.

    Raises:
        Unreachable: There is none; says what can be done.
    """
    last = session.profile if session is not None and session.profile != DEMO else ""
    chosen = await core.profiles.choose(last=last)
    if chosen is None:
        raise Unreachable(
            "It is not clear which server should make the pictures",
            "None is configured, and not exactly one answers where services usually listen on this machine",
            "darkroom profiles discover                    looks for servers; --add keeps them\n"
            "darkroom profiles add box http://HOST:PORT    adds one\n"
            "darkroom generate … --profile demo            uses the built-in demo (procedural, no AI)",
        )
    return chosen


async def _see_through(core: Core, args: Namespace, summary: Summary, updates: Any) -> int:
    if not args.quiet:
        output.say(announcement(summary))
    ended, interrupts = await follow(core, summary.id, updates, meter(quiet=args.quiet))
    updates.close()
    if ended is not None and not ended.status.final:
        output.say(f"darkroom: #{summary.number} was not seen to its end; {core.paths.logs} may tell why")
        output.say("  It is kept; `darkroom recover` goes after it")
        return ExitCode.CRASH
    if ended is None:
        await warn(core)
        if interrupts.hands_over:
            await core.background.ensure()
            output.say(f"#{summary.number} is left to a worker; `darkroom queue list` shows it")
        else:
            output.say(f"#{summary.number} goes on at the server; `darkroom recover` brings it home")
        return ExitCode.INTERRUPTED
    generation = await core.history.get(ended.id)
    await _deliver(core, args, generation)
    tell_end(generation, quiet=args.quiet)
    return (
        ExitCode.INTERRUPTED
        if interrupts.stopped and ended.status is not Status.COMPLETE
        else of_generation(ended)
    )


def announcement(summary: Summary) -> str:
    """A line that says what is being made."""
    size = f", {summary.width_px}×{summary.height_px}" if summary.width_px and summary.height_px else ""
    seed = f", seed {summary.seed}" if summary.seed else ""
    server = "the demo server (procedural, no AI)" if summary.profile == DEMO else summary.profile
    return f"#{summary.number} {excerpt(summary.workflow, 40)} on {server}{size}{seed}"


async def _deliver(core: Core, args: Namespace, generation: Generation) -> None:
    """Writes the data: paths of the pictures, or the record as JSON."""
    files: tuple[Path, ...] = ()
    if args.output is not None and generation.outputs:
        files = await core.exports.pictures(generation, Path(args.output))
    if args.json:
        found = record(generation, core.store)
        for entry, file in zip(found["outputs"], files, strict=False):
            entry["file"] = str(file)
        output.as_json(found)
    else:
        for path in files or paths_of(generation, core):
            output.data(str(path))
    if args.show:
        await show(core, generation)
