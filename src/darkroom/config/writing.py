"""Changes to `config.toml` that keep what a person wrote there: comments, order, and what is not known."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from darkroom.config.paths import ensure_folder
from darkroom.config.profilecheck import problems
from darkroom.config.profiles import FIELDS, TABLES
from darkroom.domain.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Table

    from darkroom.config.paths import Paths
    from darkroom.domain.profile import Profile


def write(paths: Paths, profile: Profile) -> None:
    """Adds `profile` to `config.toml`, or puts it in place of the one of that name.

    Raises:
        InputError: It cannot be used; the first reason.
        ConfigError: The file cannot be read as TOML (it is left as it is), or not be written.
    """
    if wrong := problems(profile):
        raise InputError(f"Profile “{profile.name}”: {wrong[0].sentence()}", hint=wrong[0].hint)
    document = _open(paths.config_file)
    _fill(_subtable(_subtable(document, "profiles", is_super=True), profile.name), profile)
    _save(paths.config_file, document)


def write_group(paths: Paths, name: str, members: Sequence[str]) -> None:
    """Adds a group to `config.toml`, or gives the one of that name other members.

    The caller has asked `groups.problems`.

    Raises:
        ConfigError: The file cannot be read as TOML (it is left as it is), or not be written.
    """
    document = _open(paths.config_file)
    _subtable(_subtable(document, "groups", is_super=True), name)["profiles"] = list(members)
    _save(paths.config_file, document)


def remove(paths: Paths, name: str, *, kind: str = "profiles") -> bool:
    """Takes a profile, or of `kind` "groups" a group, out of `config.toml`; false when it is not there.

    Raises:
        ConfigError: The file cannot be read as TOML (it is left as it is), or not be written.
    """
    document = _open(paths.config_file)
    if name not in document.get(kind, {}):
        return False
    document[kind].remove(name)
    _save(paths.config_file, document)
    return True


def write_setting(paths: Paths, key: str, value: str | bool | int | float) -> None:
    """Sets `key` at the top of `config.toml`.

    Raises:
        ConfigError: The file cannot be read as TOML (it is left as it is), or not be written.
    """
    document = _open(paths.config_file)
    document[key] = value
    _save(paths.config_file, document)


def _fill(table: Table, profile: Profile) -> None:
    """Writes what differs from the defaults, and takes out what no longer does."""
    for name, field in FIELDS.items():
        value = getattr(profile, name)
        if (
            name in ("service", "url")
            or (value and name in TABLES)
            or (name not in TABLES and value != field.default)
        ):
            table[name] = dict(value) if name in TABLES else value
        elif name in table:
            table.remove(name)


def _subtable(parent: TOMLDocument | Table, name: str, *, is_super: bool = False) -> Table:
    import tomlkit

    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=is_super)
    return cast("Table", parent[name])


def _open(file: Path) -> TOMLDocument:
    # tomlkit is slow to import, and only needed by the few who change the file.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = (
            tomlkit.parse(file.read_bytes().decode("utf-8-sig")) if file.exists() else tomlkit.document()
        )
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise _unchanged(file, str(error)) from error
    for kind in ("profiles", "groups"):
        tables = document.get(kind, {})
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise _unchanged(file, f"[{kind}] does not hold tables")
    return document


def _unchanged(file: Path, why: str) -> ConfigError:
    return ConfigError(
        "The configuration cannot be changed",
        f"{file}: {why}",
        "Repair it first; it was left as it is",
        file=file,
    )


def _save(file: Path, document: TOMLDocument) -> None:
    """Puts the new text in place at once, mode 0600; a symbolic link (dotfiles) stays one."""
    import tomlkit

    ensure_folder(file.parent)
    target = file.resolve()
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(tomlkit.dumps(document))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(target)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise _unchanged(file, error.strerror or str(error)) from error
