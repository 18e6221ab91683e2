"""Signing in to an InvokeAI with accounts, and keeping the token young.

A server for one person has no accounts and ignores tokens; `auth/status` tells which kind it is. There
is no API key: what the server takes is a token of its own, for a day.
Source: InvokeAI 6.14.2, recordings `11_login`, `11_login_bad`, `11_bad_token`, `11_star_refresh`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import ValidationError

from darkroom.connectors.invokeai.replies import AuthStatus, LoginReply
from darkroom.domain.errors import ConnectorError, ProtocolError, Unauthorized
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.access import Access
    from darkroom.connectors.http import Answer, Http

REFRESHED = "X-Refreshed-Token"
"""Header of answers to requests that change something: a token that lives longer."""

WITHOUT_ACCOUNT = "Set auth to login in the profile, with the e-mail address and the password of your account"
WITHOUT_SETUP = "Open the server in a browser first and make its first account"
WRONG = "Correct user (the e-mail address) and password of the profile"


class Login:
    """The token of one connector, made when it is first needed."""

    def __init__(self, http: Http, access: Access) -> None:
        self._http = http
        self._access = access
        self._lock = asyncio.Lock()
        self._token = access.token
        self._known = not access.login
        """Whether it is settled that no more than `_token` is needed."""

    async def fresh(self) -> str:
        """The token to send, "" for none; signs in when that was not done yet.

        Raises:
            Unauthorized: User or password are wrong, or the server has no account yet.
        """
        async with self._lock:
            if not self._known:
                await self._sign_in()
            return self._token

    async def renew(self, stale: str) -> bool:
        """Signs in again, unless somebody did since `stale` was sent; whether a new token is there.

        Raises:
            Unauthorized: Likewise.
        """
        async with self._lock:
            if self._token != stale:
                return True
            if not self._access.login:
                return False
            await self._sign_in()
            return self._token != stale

    def adopt(self, answer: Answer) -> None:
        """Takes the younger token that an answer brings."""
        token = answer.headers.get(REFRESHED, "")
        if token and self._token:
            self._bear(token)

    async def explain(self, error: Unauthorized) -> Unauthorized:
        """`error` with what this server wants, where it can be asked."""
        try:
            status = await self._status()
        except ConnectorError:
            return error
        if not status.multiuser_enabled:
            return error
        hint = WITHOUT_SETUP if status.setup_required else WITHOUT_ACCOUNT
        if self._access.login:
            hint = "Your account may not do this; ask the server's administrator"
        return Unauthorized(
            "The server wants you to sign in" if not self._access.login else error.title,
            f"{error.detail}\nIt is an InvokeAI with accounts",
            hint,
            profile=error.profile,
        )

    async def _sign_in(self) -> None:
        status = await self._status()
        if not status.multiuser_enabled:
            self._known = True
            return
        if status.setup_required:
            raise self._refused("The server has no account yet", "", WITHOUT_SETUP)
        body = {"email": self._access.username, "password": self._access.password, "remember_me": True}
        try:
            answer = await self._http.post("/api/v1/auth/login", body)
        except Unauthorized as error:
            raise self._refused(
                "The server does not accept user and password", error.detail, WRONG
            ) from error
        if answer.status == 422:
            detail = "It takes an e-mail address as user"
            raise self._refused("The server does not accept user and password", detail, WRONG)
        if answer.status != 200:
            raise self._http.unexpected(answer)
        try:
            reply = LoginReply.model_validate(await self._http.json(answer))
        except ValidationError as error:
            raise self._no_token(answer) from error
        self._bear(reply.token)
        self._known = True

    async def _status(self) -> AuthStatus:
        answer = await self._http.get("/api/v1/auth/status")
        if answer.status != 200:
            # Servers before accounts came do not know the path.
            return AuthStatus()
        try:
            return AuthStatus.model_validate(await self._http.json(answer))
        except (ProtocolError, ValidationError):
            return AuthStatus()

    def _bear(self, token: str) -> None:
        if not token.isascii() or not token.isprintable():
            return
        self._token = token
        self._http.bear(token)

    def _refused(self, title: str, detail: str, hint: str) -> Unauthorized:
        return Unauthorized(title, detail or self._http.address.base, hint, profile=self._http.profile)

    def _no_token(self, answer: Answer) -> ProtocolError:
        return ProtocolError(
            "The server's login gives no token",
            f"{answer.endpoint} at {self._http.address.base}",
            profile=self._http.profile,
            endpoint=answer.endpoint,
            body=excerpt(answer.text(), 80),
        )
