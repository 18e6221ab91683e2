"""A profile as fields of a form, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind, ParameterSpec
from darkroom.domain.profile import Profile
from darkroom.domain.service import AUTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

SPECS = (
    ParameterSpec("name", "Name", Kind.TEXT, help="What you call it, and what --profile takes."),
    ParameterSpec("url", "Address", Kind.TEXT, help="For example http://127.0.0.1:8188. A path is fine."),
    ParameterSpec(
        "auth",
        "Credentials",
        Kind.CHOICE,
        "none",
        choices=AUTH,
        help="For a server behind a proxy: basic takes a user and a password, bearer a token.",
    ),
    ParameterSpec("username", "User", Kind.TEXT, "", help="For basic."),
    ParameterSpec(
        "secret",
        "Secret",
        Kind.TEXT,
        "",
        help="Where the password or token is: env:NAME for an environment variable, file:PATH for a file "
        "that only you can read. Never the secret itself.",
    ),
    ParameterSpec("verify_tls", "Check TLS", Kind.BOOLEAN, True, help="Refuse an invalid certificate."),
    ParameterSpec(
        "headers",
        "Headers",
        Kind.TEXT,
        "",
        multiline=True,
        help="One a line, Name: value. A value may be env:NAME or file:PATH.",
    ),
)
"""Addresses are names of `Profile`'s fields, which is what its problems are told by."""


def values_of(profile: Profile) -> dict[str, Value]:
    """The values of the fields."""
    return {
        "name": profile.name,
        "url": profile.url,
        "auth": profile.auth,
        "username": profile.username,
        "secret": profile.secret,
        "verify_tls": profile.verify_tls,
        "headers": "\n".join(f"{name}: {value}" for name, value in profile.headers.items()),
    }


def profile_from(values: Mapping[str, Value], before: Profile | None) -> Profile:
    """The profile that the fields mean; what has no field stays as it was."""

    def text(key: str) -> str:
        return str(values.get(key) or "").strip()

    headers = {}
    for line in text("headers").splitlines():
        name, _, value = line.partition(":")
        if line.strip():
            headers[name.strip()] = value.strip()
    return replace(
        before or Profile(name=""),
        name=text("name"),
        url=text("url"),
        auth=text("auth"),
        username=text("username"),
        secret=text("secret"),
        verify_tls=values.get("verify_tls") is True,
        headers=headers,
    )
