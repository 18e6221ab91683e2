"""Everything about a generation in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual.content import Content

from darkroom.app.widgets.meter import duration_text
from darkroom.domain.generation import Generation, Output, Status
from darkroom.domain.parameters import Role, Value
from darkroom.domain.text import plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PROMPTS = (Role.PROMPT, Role.NEGATIVE)

TONES = {Status.COMPLETE: "$text-success", Status.FAILED: "$text-error", Status.LOST: "$text-warning"}

LABEL_COLUMNS = 16


def describe(generation: Generation) -> Content:
    """All of it, as text with headings; every piece of foreign text is data."""
    parts = [
        _status(generation),
        _section("Remarks", _remarks(generation)),
        *_prompts(generation),
        _section("Parameters", _parameters(generation)),
        _section("Made", _made(generation)),
        _section("Files", [_file(output, generation) for output in generation.ordered_outputs()]),
        _workflow(generation),
    ]
    return Content("\n\n").join(part for part in parts if part)


def _section(title: str, lines: Iterable[Content]) -> Content:
    body = Content("\n").join(lines)
    return Content.assemble(Content.styled(title, "$primary"), "\n", body) if body else Content("")


def _row(label: str, value: str) -> Content:
    return Content.assemble((f"{label:<{LABEL_COLUMNS}}", "$quiet"), printable(value))


def _status(generation: Generation) -> Content:
    summary = generation.summary
    word = f"{summary.status}".capitalize()
    if summary.unchanged:
        word += ", unchanged: the server answered from its cache"
    count = sum(not generation.extra_name(output) for output in generation.outputs)
    expected = summary.expected
    if expected is not None and summary.status.final and count != expected:
        word += f", {count} of {plural(expected, 'picture')}"
    lines = [Content.styled(f"{summary.number}  {word}", f"bold {TONES.get(summary.status, '$foreground')}")]
    if summary.reason is not None:
        reason = summary.reason
        lines += [Content(part) for part in (reason.title, reason.detail) if part]
        if reason.hint and reason.hint != reason.detail:
            lines.append(Content.styled(reason.hint, "$quiet"))
    return Content("\n").join(lines)


def _remarks(generation: Generation) -> list[Content]:
    """What is to be known of the outcome, above all else that is said of it."""
    return [Content.assemble(("! ", "$text-warning"), printable(note)) for note in generation.notes]


def _prompts(generation: Generation) -> list[Content]:
    snapshot = generation.snapshot
    found = []
    for address, role in snapshot.roles.items():
        if role in PROMPTS and address in snapshot.values:
            typed = snapshot.typed.get(address)
            sent = str(snapshot.values[address] or "")
            lines = [Content(printable(sent, keep_lines=True) or "none")]
            if typed is not None and typed != sent:
                lines.append(Content.styled("typed as: " + printable(typed, keep_lines=True), "$quiet"))
            found.append(_section("Prompt" if role is Role.PROMPT else "Negative", lines))
    return found


def _parameters(generation: Generation) -> list[Content]:
    snapshot = generation.snapshot
    rows = []
    for address, value in snapshot.values.items():
        role = snapshot.roles.get(address)
        if role in PROMPTS:
            continue
        label = str(role).replace("_", " ") if role else address
        rows.append(_row(label, _value(value, snapshot.inputs.get(address))))
    return rows


def _value(value: Value, blob: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    name = getattr(blob, "name", "")
    return f"{name} ({value})" if name else str(value)


def _made(generation: Generation) -> list[Content]:
    summary = generation.summary
    snapshot = generation.snapshot
    times = [
        ("created", generation.summary.created_at),
        ("started", generation.started_at),
        ("finished", generation.finished_at),
    ]
    rows = [
        _row("server", f"{summary.profile}  {generation.server_version}".strip()),
        _row("workflow", summary.workflow),
        *(_row(label, _time(moment)) for label, moment in times if moment is not None),
    ]
    if summary.duration_s is not None:
        rows.append(_row("took", duration_text(summary.duration_s, exact=True)))
    if snapshot.document:
        rows.append(_row("document", f"{len(snapshot.document):,} characters, as imported"))
    rows.append(_row("id", summary.id))
    return rows


def _time(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size_text(size_bytes: int) -> str:
    """“812 B”, "1.4 MB": a size as people say it."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _file(output: Output, generation: Generation) -> Content:
    size = f"{output.width_px}×{output.height_px}  " if output.width_px and output.height_px else ""
    facts = f"{size}{output.media_type}  {size_text(output.size_bytes)}"
    extra = printable(generation.extra_name(output))
    name = f"{extra}: {output.name}  " if extra else f"{output.name}  "
    return Content.assemble(name, (facts, "$quiet"), "\n", (output.hash, "$faint"))


def _workflow(generation: Generation) -> Content:
    graph = (generation.request or {}).get("prompt")
    if not isinstance(graph, dict):
        return Content("")
    nodes = [
        Content.assemble(
            (f"{printable(str(node_id)):>4}  ", "$quiet"),
            printable(str(node.get("class_type", "?"))),
            ("  " + _inputs(node.get("inputs")), "$faint"),
        )
        for node_id, node in graph.items()
        if isinstance(node, dict)
    ]
    return _section(f"Workflow as sent, {plural(len(nodes), 'node')}", nodes)


def _inputs(inputs: object) -> str:
    if not isinstance(inputs, dict):
        return ""
    plain = {name: value for name, value in inputs.items() if not isinstance(value, list)}
    text = json.dumps(plain, ensure_ascii=False)
    return printable(text if len(text) <= 160 else text[:159] + "…")
