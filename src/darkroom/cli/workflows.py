"""`darkroom workflows`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.generate import choose_profile, read_stdin
from darkroom.cli.values import setting
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import RANDOM_SEED, Kind
from darkroom.domain.text import excerpt, plural
from darkroom.domain.workflow import TXT2IMG
from darkroom.services.workflows import to_api_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable

    from darkroom.cli.context import Context
    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState


def list_all(args: Namespace, context: Context) -> int:
    """`darkroom workflows list`."""

    async def work(core: Core) -> None:
        workflows = await core.workflows.list()
        default = (await core.workflows.default()).id
        if args.json:
            output.as_json(
                [
                    {
                        "id": w.id,
                        "name": w.name,
                        "description": w.description,
                        "format": w.document_format or None,
                        "default": w.id == default,
                        "uses": w.use_count,
                    }
                    for w in workflows
                ]
            )
            return
        rows = [
            (w.name, "default" if w.id == default else "", str(w.use_count), excerpt(w.description, 60))
            for w in workflows
        ]
        output.data(output.table(rows, ("NAME", "", "USES", "DESCRIPTION")))

    return _with_core(context, work)


def import_(args: Namespace, context: Context) -> int:
    """`darkroom workflows import`."""
    text = read_stdin() if args.file == "-" else None

    async def work(core: Core) -> None:
        if text is not None:
            workflow = await core.workflows.import_text(text, args.name or "workflow")
        else:
            workflow = await core.workflows.import_file(Path(args.file), args.name)
        if args.default:
            await core.workflows.set_default(workflow.id)
        output.data(workflow.name)
        if not workflow.runnable:
            output.say("It is in the form of ComfyUI's web page: kept as it is, it cannot be run yet")
            output.say("  In ComfyUI: Workflow → Export (API), and import that file")

    return _with_core(context, work)


def show(args: Namespace, context: Context) -> int:
    """`darkroom workflows show`."""
    wanted = getattr(args, "profile", None)
    if wanted is not None:
        context.known_profile(wanted)

    async def work(core: Core) -> None:
        workflow = await core.workflows.named(args.name)
        session = await core.sessions.last()
        profile = await (core.profiles.resolve(wanted) if wanted else choose_profile(core, session))
        state = await core.forms.open(session.id, profile, workflow)
        if not state.known:
            state = await core.forms.refresh(state)
        values, _ = setting(state.form, args.set, lambda held: core.forms.rebuild(state, held).form)
        state = core.forms.rebuild(state, values)
        if args.json:
            output.as_json([_record(spec, state) for spec in state.form.specs])
            return
        rows = [_row(spec, state) for spec in state.form.specs]
        output.data(output.table(rows, ("ADDRESS", "NAME", "TAKES", "NOW")))
        for note in state.form.notes:
            output.say(f"  {note}")
        if workflow.mode == TXT2IMG and not args.set:
            output.say("Some values bring further fields: add --set image=FILE, say, to see them")

    return _with_core(context, work)


def export(args: Namespace, context: Context) -> int:
    """`darkroom workflows export`."""

    async def work(core: Core) -> None:
        workflow = await core.workflows.named(args.name)
        if workflow.graph is None:
            raise InputError(
                "The built-in workflow has no file of its own",
                "Its graph is made from the values",
                "`darkroom show ID --workflow` writes the graph of a picture made with it",
            )
        text = to_api_json(workflow.graph)
        if args.to is None:
            output.document(text)
        else:
            output.data(str(await core.exports.text(text, Path(args.to))))

    return _with_core(context, work)


def delete(args: Namespace, context: Context) -> int:
    """`darkroom workflows delete`."""

    async def work(core: Core) -> None:
        workflow = await core.workflows.named(args.name)
        await core.workflows.delete(workflow.id)
        output.say(f"“{workflow.name}” is deleted; pictures made with it keep their own copy")

    return _with_core(context, work)


def default(args: Namespace, context: Context) -> int:
    """`darkroom workflows default`."""

    async def work(core: Core) -> None:
        workflow = await core.workflows.named(args.name)
        await core.workflows.set_default(workflow.id)
        output.say(f"“{workflow.name}” is used when no workflow is named")

    return _with_core(context, work)


def _with_core(context: Context, work: Callable[[Core], Awaitable[None]]) -> int:
    async def opened() -> int:
        async with context.core() as core:
            await work(core)
        return ExitCode.OK

    return asyncio.run(opened())


def _row(spec: ParameterSpec, state: FormState) -> tuple[str, ...]:
    value = state.fields[spec.address].value if spec.address in state.fields else None
    return (
        spec.address,
        str(spec.role or ""),
        excerpt(_takes(spec), 50),
        _now(spec, value),
    )


def _takes(spec: ParameterSpec) -> str:
    if spec.choices:
        return plural(len(spec.choices), "choice") + ": " + ", ".join(spec.choices[:20])
    if spec.kind is Kind.BOOLEAN:
        return "yes or no"
    if spec.minimum is not None and spec.maximum is not None:
        return f"{spec.kind} from {_plain(spec.minimum)} to {_plain(spec.maximum)}"
    return "the path of a picture" if spec.kind is Kind.IMAGE else str(spec.kind)


def _now(spec: ParameterSpec, value: Value) -> str:
    if value is None:
        return "none"
    if spec.kind is Kind.SEED and value == RANDOM_SEED:
        return "random"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return excerpt(value, 50) if isinstance(value, str) else _plain(value)


def _plain(number: float | int) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def _record(spec: ParameterSpec, state: FormState) -> dict[str, Any]:
    field = state.fields.get(spec.address)
    return {
        "address": spec.address,
        "role": str(spec.role) if spec.role else None,
        "label": spec.label,
        "kind": str(spec.kind),
        "section": spec.section,
        "minimum": _exact(spec.minimum),
        "maximum": _exact(spec.maximum),
        "step": spec.step,
        "choices": list(spec.choices),
        "optional": spec.optional,
        "value": _exact(field.value) if field else None,
        "origin": str(field.origin) if field else None,
    }


def _exact(value: Any) -> Any:
    """Integers above 2^53 as text: most JSON readers would round them."""
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 else value
    )
