"""Accounts: none in a server for one person; else one, and tokens that run out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN_PATHS = ("/api/v1/app/version", "/api/v1/auth/", "/openapi.json", "/ws/")
"""What needs no token."""

REFRESHED = "X-Refreshed-Token"


class Accounts:
    """The one account of the server, if it has any."""

    def __init__(self, account: tuple[str, str] | None) -> None:
        self.account = account
        self._tokens: set[str] = set()

    def lets_in(self, token: str) -> bool:
        """Whether a token opens the server."""
        return self.account is None or token in self._tokens

    def expire(self) -> None:
        """All tokens run out."""
        self._tokens.clear()

    def refusal(self, request: web.Request) -> web.Response | None:
        """The answer to a request without a valid token."""
        if self.account is None or request.path.startswith(OPEN_PATHS) or request.path == "/":
            return None
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        if word != "Bearer":
            return web.json_response({"detail": "Authentication required"}, status=401)
        if not self.lets_in(token):
            return web.json_response({"detail": "Invalid or expired token"}, status=401)
        return None

    def refreshed(self, request: web.Request) -> Mapping[str, str]:
        """Headers of answers to requests that change something: a younger token."""
        if self.account is None or request.method == "GET" or request.path.startswith(OPEN_PATHS):
            return {}
        return {REFRESHED: self._new()}

    def _new(self) -> str:
        token = uuid.uuid4().hex
        self._tokens.add(token)
        return token

    async def status(self, _request: web.Request) -> web.Response:
        """`GET auth/status`."""
        many = self.account is not None
        told: dict[str, Any] = {"setup_required": False, "multiuser_enabled": many}
        return web.json_response({**told, "strict_password_checking": False, "admin_email": None})

    async def login(self, request: web.Request) -> web.Response:
        """`POST auth/login`."""
        if self.account is None:
            said = "Multiuser mode is disabled. Authentication is not required in single-user mode."
            return web.json_response({"detail": said}, status=403)
        asked = await request.json()
        if "@" not in asked.get("email", ""):
            return web.json_response(
                {"detail": [{"loc": ["body", "email"], "msg": "no address"}]}, status=422
            )
        if (asked["email"], asked.get("password")) != self.account:
            return web.json_response({"detail": "Incorrect email or password"}, status=401)
        user = {"email": asked["email"], "is_admin": True}
        return web.json_response({"token": self._new(), "user": user, "expires_in": 86400})
