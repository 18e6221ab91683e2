"""Passwords and tokens: kept as references, read when needed, never shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

ENV = "env:"
FILE = "file:"
KEYRING = "keyring:"
_MAX_BYTES = 65_536
REFERENCE_HINT = (
    "Write env:NAME to take it from an environment variable, file:PATH to read it from a file of mode 0600, "
    "or keyring:SERVICE/NAME to take it from the system's keyring"
)


class Secret:
    """A text that neither `repr`, `str` nor formatting gives away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """The text itself, to be put into a request and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


def is_reference(text: str) -> bool:
    """Whether `text` is of the form `env:NAME`, `file:PATH` or `keyring:SERVICE/NAME`."""
    return text.startswith((ENV, FILE, KEYRING))


def fault(reference: str) -> str:
    """What is wrong with how a reference is written, "" when it can be looked up; looks nowhere."""
    if reference.startswith(ENV):
        return "" if reference.removeprefix(ENV).strip() else "names no environment variable"
    if reference.startswith(FILE):
        path = Path(reference.removeprefix(FILE))
        # `expanduser` would fail for a user that this machine does not know.
        return (
            "" if path.is_absolute() or str(path).startswith("~") else "needs a path that starts with / or ~/"
        )
    service, slash, name = reference.removeprefix(KEYRING).rpartition("/")
    return "" if service and slash and name else "needs the form keyring:SERVICE/NAME"


def reveal(reference: str, environ: Mapping[str, str]) -> Secret:
    """The secret that `reference` stands for; an empty one for an empty reference.

    A keyring is waited for, `keychain.PATIENCE_S` at most: not to be called on an event loop.

    Args:
        reference: `env:NAME`, `file:PATH` with an absolute path or one below `~`, or
            `keyring:SERVICE/NAME`.
        environ: The environment to look in.

    Raises:
        ConfigError: It is no reference (a password itself is refused, and not repeated in the error),
            the variable is not set, the file is missing, readable for others, or unusable, or the
            keyring does not give it.
    """
    if not reference:
        return Secret("")
    if reference.startswith(ENV):
        name = reference.removeprefix(ENV)
        value = environ.get(name, "")
        if not value:
            raise ConfigError(
                f"The environment variable {name} is not set",
                "A profile takes its secret from it",
                REFERENCE_HINT,
            )
        return Secret(_checked(value, f"The environment variable {name}"))
    if reference.startswith(FILE):
        path = _expanded(reference.removeprefix(FILE))
        return Secret(_checked(_read(path), str(path)))
    if reference.startswith(KEYRING):
        return Secret(_checked(_from_keyring(reference), reference))
    raise ConfigError("A secret must not stand in the configuration itself", "", REFERENCE_HINT)


def _from_keyring(reference: str) -> str:
    if wrong := fault(reference):
        raise ConfigError(f"A secret {wrong}", "", REFERENCE_HINT)
    # Few profiles need it, and it starts processes.
    from darkroom.config.keychain import read

    service, _, name = reference.removeprefix(KEYRING).rpartition("/")
    return read(service, name)


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~somebody, whom this machine does not know
        return Path(text)


def _read(path: Path) -> str:
    if not path.is_absolute():
        raise ConfigError(
            "The path of a secret must be absolute", str(path), "Start it with / or ~/", file=path
        )
    try:
        # One descriptor for the check and the reading: the file cannot be changed for another between.
        # Non-blocking, so that a pipe does not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(
            "A secret cannot be read", f"{path}: {error.strerror}", "Create it with mode 0600", file=path
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError("A secret must be a plain file", str(path), REFERENCE_HINT, file=path)
        if os.name == "posix" and found.st_mode & 0o077:
            raise ConfigError(
                "A secret can be read by others",
                f"{path} has mode {stat.S_IMODE(found.st_mode):04o}",
                f"chmod 600 {path}",
                file=path,
            )
        data = file.read(_MAX_BYTES + 1)
    try:
        return data[:_MAX_BYTES].decode() if len(data) <= _MAX_BYTES else ""
    except UnicodeDecodeError as error:
        raise ConfigError("A secret is not UTF-8 text", str(path), REFERENCE_HINT, file=path) from error


def _checked(value: str, where: str) -> str:
    """One line without control characters: anything else cannot stand in an HTTP header."""
    value = value.strip("\r\n")
    if not value or not value.isprintable():
        raise ConfigError(
            "A secret must be one line of text", f"{where} holds something else", REFERENCE_HINT
        )
    return value
