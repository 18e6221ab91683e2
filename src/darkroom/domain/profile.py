"""Profiles: saved servers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain.service import COMFYUI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from darkroom.domain.parameters import Value

DEMO = "demo"
"""Name of the profile that always exists: the embedded server, which is no AI."""

DEFAULT_DEPTH = 2
"""Jobs at a server at once where its profile says nothing: one runs, the next is there when it ends."""

MOST_DEPTH = 100
"""No profile may ask for more: what is at a server can be neither reordered nor given to another one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved server, or a group of them. Secrets stand here as references, never in the clear.

    A group is a profile without an address: what its members share. A job for it goes to one of them.

    Attributes:
        name: Unique; what `--profile` takes.
        service: Which connector speaks to it: an id of `domain.service.SERVICES`.
        url: Base address, `http://` or `https://`, a path prefix allowed; "" for the demo.
        auth: One of `domain.service.AUTH`.
        username: For `basic` and `login`.
        secret: Reference to the password, token or key.
        headers: Further headers by name; values may be references.
        verify_tls: Check the certificate.
        defaults: Values by role that stand above the system's defaults.
        active: Offered and looked at; an inactive one is kept for later.
        server_settings: Darkroom may change the few settings on the server that recovery and live
            previews need (AUTOMATIC1111 alone has such; `docs/servers.md` lists them).
        queue_depth: How many of our jobs may be at the server at once, the running one included; 0 for the
            default (`DEFAULT_DEPTH`).
        group_checkpoints: Of the jobs that wait, those of the checkpoint that is loaded go first.
        members: Names of the profiles that a group is made of; empty for a server.
    """

    name: str
    service: str = COMFYUI
    url: str = ""
    auth: str = "none"
    username: str = ""
    secret: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    verify_tls: bool = True
    defaults: Mapping[str, Value] = field(default_factory=dict)
    active: bool = True
    server_settings: bool = False
    queue_depth: int = 0
    group_checkpoints: bool = False
    members: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it stands for several servers."""
        return bool(self.members)


def as_group(name: str, members: Sequence[Profile]) -> Profile:
    """The profile that a group is shown and used by: what its active members have in common.

    Args:
        name: The group's.
        members: At least one, all of one service. A default counts where all active ones have it; the
            group is active while one of them is.
    """
    offered = [member for member in members if member.active] or members
    first, *others = offered
    return Profile(
        name,
        first.service,
        defaults=dict(
            item for item in first.defaults.items() if all(item in m.defaults.items() for m in others)
        ),
        active=any(member.active for member in members),
        members=tuple(member.name for member in members),
    )


def arranged(profiles: Iterable[Profile], groups: Mapping[str, Sequence[str]]) -> dict[str, Profile]:
    """All that can be chosen, by name: servers, then groups as their members are now, the demo last.

    Args:
        profiles: Servers, the demo among them; groups are passed over, as they are made anew.
        groups: Names of members by the group's name.
    """
    servers = {profile.name: profile for profile in profiles if not profile.is_group}
    made = {name: as_group(name, [servers[member] for member in members]) for name, members in groups.items()}
    demo = servers.pop(DEMO)
    return {**servers, **made, DEMO: demo}


_ADDRESS = re.compile(r"(?:(?P<service>[a-z0-9-]+)\+)?(?P<url>https?://.*)", re.IGNORECASE | re.DOTALL)


def address_name(service: str, url: str) -> str:
    """The name of a server without a profile: `a1111+http://box:7860`; a ComfyUI's is its address alone.

    The service is part of the name, so that a job that was sent there is found again by a later process,
    which need not ask the server what it is.
    """
    return url if service == COMFYUI else f"{service}+{url}"


def of_address(name: str) -> Profile | None:
    """The profile that such a name stands for; `None` when it is no address."""
    found = _ADDRESS.fullmatch(name)
    return Profile(name, found["service"] or COMFYUI, found["url"]) if found else None


def shown_name(name: str) -> str:
    """A profile's name for small places: an address without service and scheme."""
    found = _ADDRESS.fullmatch(name)
    return found["url"].partition("://")[2] if found else name
