"""A profile as fields of a form, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.config.profiledefaults import defaults_from, defaults_text
from darkroom.domain.parameters import Kind, ParameterSpec, check
from darkroom.domain.profile import DEFAULT_DEPTH, MOST_DEPTH, Profile
from darkroom.domain.service import A1111, AUTH, COMFYUI, NONE, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

EMPTY_URL = "http://"
"""What stands in the address before anything was typed."""

_MORE = "More"
_NAME = ParameterSpec("name", "Name", Kind.TEXT, help="What you call it, and what --profile takes.")
_URL = ParameterSpec(
    "url", "Address", Kind.TEXT, help="For example http://127.0.0.1:8188. A path before it is fine."
)
_SERVICE = ParameterSpec(
    "service",
    "Service",
    Kind.CHOICE,
    None,
    choices=tuple(SERVICES),
    optional=True,
    help="What it is. With none the server is asked; choosing one fills in its usual address.",
)
_USER = ParameterSpec("username", "User", Kind.TEXT, "", help="For basic and login.")
_SECRET = ParameterSpec(
    "secret",
    "Secret",
    Kind.TEXT,
    "",
    help="Where the password, token or key is: env:NAME for an environment variable, file:PATH for a file "
    "that only you can read, keyring:SERVICE/NAME for the system's keyring. Never the secret itself.",
)
_DEFAULTS = ParameterSpec(
    "defaults",
    "Defaults",
    Kind.TEXT,
    "",
    section=_MORE,
    multiline=True,
    optional=True,
    advanced=True,
    help="One a line: steps=30, size=1024x768, model=NAME, sampler=NAME, cfg=7, or any other parameter.",
)
_HEADERS = ParameterSpec(
    "headers",
    "Headers",
    Kind.TEXT,
    "",
    section=_MORE,
    multiline=True,
    optional=True,
    advanced=True,
    help="One a line, Name: value. A value may be a reference, as the secret is one.",
)
_TLS = ParameterSpec(
    "verify_tls",
    "Check TLS",
    Kind.BOOLEAN,
    True,
    section=_MORE,
    help="Refuse an invalid certificate.",
    advanced=True,
)
_SETTINGS = ParameterSpec(
    "server_settings",
    "Set options",
    Kind.BOOLEAN,
    False,
    section=_MORE,
    help="Darkroom may change the few settings of the server that recovery and live previews need. They stay "
    "changed for its web page too.",
    advanced=True,
)
_DEPTH = ParameterSpec(
    "queue_depth",
    "At the server",
    Kind.INTEGER,
    DEFAULT_DEPTH,
    section=_MORE,
    minimum=1,
    maximum=MOST_DEPTH,
    step=1,
    unit="jobs",
    help="At most at once, the running one included; the others wait with Darkroom, where they can be moved. "
    "Where a server takes nothing back, it is one.",
    advanced=True,
)
_GROUPING = ParameterSpec(
    "group_checkpoints",
    "Group models",
    Kind.BOOLEAN,
    False,
    section=_MORE,
    help="Jobs of the checkpoint that is loaded go first, so that it is changed less often.",
    advanced=True,
)
_ACTIVE = ParameterSpec(
    "active",
    "Active",
    Kind.BOOLEAN,
    True,
    section=_MORE,
    help="Offered and looked at; else kept for later.",
    advanced=True,
)


def specs_for(service: str | None) -> tuple[ParameterSpec, ...]:
    """The fields for a profile of a service, or of none yet.

    Addresses are names of `Profile`'s fields, which is what its problems are told by.
    """
    known = SERVICES.get(service or "")
    auth = ParameterSpec(
        "auth",
        "Credentials",
        Kind.CHOICE,
        NONE,
        choices=known.auth if known is not None else AUTH,
        help="basic: user and password, of the server or of a proxy. bearer: a token. login: user and "
        "password by InvokeAI's or Fooocus's own login. api-key: the key of Fooocus-API.",
    )
    settings = (_SETTINGS,) if service in (A1111, None) else ()
    more = (_DEFAULTS, _HEADERS, _TLS, *settings, _DEPTH, _GROUPING, _ACTIVE)
    return (_NAME, _URL, _SERVICE, auth, _USER, _SECRET, *more)


def values_of(profile: Profile, *, service: str | None) -> dict[str, Value]:
    """The values of the fields; `service` is `None` where it is to be found by asking."""
    return {
        "name": profile.name,
        "url": profile.url,
        "service": service,
        "auth": profile.auth,
        "username": profile.username,
        "secret": profile.secret,
        "verify_tls": profile.verify_tls,
        "headers": "\n".join(f"{name}: {value}" for name, value in profile.headers.items()),
        "defaults": defaults_text(profile.defaults),
        "active": profile.active,
        "server_settings": profile.server_settings,
        "queue_depth": profile.queue_depth or DEFAULT_DEPTH,
        "group_checkpoints": profile.group_checkpoints,
    }


def profile_from(values: Mapping[str, Value], before: Profile | None) -> Profile:
    """The profile that the fields mean; what has no field stays as it was.

    Raises:
        InputError: A line of the defaults sets nothing.
    """

    def text(key: str) -> str:
        return str(values.get(key) or "").strip()

    headers = {}
    for line in text("headers").splitlines():
        name, _, value = line.partition(":")
        if line.strip():
            headers[name.strip()] = value.strip()
    start = before or Profile(name="")
    defaults = start.defaults
    # Text that nobody touched is not read back: a default of several lines would not survive it.
    if text("defaults") != defaults_text(defaults).strip():
        defaults = defaults_from(line for line in text("defaults").splitlines() if line.strip())
    return replace(
        start,
        name=text("name"),
        service=text("service") or COMFYUI,
        url=text("url"),
        auth=text("auth") or NONE,
        username=text("username"),
        secret=text("secret"),
        verify_tls=values.get("verify_tls") is True,
        headers=headers,
        defaults=defaults,
        active=values.get("active") is True,
        server_settings=values.get("server_settings", start.server_settings) is True,
        queue_depth=_depth(values.get("queue_depth"), start.queue_depth),
        group_checkpoints=values.get("group_checkpoints") is True,
    )


def _depth(value: Value, before: int) -> int:
    """The depth that was typed: as it was when it says the same, -1 for what is none."""
    if value == (before or DEFAULT_DEPTH):
        return before
    return value if isinstance(value, int) and check(_DEPTH, value) is None else -1


def url_for(service: str | None, before: str | None, url: str) -> str:
    """The address after the service was changed from `before`: its usual one, where nobody typed another."""
    untouched = ["", EMPTY_URL] + ([SERVICES[before].url] if before in SERVICES else [])
    return SERVICES[service].url if service in SERVICES and url.strip() in untouched else url
