"""Where a server is and what opens its door, with the secrets kept out of sight."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from darkroom.domain.errors import ConfigError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Access:
    """Credentials in the clear, for the moment a connection is opened; never printed.

    Attributes:
        username: For basic authentication, or for the service's own login; "" for none.
        password: Likewise.
        login: User and password are for the service's own login, and are not sent with requests.
        token: For `Authorization: Bearer`; "" for none.
        headers: Further headers, sent with every request and with the websocket's handshake.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    login: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A server's base address, taken apart. Holds no secret: it may be shown and logged.

    Attributes:
        base: `http://host:port/prefix` without a slash at the end.
        is_loopback: It names this machine; proxies of the environment are passed by.
        is_tls: It is `https`.
    """

    base: str
    is_loopback: bool
    is_tls: bool

    def socket(self, path: str, **query: str) -> str:
        """The websocket's address below the base."""
        scheme, _, rest = self.base.partition("://")
        asked = f"?{urlencode(query)}" if query else ""
        return f"{'wss' if scheme == 'https' else 'ws'}://{rest}{path}{asked}"


def parse_address(url: str, access: Access) -> tuple[Address, Access]:
    """The address in `url`, and `access` with the user and password that stood in it.

    Credentials in the URL are used only where the profile has none; the address is without them.

    Raises:
        ConfigError: It is no `http` or `https` address.
    """
    text = url.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _no_address() from error
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in parts.netloc):
        raise _no_address()
    shown = f"[{host}]" if ":" in host else host
    base = f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"
    if parts.username and not access.username and not access.token:
        access = Access(unquote(parts.username), unquote(parts.password or ""), "", access.headers)
    return Address(base, _is_loopback(host), parts.scheme == "https"), access


def _no_address() -> ConfigError:
    # The text itself is not repeated: a password may stand in it.
    return ConfigError(
        "This is not the address of a server",
        "It should look like http://127.0.0.1:7860 or https://host/prefix",
        "Correct the profile's URL",
        key="url",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuses header lines that cannot be sent.

    Raises:
        ConfigError: A name or a value holds a character that HTTP does not allow.
    """
    for name, value in headers.items():
        fits = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not fits or not value.isprintable() or not value.isascii():
            raise ConfigError(
                f"The header “{excerpt(name, 40)}” cannot be sent",
                "Names take letters, digits and hyphens; values printable ASCII on one line",
                key="headers",
            )
