"""The credentials of a profile, looked up where its references point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.config.secrets import is_reference, reveal
from darkroom.connectors.access import Access
from darkroom.domain.errors import ConfigError
from darkroom.domain.service import API_KEY, BASIC, BEARER, LOGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.profile import Profile


def credentials(profile: Profile, environ: Mapping[str, str]) -> Access:
    """The credentials of a profile, in the clear. A keyring is waited for.

    Args:
        profile: Whose.
        environ: Where `env:NAME` is looked up.

    Raises:
        ConfigError: A secret cannot be read; names the profile.
    """
    secret = _reveal(profile, profile.secret, environ)
    headers = {
        name: _reveal(profile, value, environ) if is_reference(value) else value
        for name, value in profile.headers.items()
    }
    if profile.auth == BEARER:
        return Access(token=secret, headers=headers)
    if profile.auth == API_KEY:
        return Access(headers={**headers, "X-API-KEY": secret})
    if profile.auth in (BASIC, LOGIN):
        return Access(profile.username, secret, headers=headers, login=profile.auth == LOGIN)
    return Access(headers=headers)


def _reveal(profile: Profile, reference: str, environ: Mapping[str, str]) -> str:
    try:
        return reveal(reference, environ).get_secret_value()
    except ConfigError as error:
        raise ConfigError(
            f"Profile “{profile.name}”: {error.title}",
            error.detail,
            error.hint,
            file=error.file,
            key=f"profiles.{profile.name}.secret",
        ) from error
