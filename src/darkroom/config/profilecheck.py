"""What makes a profile usable: rules that the configuration, the command line and the screens share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from darkroom.config.secrets import REFERENCE_HINT, fault, is_reference
from darkroom.domain.parameters import Role
from darkroom.domain.profile import DEMO, MOST_DEPTH
from darkroom.domain.service import AUTH, BASIC, LOGIN, NONE, SERVICES
from darkroom.domain.suggest import nearest
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.profile import Profile

_URL = r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)"
_HOST = r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^:\[\]@\s]+)(?::(?P<port>\d{1,5}))?"
_HEADER = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})


class ProfileProblem(NamedTuple):
    """Why a profile cannot be used.

    Attributes:
        field: The field of `Profile` that is wrong.
        message: One line.
        hint: What to do.
    """

    field: str
    message: str
    hint: str = ""

    def sentence(self) -> str:
        """The message with the field before it, where it does not name its subject itself."""
        return self.message if self.field in ("url", "service", "headers") else f"{self.field} {self.message}"


def problems(profile: Profile) -> tuple[ProfileProblem, ...]:
    """All that is wrong with `profile`, field by field; empty when it can be used."""
    return (
        *name_problems(profile.name),
        *_service_problems(profile.service),
        *_url_problems(profile.url),
        *_auth_problems(profile),
        *_header_problems(profile.headers),
        *_default_problems(profile.defaults),
        *_depth_problems(profile.queue_depth),
    )


def name_problems(name: str) -> Iterator[ProfileProblem]:
    """Why a profile, or a group of them, cannot be called `name`."""
    if not name.strip() or name != name.strip():
        yield _name_problem("needs a name without spaces around it")
    elif printable(name) != name or len(name) > 60:
        yield _name_problem("must be printable and at most 60 characters long")
    elif name == DEMO:
        yield _name_problem("belongs to the embedded server", "Choose another name")
    elif name.startswith("-"):
        yield _name_problem("must not start with a dash", "The command line would take it for an option")


def _name_problem(message: str, hint: str = "") -> ProfileProblem:
    return ProfileProblem("name", message, hint)


def _service_problems(service: str) -> Iterator[ProfileProblem]:
    if service not in SERVICES:
        close = nearest(service, SERVICES)
        yield ProfileProblem(
            "service",
            f"“{service}” is not a service that Darkroom speaks",
            f"Did you mean {close}?" if close else "It speaks " + ", ".join(SERVICES),
        )


def _url_problems(url: str) -> Iterator[ProfileProblem]:
    example = "For example http://127.0.0.1:8188"
    if not url:
        yield ProfileProblem("url", "the address of the server is missing", example)
        return
    if printable(url) != url or " " in url:
        yield ProfileProblem("url", "the address holds spaces or control characters", example)
        return
    parts = re.fullmatch(_URL, url)
    if parts is None or parts["scheme"].lower() not in ("http", "https"):
        yield ProfileProblem("url", "the address must start with http:// or https://", example)
        return
    if "@" in parts["authority"]:
        yield ProfileProblem(
            "url",
            "the address must not hold a user or password",
            'Use auth = "basic", username, and secret = "env:NAME"',
        )
        return
    host = re.fullmatch(_HOST, parts["authority"])
    if host is None:
        yield ProfileProblem("url", "the address names no usable host", example)
    elif host["port"] is not None and not 0 < int(host["port"]) < 65_536:
        yield ProfileProblem("url", "the port must be between 1 and 65535", example)
    if parts["rest"]:
        yield ProfileProblem("url", "the address must end before “?” or “#”", "A path before that is fine")


def _auth_problems(profile: Profile) -> Iterator[ProfileProblem]:
    kind, service = profile.auth, SERVICES.get(profile.service)
    if kind not in AUTH:
        close = nearest(kind, AUTH)
        yield ProfileProblem(
            "auth",
            f"must be one of {', '.join(AUTH)}, not “{printable(kind)}”",
            f"Did you mean {close}?" if close else "",
        )
        return
    if service is not None and kind not in service.auth:
        yield ProfileProblem(
            "auth",
            f"cannot be {kind} for {service.title}",
            f"{service.title}, and a proxy before it, can be opened by {', '.join(service.auth)}",
        )
        return
    if kind == NONE and (profile.secret or profile.username):
        words = " or ".join(f'"{other}"' for other in (service.auth if service else AUTH) if other != NONE)
        yield ProfileProblem("auth", "is none, but there is a username or a secret", f"Set auth to {words}")
    yield from _user_problems(profile)
    yield from _secret_problems(profile)


def _user_problems(profile: Profile) -> Iterator[ProfileProblem]:
    if profile.auth == BASIC and (not profile.username or ":" in profile.username):
        yield ProfileProblem("username", "is needed for basic, and cannot hold a colon")
    elif profile.auth == LOGIN and not profile.username:
        yield ProfileProblem(
            "username",
            "is needed for login",
            "InvokeAI's is an e-mail address, Fooocus's is in its auth.json",
        )


def _secret_problems(profile: Profile) -> Iterator[ProfileProblem]:
    if profile.secret and not is_reference(profile.secret):
        # The text itself is not repeated: it is a password that stands in the wrong place.
        yield ProfileProblem("secret", "must not stand in the configuration itself", REFERENCE_HINT)
    elif profile.secret and (wrong := fault(profile.secret)):
        yield ProfileProblem("secret", wrong, REFERENCE_HINT)
    elif profile.auth != NONE and not profile.secret:
        yield ProfileProblem("secret", f"is needed for {profile.auth}", REFERENCE_HINT)


def _header_problems(headers: Mapping[str, str]) -> Iterator[ProfileProblem]:
    for name, value in headers.items():
        if not re.fullmatch(_HEADER, name):
            yield ProfileProblem("headers", f"“{name}” cannot be the name of a header")
        elif name.lower() in _SECRET_HEADERS and not is_reference(value):
            yield ProfileProblem(
                "headers", f"{name} must not stand in the configuration itself", REFERENCE_HINT
            )
        elif not value.isascii() or not value.isprintable():
            yield ProfileProblem("headers", f"{name} must be one line of ASCII text")


def _default_problems(defaults: Mapping[str, object]) -> Iterator[ProfileProblem]:
    roles = [str(role) for role in Role]
    for name in defaults:
        if name not in roles:
            close = nearest(name, roles)
            yield ProfileProblem(
                "defaults",
                f"“{name}” is not a parameter",
                f"Did you mean {close}?" if close else "There are " + ", ".join(roles),
            )


def _depth_problems(depth: int) -> Iterator[ProfileProblem]:
    # 0 is how the default is written; it means nothing else, and needs no word.
    if not 0 <= depth <= MOST_DEPTH:
        yield ProfileProblem(
            "queue_depth",
            f"must be between 1 and {MOST_DEPTH}",
            "So many jobs are at the server at once, the running one included",
        )
