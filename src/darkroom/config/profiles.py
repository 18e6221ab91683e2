"""Profiles as they stand in `config.toml`: reading them, and changing the file so that comments survive."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from darkroom.config.decode import Unusable, from_toml
from darkroom.config.paths import ensure_folder
from darkroom.config.profilecheck import problems
from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Table

    from darkroom.config.document import Document
    from darkroom.config.paths import Paths

DEMO_PROFILE = Profile(DEMO)
"""The profile that always exists; the service that starts the server knows its address."""

_FIELDS = {field.name: field for field in fields(Profile) if field.name != "name"}
_TABLES = ("headers", "defaults")


def read_profiles(document: Document) -> tuple[dict[str, Profile], list[ConfigError]]:
    """The usable profiles in the order of the file, the demo last, and what is wrong with the others."""
    found: dict[str, Profile] = {}
    errors: list[ConfigError] = []
    tables = document.tables.get("profiles", {})
    if not isinstance(tables, dict):
        errors.append(document.wrong(("profiles",), "must hold tables, such as [profiles.box]"))
        tables = {}
    for name, table in tables.items():
        profile, wrong = _read_profile(document, name, table)
        errors.extend(wrong)
        if profile is not None and not wrong:
            found[name] = profile
    return {**found, DEMO: DEMO_PROFILE}, errors


def _read_profile(document: Document, name: str, table: object) -> tuple[Profile | None, list[ConfigError]]:
    base = ("profiles", name)
    if not isinstance(table, dict):
        return None, [document.wrong(base, f"must be a table: [profiles.{name}]")]
    errors: list[ConfigError] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _FIELDS:
            errors.append(document.unknown((*base, key), _FIELDS))
        elif key in _TABLES:
            values[key] = value
            errors.extend(_table_errors(document, (*base, key), value))
        else:
            try:
                values[key] = from_toml(_FIELDS[key], value)
            except Unusable as error:
                errors.append(document.wrong((*base, key), str(error)))
    if errors:
        return None, errors
    if "url" not in values and values.get("service") in SERVICES:
        values["url"] = SERVICES[values["service"]].url
    profile = Profile(name=name, **values)
    for problem in problems(profile):
        path = base if problem.field == "name" or problem.field not in table else (*base, problem.field)
        errors.append(document.error(path, f"Profile “{name}”: {problem.sentence()}", problem.hint))
    return profile, errors


def _table_errors(document: Document, path: tuple[str, ...], value: object) -> Iterator[ConfigError]:
    if not isinstance(value, dict):
        yield document.wrong(path, "must be a table")
        return
    wanted: tuple[type, ...] = (str,) if path[-1] == "headers" else (str, int, float, bool)
    for key, inner in value.items():
        if not isinstance(inner, wanted):
            yield document.wrong(
                (*path, key), "must be text" if wanted == (str,) else "must be text or a number"
            )


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


def remove(paths: Paths, name: str) -> bool:
    """Takes the profile `name` out of `config.toml`; false when it is not there.

    Raises:
        ConfigError: The file cannot be read as TOML (it is left as it is), or not be written.
    """
    document = _open(paths.config_file)
    if name not in document.get("profiles", {}):
        return False
    document["profiles"].remove(name)
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
    for name, field in _FIELDS.items():
        value = getattr(profile, name)
        if (
            name in ("service", "url")
            or (value and name in _TABLES)
            or (name not in _TABLES and value != field.default)
        ):
            table[name] = dict(value) if name in _TABLES else value
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
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(table, dict) for table in profiles.values()):
        raise _unchanged(file, "[profiles] does not hold tables")
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
