"""What a server said of itself, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.text import plural

if TYPE_CHECKING:
    from darkroom.domain.server import ServerInfo


def described(info: ServerInfo) -> str:
    """Program and version, its queue, and a line for each device with its memory."""
    queue = "" if info.queue_remaining is None else f" · {plural(info.queue_remaining, 'job')} in its queue"
    demo = "\nIt is the demo: patterns, no AI" if info.is_demo else ""
    return "\n".join([f"{info.label} is there{queue}{demo}", *info.devices])


def together(info: ServerInfo) -> str:
    """How many servers of a group are up, their queues together, and a line for each server."""
    queue = (
        "" if info.queue_remaining is None else f" · {plural(info.queue_remaining, 'job')} in their queues"
    )
    return "\n".join([info.label + queue, *info.devices])
