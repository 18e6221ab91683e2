"""The services that Darkroom speaks to: what is fixed about each, before any server was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.workflow import TXT2IMG, UPSCALE, WORKFLOW

if TYPE_CHECKING:
    from darkroom.domain.workflow import Workflow

COMFYUI = "comfyui"
A1111 = "a1111"
INVOKEAI = "invokeai"
FOOOCUS_API = "fooocus-api"
FOOOCUS = "fooocus"

NONE, BASIC, BEARER, LOGIN, API_KEY = "none", "basic", "bearer", "login", "api-key"
AUTH = (NONE, BASIC, BEARER, LOGIN, API_KEY)
"""What a profile's `auth` may be. `login` signs in with user and password by the service's own way;
`api-key` sends the secret as the header `X-API-KEY`."""


class Service(NamedTuple):
    """One service.

    Attributes:
        id: What a profile's `service` says.
        title: As it is shown.
        url: Where it listens when nothing else is said.
        modes: What it can be asked for: modes of `domain.workflow`.
        auth: The kinds of credentials that can open it, proxies before it included.
    """

    id: str
    title: str
    url: str
    modes: tuple[str, ...]
    auth: tuple[str, ...] = (NONE, BASIC, BEARER)

    def runs(self, workflow: Workflow) -> bool:
        """Whether it can be asked for this workflow: imported graphs are one service's alone."""
        return workflow.mode in self.modes


SERVICES = {
    service.id: service
    for service in (
        Service(COMFYUI, "ComfyUI", "http://127.0.0.1:8188", (TXT2IMG, UPSCALE, WORKFLOW)),
        Service(A1111, "AUTOMATIC1111", "http://127.0.0.1:7860", (TXT2IMG, UPSCALE)),
        Service(
            INVOKEAI,
            "InvokeAI",
            "http://127.0.0.1:9090",
            (TXT2IMG, UPSCALE),
            (NONE, BASIC, BEARER, LOGIN),
        ),
        Service(
            FOOOCUS_API,
            "Fooocus-API",
            "http://127.0.0.1:8888",
            (TXT2IMG, UPSCALE),
            (NONE, BASIC, BEARER, API_KEY),
        ),
        Service(
            FOOOCUS, "Fooocus", "http://127.0.0.1:7865", (TXT2IMG, UPSCALE), (NONE, BASIC, BEARER, LOGIN)
        ),
    )
}
"""By id, in the order in which they are offered. Source: the services' own default ports."""
