"""How a group of servers stands, told from how its members stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import DarkroomError, Unreachable
from darkroom.domain.server import ServerInfo
from darkroom.domain.text import excerpt
from darkroom.services.updates import ConnectionState

if TYPE_CHECKING:
    from collections.abc import Sequence


def group_state(name: str, members: Sequence[ConnectionState]) -> ConnectionState:
    """The state of a group: up while one server is up, down when all are known to be down.

    Args:
        name: The group's.
        members: The states of its active members, at least one.
    """
    phases = {member.phase for member in members}
    if "up" in phases:
        return ConnectionState(name, "up", _together(members))
    if phases == {"down"}:
        return ConnectionState(name, "down", None, nobody(name, members))
    return ConnectionState(name, "connecting" if "connecting" in phases else "unknown")


def _together(members: Sequence[ConnectionState]) -> ServerInfo:
    """What a group says of itself: how many are up, all their jobs, and a line for each server."""
    up = [member.info for member in members if member.phase == "up" and member.info is not None]
    counts = [info.queue_remaining for info in up if info.queue_remaining is not None]
    versions = {info.version for info in up}
    return ServerInfo(
        service=up[0].service if up else "",
        label=f"{len(up)} of {len(members)} up",
        version=versions.pop() if len(versions) == 1 else "",
        queue_remaining=sum(counts) if counts else None,
        devices=tuple(f"{excerpt(member.profile, 40)}: {_said(member)}" for member in members),
    )


def nobody(name: str, members: Sequence[ConnectionState]) -> DarkroomError:
    """The error for a group of which no server answers; of a single server its own."""
    errors = [member.error for member in members if member.error is not None]
    if len(members) == 1 and errors:
        return errors[0]
    return Unreachable(
        f"None of {len(members)} servers can be used",
        "\n".join(f"{excerpt(member.profile, 40)}: {_said(member)}" for member in members),
        profile=name,
        sent=False,
    )


def _said(member: ConnectionState) -> str:
    if member.phase == "up" and member.info is not None:
        return member.info.label
    return member.error.title if member.error is not None else "not asked yet"
