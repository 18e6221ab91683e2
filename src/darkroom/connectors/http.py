"""One HTTP client a connector: bounded in time and size, with every failure translated."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from darkroom.connectors.documents import decode
from darkroom.connectors.faults import not_json, refused, translate
from darkroom.connectors.submitting import SEND_S, asked_last, limit_delivery
from darkroom.domain.errors import ConfigError, ProtocolError, TimedOut, Unreachable
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Mapping

    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.submitting import Body

JSON_CAP_BYTES = 256 * 1024 * 1024
"""No description, queue or history comes near it; what is larger is hostile or broken."""

TIMEOUT_S = 30.0
CONNECT_S = 5.0

FOREVER_S = math.inf
"""As a timeout: the answer comes when the work is done; only connecting has a limit."""

PIECE_BYTES = 256 * 1024

Params = dict[str, str]
Part = tuple[str, bytes, str]
"""A file to upload: name, bytes, media type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status: the service's client judges it."""

    endpoint: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The start of the body as text."""
        return self.body[:20_000].decode("utf-8", "replace")


class Http:
    """Requests to one server. Raises `ConnectorError`s only.

    No `Origin` is ever sent: ComfyUI answers a foreign one with 403.
    Source: ComfyUI 0.3.64, `server.py`, recording `09-evil-origin`.
    """

    def __init__(self, profile: str, address: Address, access: Access, *, verify_tls: bool = True) -> None:
        """Connects to nothing yet.

        Raises:
            ConfigError: The environment names a proxy that cannot be used.
        """
        self.profile = profile
        self.address = address
        # Loading the system's certificates takes 50 ms: once, and not for addresses that use none.
        tls = httpx.create_ssl_context(verify=verify_tls and address.is_tls)
        try:
            self._client = _open(address, access, tls)
            # What makes a job gets a new connection: of a kept one nobody knows whether the server is about
            # to close it, and then whether the request arrived.
            self._once = _open(address, access, tls, kept=0)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            # Proxies are read from the environment here: SOCKS, or an address that is none.
            raise ConfigError(
                "The proxy of the environment cannot be used",
                excerpt(str(error), 200),
                "See HTTP_PROXY, HTTPS_PROXY and ALL_PROXY; NO_PROXY passes them by",
            ) from error

    def __repr__(self) -> str:
        return f"Http({self.profile!r}, {self.address.base!r})"

    def bear(self, token: str) -> None:
        """Sends `token` as bearer with every request from now on: it came from the server's own login."""
        self._client.headers["Authorization"] = f"Bearer {token}"

    async def get(self, path: str, params: Params | None = None, *, timeout_s: float | None = None) -> Answer:
        """The whole answer to a GET; `path` is percent-encoded already."""
        request = self._client.build_request("GET", path, params=params, timeout=_timeout(timeout_s))
        return await self._answer(request)

    async def post(
        self, path: str, body: object, params: Params | None = None, *, timeout_s: float | None = None
    ) -> Answer:
        """The whole answer to a POST of JSON."""
        return await self.send("POST", path, body, params, timeout_s=timeout_s)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Params | None = None,
        *,
        timeout_s: float | None = None,
    ) -> Answer:
        """The whole answer to a request with a body of JSON, or with none (`None`)."""
        # Escaped to ASCII: lone surrogates in a prompt cannot be written in any other way.
        content = None if body is None else json.dumps(body).encode("ascii")
        headers = None if body is None else {"Content-Type": "application/json"}
        request = self._client.build_request(
            method, path, params=params, content=content, headers=headers, timeout=_timeout(timeout_s)
        )
        return await self._answer(request)

    async def upload(
        self, path: str, field: str, part: Part, fields: Params, params: Params | None = None
    ) -> Answer:
        """The whole answer to a multipart POST of one file."""
        request = self._client.build_request("POST", path, params=params, files={field: part}, data=fields)
        return await self._answer(request)

    async def submit_form(self, path: str, fields: Params) -> Answer:
        """The whole answer to a POST of form fields, as a web page's login sends them."""
        return await self._answer(self._client.build_request("POST", path, data=fields))

    async def submit(
        self,
        path: str,
        body: Body,
        still_ours: Callable[[], None],
        *,
        take: Callable[[bytes], None] | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Posts JSON that makes a job, and gives the whole answer.

        Args:
            path: Percent-encoded already.
            body: The JSON in pieces.
            still_ours: Called before the last piece; see `asked_last`. What it raises is raised here, and
                the connection is closed: the server has got no request.
            take: Gets the body of a 200 in pieces, as they come, where it is too large to be held; it should
                be quick. An error that it raises ends the exchange.
            timeout_s: Of one step; `FOREVER_S` for none. A piece has no more than `SEND_S` to leave.
        """
        request = self._client.build_request(
            "POST",
            path,
            content=asked_last(body, still_ours),
            headers={"Content-Type": "application/json", "Content-Length": str(body.size_bytes)},
            timeout=_timeout(timeout_s, SEND_S),
            extensions={"trace": limit_delivery},
        )
        return await self._answer(request, take, self._once)

    async def json(self, answer: Answer) -> Any:
        """The JSON in `answer`, decoded without holding up the loop.

        Raises:
            ProtocolError: It is something else.
        """
        try:
            return await decode(answer.body)
        except ValueError as error:
            raise not_json(
                answer.body,
                profile=self.profile,
                base=self.address.base,
                endpoint=answer.endpoint,
                why=f"broken JSON ({excerpt(str(error), 80)})",
            ) from error

    async def stream(
        self, path: str, params: Params, *, cap_bytes: int, headers: Params | None = None
    ) -> AsyncIterator[bytes]:
        """The body of a GET in pieces; with a `Range` among `headers`, the part that the server gives.

        Raises:
            ProtocolError: The status is not 200 (or 206), the body exceeds `cap_bytes` or breaks off early.
        """
        request = self._client.build_request("GET", path, params=params, headers=headers)
        endpoint = f"GET {path}"
        try:
            response = await self._send(request)
            try:
                self._refuse(response, endpoint)
                if response.status_code == 404:
                    raise self._gone(endpoint, params)
                if response.status_code not in ((200, 206) if headers else (200,)):
                    raise self.unexpected(Answer(endpoint, response.status_code, b""))
                async for piece in self._pieces(response, endpoint, cap_bytes):
                    yield piece
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._translate(error, endpoint) from error

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Gives what is asked in this block so long, all of it together.

        Raises:
            TimedOut: It took longer.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise TimedOut(
                "The server does not answer in time",
                f"{self.address.base}: no complete answer within {seconds:.0f} s",
                "It may be busy; see its log",
                profile=self.profile,
            ) from error

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._client.aclose()
        await self._once.aclose()

    def unexpected(self, answer: Answer) -> ProtocolError:
        """The error for a status that its caller has no meaning for."""
        return ProtocolError(
            f"The server answers with status {answer.status}",
            f"{answer.endpoint} at {self.address.base}",
            "See the server's log" if answer.status >= 500 else "",
            profile=self.profile,
            endpoint=answer.endpoint,
            body=answer.text(),
        )

    @property
    def is_closed(self) -> bool:
        """`aclose` was called: every further request raises `Unreachable`."""
        return self._client.is_closed

    async def _send(self, request: httpx.Request, client: httpx.AsyncClient | None = None) -> httpx.Response:
        if self.is_closed:
            raise Unreachable(
                "The connection was closed", "Darkroom closed it", profile=self.profile, sent=False
            )
        return await (client or self._client).send(request, stream=True)

    async def _answer(
        self,
        request: httpx.Request,
        take: Callable[[bytes], None] | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> Answer:
        """The answer; the body of a 200 goes to `take` where there is one."""
        endpoint = f"{request.method} {request.url.path}"
        kept: list[bytes] = []
        try:
            response = await self._send(request, client)
            try:
                self._refuse(response, endpoint)
                hand_on = take if take is not None and response.status_code == 200 else kept.append
                async for piece in self._pieces(response, endpoint, JSON_CAP_BYTES):
                    hand_on(piece)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._translate(error, endpoint) from error
        return Answer(endpoint, response.status_code, b"".join(kept), response.headers)

    async def _pieces(self, response: httpx.Response, endpoint: str, cap_bytes: int) -> AsyncIterator[bytes]:
        total = 0
        async for piece in response.aiter_bytes(PIECE_BYTES):
            total += len(piece)
            if total > cap_bytes:
                raise ProtocolError(
                    "The answer is too large",
                    f"{endpoint} at {self.address.base} gave more than {cap_bytes // 2**20:,} MiB",
                    profile=self.profile,
                    endpoint=endpoint,
                )
            yield piece

    def _refuse(self, response: httpx.Response, endpoint: str) -> None:
        error = refused(
            response.status_code,
            profile=self.profile,
            base=self.address.base,
            endpoint=endpoint,
            location=_without_user(response.headers.get("location", "")),
        )
        if error is not None:
            raise error

    def _gone(self, endpoint: str, params: Params) -> ProtocolError:
        name = excerpt(params.get("filename", ""), 100)
        return ProtocolError(
            "The server does not have this file any more",
            f"{endpoint} at {self.address.base} knows no “{name}”: it was deleted or moved there",
            "Generate it again; temporary files are gone when the server restarts",
            profile=self.profile,
            endpoint=endpoint,
        )

    def _translate(self, error: httpx.HTTPError | httpx.InvalidURL, endpoint: str) -> Exception:
        return translate(error, profile=self.profile, base=self.address.base, endpoint=endpoint)


def _open(address: Address, access: Access, tls: ssl.SSLContext, *, kept: int = 16) -> httpx.AsyncClient:
    """A client that keeps so many connections for the next request."""
    headers = {"User-Agent": "darkroom", **access.headers}
    if access.token:
        headers["Authorization"] = f"Bearer {access.token}"
    return httpx.AsyncClient(
        base_url=address.base,
        headers=headers,
        auth=(access.username, access.password) if access.username and not access.login else None,
        verify=tls,
        trust_env=not address.is_loopback,
        timeout=_timeout(None),
        limits=httpx.Limits(max_connections=16, max_keepalive_connections=kept),
    )


def _timeout(timeout_s: float | None, write_s: float = FOREVER_S) -> httpx.Timeout:
    """How long one step of an exchange may take; connecting never takes longer than `CONNECT_S`."""
    longest = TIMEOUT_S if timeout_s is None else timeout_s
    write_s = min(longest, write_s)
    return httpx.Timeout(
        None if longest == FOREVER_S else longest,
        connect=min(longest, CONNECT_S),
        write=None if write_s == FOREVER_S else write_s,
    )


def _without_user(location: str) -> str:
    scheme, slashes, rest = location.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
