"""Profiles: saved servers."""

from __future__ import annotations

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
