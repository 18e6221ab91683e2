"""Profiles: saved servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

COMFYUI = "comfyui"
DEMO = "demo"
"""Name of the profile that always exists: the embedded server, which is no AI."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved server. Secrets stand here as references (`env:NAME`, `file:PATH`), never in the clear.

    Attributes:
        name: Unique; what `--profile` takes.
        service: Which connector speaks to it.
        url: Base address, `http://` or `https://`, a path prefix allowed; "" for the demo.
        auth: `none`, `basic` or `bearer`.
        username: For `basic`.
        secret: Reference to the password or token.
        headers: Further headers by name; values may be references.
        verify_tls: Check the certificate.
        defaults: Values by role that stand above the system's defaults.
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
