"""How websockets to a server are opened: credentials, certificates, the proxy on the way."""

from __future__ import annotations

import base64
import logging
import ssl
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from darkroom.connectors.access import Access, Address

# The library logs handshakes with their Authorization header at DEBUG: never.
_quiet = logging.getLogger(f"{__name__}.quiet")
_quiet.setLevel(logging.CRITICAL)

OPEN_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 2.0


class Dialer:
    """What all websockets of one connector have in common."""

    def __init__(self, address: Address, access: Access, *, verify_tls: bool) -> None:
        """Connects to nothing yet."""
        self._headers = _headers(access)
        # Reading the system's certificates takes 20 ms: not for addresses that use none.
        self._tls = _tls(verify_tls) if address.is_tls else None
        self._use_proxy = not address.is_loopback

    def dial(
        self,
        url: str,
        *,
        cap_bytes: int,
        ping_s: float | None,
        silence_s: float | None = None,
        open_s: float = OPEN_TIMEOUT_S,
        cookie: str = "",
    ) -> connect:
        """A connection to `url`, to be entered with `async with`.

        Args:
            url: `ws://` or `wss://`.
            cap_bytes: Longest frame that is taken; the library's own limit of 1 MiB is too small.
            ping_s: How often the server is pinged; `None` for protocols with pings of their own.
            silence_s: How long it may leave a ping unanswered.
            open_s: How long opening may take.
            cookie: Of the service's own login, "" for none.
        """
        headers = dict(self._headers)
        if cookie:
            headers["Cookie"] = "; ".join(filter(None, [headers.get("Cookie", ""), cookie]))
        return connect(
            url,
            additional_headers=headers,
            ssl=self._tls,
            proxy=True if self._use_proxy else None,
            # Previews are packed already: deflating them again costs more than it saves.
            compression=None,
            max_size=cap_bytes,
            open_timeout=open_s,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=ping_s,
            ping_timeout=silence_s,
            user_agent_header="darkroom",
            logger=_quiet,
        )


def _headers(access: Access) -> dict[str, str]:
    """What opens the door, or a proxy's before it; the service's own login goes another way."""
    headers = dict(access.headers)
    if access.token:
        headers["Authorization"] = f"Bearer {access.token}"
    elif access.username and not access.login:
        pair = f"{access.username}:{access.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    return headers


def _tls(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
