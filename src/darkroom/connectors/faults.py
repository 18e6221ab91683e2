"""What went wrong on the way to a server, in the words of the project's errors."""

from __future__ import annotations

import re
import socket
import ssl
from html import unescape
from typing import TYPE_CHECKING

import httpx

from darkroom.domain.errors import ConnectorError, ProtocolError, TimedOut, Unauthorized, Unreachable
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_BROKE_OFF = re.compile("disconnected|peer closed|incomplete")
_GATEWAY = {502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout"}


def translate(
    error: httpx.HTTPError | httpx.InvalidURL, *, profile: str, base: str, endpoint: str
) -> ConnectorError:
    """`error` as one of ours. The caller raises it `from error`."""
    where = f"{endpoint} at {base}"
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(
            "The server does not answer",
            f"No connection to {base} in time",
            _hint_down(base),
            profile=profile,
            sent=False,
        )
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(
            "The server does not answer in time",
            f"{where}: connected, then silence",
            "It may be busy; see its log",
            profile=profile,
        )
    if isinstance(error, httpx.ConnectError):
        return _not_connected(error, profile, base)
    if isinstance(error, httpx.ProxyError):
        return Unreachable(
            "The proxy refused the connection",
            f"{where}: {excerpt(str(error), 200)}",
            "See HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment",
            profile=profile,
            sent=False,
        )
    if isinstance(error, httpx.RemoteProtocolError) and not _BROKE_OFF.search(str(error)):
        return ProtocolError(
            "What answers does not speak HTTP",
            f"{where}: {excerpt(str(error), 200)}",
            "Check the port; an https server needs https:// in its URL",
            profile=profile,
            endpoint=endpoint,
        )
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Unreachable(
            "The connection broke",
            f"{where}: {excerpt(str(error), 200) or 'closed by the server'}",
            "If it happens every time: a server that wants https needs https:// in its URL",
            profile=profile,
        )
    return ProtocolError(
        "The answer cannot be used",
        f"{where}: {excerpt(str(error), 200)}",
        profile=profile,
        endpoint=endpoint,
    )


def _not_connected(error: httpx.ConnectError, profile: str, base: str) -> ConnectorError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(
                "The server's certificate is not trusted",
                f"{base}: {excerpt(cause.verify_message, 200)}",
                "Turn verify_tls off for this profile if you know the server",
                profile=profile,
                sent=False,
            )
        if isinstance(cause, ssl.SSLError):
            return Unreachable(
                "No encrypted connection came about",
                f"{base}: {excerpt(cause.reason or str(cause), 200)}",
                "The server may speak plain http://",
                profile=profile,
                sent=False,
            )
        if isinstance(cause, socket.gaierror):
            return Unreachable(
                "The server's name is not known",
                f"{base}: {excerpt(str(cause.strerror), 200)}",
                "Check the profile's URL",
                profile=profile,
                sent=False,
            )
    return Unreachable(
        "Nothing answers at the server's address",
        f"{base}: {_reason(error)}",
        _hint_down(base),
        profile=profile,
        sent=False,
    )


def _reason(error: httpx.ConnectError) -> str:
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, OSError) and cause.strerror:
            return excerpt(cause.strerror, 200)
    return excerpt(str(error), 200)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _hint_down(base: str) -> str:
    return f"Start the server, or correct the profile's URL ({base})"


def refused(
    status: int, *, profile: str, base: str, endpoint: str, location: str = ""
) -> ConnectorError | None:
    """The error for a status that no endpoint of any service means as an answer; `None` for others."""
    where = f"{endpoint} at {base}: status {status}"
    if status in (401, 403):
        word = "wants credentials" if status == 401 else "refuses access"
        return Unauthorized(
            f"The server {word}",
            where,
            "Set auth and secret in the profile, or headers for its proxy; `darkroom doctor` tells more",
            profile=profile,
        )
    if status == 407:
        return Unauthorized(
            "The proxy wants credentials", where, "See HTTP_PROXY in the environment", profile=profile
        )
    if 300 <= status < 400 and status != 304:
        return ProtocolError(
            "The server sends us elsewhere",
            f"{where}, to {excerpt(location.partition('?')[0], 200) or 'an unnamed place'}",
            "Use that address in the profile; if it is a login page, set the credentials",
            profile=profile,
            endpoint=endpoint,
        )
    if status in _GATEWAY:
        return Unreachable(
            "The proxy cannot reach the server",
            f"{where} ({_GATEWAY[status]})",
            "Start the server behind it",
            profile=profile,
        )
    return None


def not_json(body: bytes, *, profile: str, base: str, endpoint: str, why: str = "") -> ProtocolError:
    """The error for a body that should have been JSON."""
    text = body[:20_000].decode("utf-8", "replace")
    page = looks_like_html(text)
    title = html_title(text) if page else ""
    what = f"a web page{f' titled “{title}”' if title else ''}" if page else (why or "something else")
    return ProtocolError(
        "The answer is a web page, not JSON" if page else "The answer is not the JSON it should be",
        f"{endpoint} at {base} gave {what}",
        "Check the profile's URL: another program or a login page may answer there",
        profile=profile,
        endpoint=endpoint,
        body=text,
    )


def looks_like_html(text: str) -> bool:
    """Whether a body is a web page."""
    start = text[:1000].lstrip("\ufeff \t\r\n").lower()
    return start.startswith(("<!doctype", "<html", "<head", "<body")) or "<html" in start


def html_title(text: str) -> str:
    """The title of a web page on one line, "" without one."""
    found = _TITLE.search(text)
    return excerpt(unescape(found.group(1)), 80) if found else ""
