"""Profiles: saved servers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain.service import COMFYUI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

DEMO = "demo"
"""Name of the profile that always exists: the embedded server, which is no AI."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved server. Secrets stand here as references, never in the clear; see `config.secrets`.

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
