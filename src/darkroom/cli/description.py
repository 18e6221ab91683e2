"""A generation in words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.parameters import Role
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from datetime import datetime

    from darkroom.domain.generation import Generation
    from darkroom.services.core import Core


async def describe(core: Core, generation: Generation) -> str:
    """Everything about a generation, in lines of text; foreign text in it is not made printable yet."""
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
        f"made        {local(summary.created_at)}",
        f"session     {session.name if session is not None else summary.session_id}",
        f"server      {summary.profile}, {_service(generation)}",
        f"workflow    {summary.workflow}",
    ]
    lines += _indented("prompt", summary.prompt)
    if summary.negative:
        lines += _indented("negative", summary.negative)
    lines += _parameters(generation)
    for kept in generation.ordered_outputs():
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


def local(moment: datetime | None) -> str:
    """A moment as people read it, in their time zone; "" for none."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment is not None else ""
