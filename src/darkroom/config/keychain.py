"""The system's keyring, read by a process of its own that is ended when it hangs.

`keyring` is an extra (`darkroom-tui[keyring]`), loaded only in that process. On a headless machine its call
to D-Bus may never return, and a thread that hangs can be neither ended nor left behind at the exit; a
process can.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from darkroom.domain.errors import ConfigError
from darkroom.domain.text import excerpt

PATIENCE_S = 5.0
"""How long a keyring may take. One that asks for a password takes longer, and is to be unlocked before."""

_ABSENT = 3
_READER = f"""\
import sys
import keyring
found = keyring.get_password(sys.argv[1], sys.argv[2])
if found is None:
    sys.exit({_ABSENT})
sys.stdout.buffer.write(found.encode())
"""
_INSTEAD = "or use env:NAME or file:PATH in the profile instead"


def read(service: str, name: str, *, patience_s: float = PATIENCE_S) -> str:
    """The password that the keyring keeps for `name` at `service`. Waits; not to be called on an event loop.

    Raises:
        ConfigError: `keyring` is not installed, has no such entry, no keyring to look in, is locked or fails,
            or did not answer within `patience_s`; says which, and what to do.
    """
    where = f"keyring:{excerpt(service, 60)}/{excerpt(name, 60)}"
    if find_spec("keyring") is None:
        raise ConfigError(
            "The system's keyring cannot be read: the package keyring is not installed",
            where,
            f"pip install 'darkroom-tui[keyring]', {_INSTEAD}",
        )
    try:
        done = subprocess.run(  # noqa: S603 - our own words; service and name are arguments of it
            [sys.executable, "-c", _READER, service, name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigError(
            f"The system's keyring did not answer within {patience_s:g} s",
            f"{where}: it waits for a password, or there is no desktop to ask on",
            f"Unlock the keyring first, {_INSTEAD}",
        ) from error
    except OSError as error:
        raise ConfigError("The system's keyring cannot be read", f"{where}: {error.strerror}") from error
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    if done.returncode == _ABSENT:
        raise ConfigError(
            "The system's keyring has no such entry",
            where,
            f"Put it there: keyring set {excerpt(service, 60)} {excerpt(name, 60)}",
        )
    raise _failed(where, done.stderr.decode("utf-8", "replace"))


def _failed(where: str, said: str) -> ConfigError:
    """The error for what the process wrote: the last line of a traceback names the exception."""
    last = excerpt(said.strip().rpartition("\n")[2], 120)
    if "Locked" in last:
        return ConfigError("The system's keyring is locked", f"{where}: {last}", f"Unlock it, {_INSTEAD}")
    if "NoKeyring" in last:
        return ConfigError(
            "There is no keyring on this system", f"{where}: {last}", f"Set one up, {_INSTEAD}"
        )
    return ConfigError("The system's keyring cannot be read", f"{where}: {last}", f"Repair it, {_INSTEAD}")
