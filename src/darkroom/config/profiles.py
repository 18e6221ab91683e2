"""Profiles as they stand in `config.toml`."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from darkroom.config.decode import Unusable, from_toml
from darkroom.config.profilecheck import problems
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.config.document import Document
    from darkroom.domain.errors import ConfigError

DEMO_PROFILE = Profile(DEMO)
"""The profile that always exists; the service that starts the server knows its address."""

FIELDS = {field.name: field for field in fields(Profile) if field.name not in ("name", "members")}
"""What a profile's table may hold."""

TABLES = ("headers", "defaults")
"""Those of them that are tables."""


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
        if key not in FIELDS:
            errors.append(document.unknown((*base, key), FIELDS))
        elif key in TABLES:
            values[key] = value
            errors.extend(_table_errors(document, (*base, key), value))
        else:
            try:
                values[key] = from_toml(FIELDS[key], value)
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
