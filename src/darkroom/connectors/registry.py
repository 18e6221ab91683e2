"""Which connectors there are. Importing this costs nothing: a service's package is loaded when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from darkroom.domain import service
from darkroom.domain.errors import ConfigError
from darkroom.domain.service import SERVICES
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.access import Access
    from darkroom.connectors.base import Connector
    from darkroom.domain.form import Form
    from darkroom.domain.parameters import Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

FormMaker = Callable[["Catalog", str, "Graph | None", "Mapping[str, Value]"], "Form"]


def open_connector(profile: Profile, url: str, access: Access, client_id: str) -> Connector:
    """A connector for `profile`; nothing is sent yet. To be closed with `aclose`.

    Args:
        profile: Which service, under which name; its own URL and secrets are not read.
        url: The server's base address; credentials in it are used where `access` has none.
        access: The profile's secrets, in the clear.
        client_id: Names this process to the server; two processes must not share one.

    Raises:
        ConfigError: The service is unknown, the URL is none, or a header cannot be sent.
    """
    from darkroom.connectors.access import check_headers, parse_address

    check_headers(access.headers)
    address, access = parse_address(url, access)
    # Loads httpx and pydantic: only when a server is to be spoken to.
    match profile.service:
        case service.COMFYUI:
            from darkroom.connectors.comfyui.connector import ComfyConnector

            return ComfyConnector(profile, address, access, client_id)
        case service.A1111:
            from darkroom.connectors.a1111.connector import A1111Connector

            return A1111Connector(profile, address, access)
        case service.INVOKEAI:
            from darkroom.connectors.invokeai.connector import InvokeConnector

            return InvokeConnector(profile, address, access)
        case service.FOOOCUS:
            from darkroom.connectors.fooocus.connector import FooocusConnector

            return FooocusConnector(profile, address, access)
        case service.FOOOCUS_API:
            from darkroom.connectors.fooocus_api.connector import FooocusApiConnector

            return FooocusApiConnector(profile, address, access)
        case _:
            raise _unknown(profile.service)


def form_for(name: str) -> FormMaker:
    """The function that makes a service's form; loads neither httpx nor websockets.

    Raises:
        ConfigError: The service is unknown.
    """
    match name:
        case service.COMFYUI:
            from darkroom.connectors.comfyui.form import form
        case service.A1111:
            from darkroom.connectors.a1111.form import form
        case service.INVOKEAI:
            from darkroom.connectors.invokeai.form import form
        case service.FOOOCUS:
            from darkroom.connectors.fooocus.form import form
        case service.FOOOCUS_API:
            from darkroom.connectors.fooocus_api.form import form
        case _:
            raise _unknown(name)
    return form


def _unknown(name: str) -> ConfigError:
    close = nearest(name, SERVICES)
    return ConfigError(
        f"There is no service called “{excerpt(name, 40)}”",
        "Known: " + ", ".join(SERVICES),
        f"Did you mean {close}?" if close else "",
        key="service",
    )
