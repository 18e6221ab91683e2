"""What is known of a server: its abilities, its state, what it offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Capabilities(NamedTuple):
    """What the faces may offer; asked instead of the service's name."""

    workflows: bool = False
    """Takes whole graphs."""
    previews: bool = False
    """May send pictures while it samples."""
    cancel_queued: bool = False
    """A job that waits at the server can be taken back. Where it cannot, Darkroom sends one at a time."""
    cancel_running: bool = False
    recovers: bool = False
    """A job can be followed again after the line, or this program, went down."""
    uploads: bool = False


class ServerInfo(NamedTuple):
    """What a probe found.

    Attributes:
        service: Which service answered: an id of `domain.service.SERVICES`.
        label: As it is shown ("ComfyUI 0.3.64", "Forge f2.0.1"); untrusted, made printable.
        version: The server's own version, "" when it says none.
        queue_remaining: Jobs running and waiting, ours and others'; `None` when unknown.
        devices: One line a device or memory ("cuda:0 NVIDIA … 20.1 of 24.0 GB free").
        is_demo: It is the embedded server, which is no AI.
    """

    service: str
    label: str
    version: str = ""
    queue_remaining: int | None = None
    devices: tuple[str, ...] = ()
    is_demo: bool = False


class ServerJob(NamedTuple):
    """A job at a server that is none of ours: a browser's, another program's.

    Attributes:
        running: It runs now; else it waits.
        label: What the server tells of it, untrusted; "" when it tells nothing.
    """

    running: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a server offers.

    Attributes:
        version: Of the server it was read from.
        schema: The service's own description as JSON values, by name, holding no more than its form
            needs: it is kept in the store and compared at every refresh. For ComfyUI node class → its
            `/object_info` entry, holding the classes that were asked for. A class that the server does
            not know is present with an empty mapping.
    """

    version: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
