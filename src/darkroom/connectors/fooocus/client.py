"""Fooocus's HTTP side: the page's description, calls past its queue, files, its login.

Source: Gradio 3.41.2 `gradio/routes.py`; Fooocus 2.5.5; recordings `http`.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from darkroom.connectors.faults import looks_like_html
from darkroom.connectors.fooocus.config import Config, Page, read_page
from darkroom.connectors.fooocus.files import ServerFile
from darkroom.connectors.identify import wrong_service
from darkroom.domain.errors import ProtocolError, Rejected, Unauthorized
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from darkroom.connectors.access import Access
    from darkroom.connectors.http import Answer, Http

BUILD_TIMEOUT_S = 120.0
"""Pictures that are fed in travel inside of this request."""

_TOKEN = re.compile(r"access-token(?:-unsecure)?=([^;,\s\"]+)")
_LINK = re.compile(r"href=[\"']?/?file=([^\"'<>]+?)[\"']?(?:\s|>)")


@dataclass(frozen=True, slots=True)
class Life:
    """The server between two starts.

    Attributes:
        app: Names it: another one after each start; "" when the server does not say.
        now: The server's clock when it answered, in seconds since 1970.
    """

    app: str
    now: float


class Client:
    """One server's HTTP side. Raises `ConnectorError`s only; signs in when it must and can."""

    def __init__(self, http: Http, access: Access) -> None:
        self.http = http
        self._access = access
        self._token = ""
        self._signing_in = asyncio.Lock()

    @property
    def cookie(self) -> str:
        """The `Cookie` header that proves the login, "" without one."""
        return f"access-token={self._token}; access-token-unsecure={self._token}" if self._token else ""

    async def page(self) -> Page:
        """The page, as `/config` describes it now.

        Raises:
            ProtocolError: It is another program, another Gradio, or no Fooocus that works like this.
        """
        answer = await self._open(lambda: self.http.get("/config"))
        if answer.status != 200 or looks_like_html(answer.text()):
            raise await wrong_service(self.http, answer, "Fooocus")
        document = await self.http.json(answer)
        self._check_release(document, answer)
        try:
            page = read_page(Config.model_validate(document))
        except ValidationError as error:
            raise self._not_fooocus(answer, "its description has another shape") from error
        if page is None:
            raise self._not_fooocus(answer, "no function of it takes a prompt and tells of the picture")
        return page

    async def life(self, *, timeout_s: float | None = None) -> Life:
        """Which life of the server this is; cheap."""
        answer = await self._open(lambda: self.http.get("/app_id", timeout_s=timeout_s))
        app = ""
        if answer.status == 200 and not looks_like_html(answer.text()):
            document = await self.http.json(answer)
            app = excerpt(str(document.get("app_id") or ""), 40) if isinstance(document, dict) else ""
        return Life(app, _clock(answer))

    async def waiting(self, *, timeout_s: float | None = None) -> int | None:
        """Calls that wait in the page's queue; the one that runs is not among them. `None` when unknown."""
        answer = await self._open(lambda: self.http.get("/queue/status", timeout_s=timeout_s))
        if answer.status != 200 or looks_like_html(answer.text()):
            return None
        document = await self.http.json(answer)
        size = document.get("queue_size") if isinstance(document, dict) else None
        return size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None

    async def build(self, page: Page, session: str, data: Sequence[Any]) -> None:
        """Makes the task from all inputs; it is kept at the server under `session`, and nothing runs yet.

        Raises:
            Rejected: The page does not take the inputs.
        """
        answer = await self._call(page.build, session, data, timeout_s=BUILD_TIMEOUT_S)
        if answer.status == 200:
            return
        if looks_like_html(answer.text()) or answer.status not in (422, 500):
            raise self.http.unexpected(answer)
        why = await self._error(answer)
        raise Rejected(
            "Fooocus does not take the request",
            why or "Its page tells no reason: a value that it does not know, or one too many or too few",
            "See its log; refresh the form if its settings were changed",
            profile=self.http.profile,
        )

    async def stop(self, page: Page, session: str) -> bool:
        """Presses the page's stop button for `session`; whether there is one that took it."""
        if page.stop is None:
            return False
        return (await self._call(page.stop, session, [None])).status == 200

    async def log(self, page: Page) -> ServerFile | None:
        """The page with the log of today, by the server's own clock; `None` when it keeps none."""
        if page.log is None:
            return None
        answer = await self._call(page.log, "darkroom", [])
        found = _LINK.search(await self._link(answer)) if answer.status == 200 else None
        path = found[1].replace("&amp;", "&").strip() if found is not None else ""
        return ServerFile(path) if path.endswith("log.html") else None

    async def file(self, file: ServerFile) -> Answer:
        """A whole file with its headers; status 403 and 404 are the caller's to judge."""
        return await self._open(lambda: self.http.get(file.route))

    async def picture(self, file: ServerFile) -> bytes:
        """The bytes of a file.

        Raises:
            ProtocolError: The server does not have it (any more), or does not give it away.
        """
        answer = await self.file(file)
        if answer.status == 200:
            return answer.body
        raise ProtocolError(
            "The server does not have this file any more",
            f"“{excerpt(file.name, 100)}” at {self.http.address.base}: status {answer.status}",
            "Generate it again; Fooocus may clear its folder for temporary files when it starts",
            profile=self.http.profile,
            endpoint="GET /file",
        )

    async def aclose(self) -> None:
        """Closes all connections."""
        await self.http.aclose()

    async def _call(
        self, function: int, session: str, data: Sequence[Any], *, timeout_s: float | None = None
    ) -> Answer:
        """Calls a function past the queue."""
        body = {"fn_index": function, "data": list(data), "session_hash": session, "event_data": None}
        return await self._open(lambda: self.http.post("/run/predict", body, timeout_s=timeout_s))

    async def _error(self, answer: Answer) -> str:
        document = await self.http.json(answer)
        told = document.get("error") or document.get("detail") if isinstance(document, dict) else None
        return excerpt(str(told), 400) if told else ""

    async def _link(self, answer: Answer) -> str:
        document = await self.http.json(answer)
        data = document.get("data") if isinstance(document, dict) else None
        first = data[0] if isinstance(data, list) and data else None
        value = first.get("value") if isinstance(first, dict) else first
        return value[:8192] if isinstance(value, str) else ""

    async def _open(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Asks, and once more after signing in when the page wants that."""
        used = self._token
        try:
            return await ask()
        except Unauthorized:
            if not self._access.login:
                raise
        await self._sign_in(used)
        return await ask()

    async def _sign_in(self, used: str) -> None:
        """Signs in, unless another call did since `used` was refused."""
        async with self._signing_in:
            if self._token != used:
                return
            fields = {"username": self._access.username, "password": self._access.password}
            answer = await self.http.submit_form("/login", fields)
            cookie = _TOKEN.search(answer.headers.get("set-cookie", ""))
            if answer.status != 200 or cookie is None:
                raise Unauthorized(
                    "Fooocus does not know this user or password",
                    f"POST /login at {self.http.address.base}: status {answer.status}",
                    "The names are in its auth.json; set username and secret of the profile",
                    profile=self.http.profile,
                )
            self._token = cookie[1]

    def _check_release(self, document: object, answer: Answer) -> None:
        release = str(document.get("version") or "").strip() if isinstance(document, dict) else ""
        if release and not release.startswith("3."):
            raise ProtocolError(
                f"This page is made with Gradio {excerpt(release, 20)}",
                f"{answer.endpoint} at {self.http.address.base}: Fooocus has Gradio 3",
                "Check the profile's URL; a fork of Fooocus on a newer Gradio may offer Fooocus-API instead",
                profile=self.http.profile,
                endpoint=answer.endpoint,
            )

    def _not_fooocus(self, answer: Answer, why: str) -> ProtocolError:
        return ProtocolError(
            "This Gradio page is not Fooocus",
            f"{answer.endpoint} at {self.http.address.base}: {why}",
            "Check the profile's URL and port; Fooocus before 2.2 works in another way: update it",
            profile=self.http.profile,
            endpoint=answer.endpoint,
        )


def _clock(answer: Answer) -> float:
    """The server's time when it answered; ours when it does not say."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError:
        return time()


def modified(answer: Answer) -> float | None:
    """When a file was written, by the server's clock; `None` when it does not say."""
    try:
        return parsedate_to_datetime(answer.headers.get("last-modified", "")).timestamp()
    except ValueError:
        return None
