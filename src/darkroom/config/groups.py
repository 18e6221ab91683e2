"""Groups of servers as they stand in `config.toml`, and what makes one usable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.config.profilecheck import name_problems
from darkroom.domain.profile import DEMO
from darkroom.domain.service import SERVICES
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from darkroom.config.document import Document
    from darkroom.domain.errors import ConfigError
    from darkroom.domain.profile import Profile

MEMBERS = "profiles"
"""The one key of a group's table."""


class GroupProblem(NamedTuple):
    """Why a group cannot be used; the message continues "Group “farm”: …".

    Attributes:
        message: One line.
        hint: What to do.
        of_name: It is the name that is wrong, not the members.
    """

    message: str
    hint: str = ""
    of_name: bool = False


def read_groups(
    document: Document, profiles: Mapping[str, Profile]
) -> tuple[dict[str, tuple[str, ...]], list[ConfigError]]:
    """The members of each usable group in the order of the file, and what is wrong with the others.

    Args:
        document: The configuration.
        profiles: Those of it that can be used, by name.
    """
    tables = document.tables.get("groups", {})
    if not isinstance(tables, dict):
        return {}, [document.wrong(("groups",), "must hold tables, such as [groups.farm]")]
    written = document.tables.get("profiles", {})
    broken = written.keys() - profiles.keys() if isinstance(written, dict) else frozenset()
    found: dict[str, tuple[str, ...]] = {}
    errors: list[ConfigError] = []
    for name, table in tables.items():
        wrong = list(_table_errors(document, name, table))
        if wrong:
            errors.extend(wrong)
            continue
        members = tuple(table.get(MEMBERS, ()))
        others = tables.keys() - {name}
        amiss = list(problems(name, members, profiles, groups=others, broken=broken))
        for problem in amiss:
            path = ("groups", name) if problem.of_name else ("groups", name, MEMBERS)
            errors.append(
                document.error(path, f"Group “{excerpt(name, 60)}”: {problem.message}", problem.hint)
            )
        if not amiss:
            found[name] = members
    return found, errors


def _table_errors(document: Document, name: str, table: Any) -> Iterator[ConfigError]:
    """What is wrong with how a group is written."""
    base = ("groups", name)
    if not isinstance(table, dict):
        yield document.wrong(base, f"must be a table: [groups.{name}]")
        return
    for key in table:
        if key != MEMBERS:
            yield document.unknown((*base, key), (MEMBERS,))
    members = table.get(MEMBERS, [])
    if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
        yield document.wrong((*base, MEMBERS), 'must be a list of names, such as ["box", "tower"]')


def problems(
    name: str,
    members: Sequence[str],
    profiles: Mapping[str, Profile],
    *,
    groups: Container[str] = (),
    broken: Container[str] = (),
) -> Iterator[GroupProblem]:
    """All that is wrong with a group; nothing when it can be used.

    Args:
        name: What it is to be called.
        members: Names of profiles.
        profiles: The usable ones, by name.
        groups: Names of the other groups.
        broken: Names of profiles that stand in the configuration with a mistake.
    """
    for wrong in name_problems(name):
        yield GroupProblem(wrong.message, wrong.hint, of_name=True)
    if name != DEMO and (name in profiles or name in broken):
        yield GroupProblem("a profile has that name", "Choose another name", of_name=True)
    if not members:
        yield GroupProblem("it names no profile", f'Such as {MEMBERS} = ["box", "tower"]')
    for place, member in enumerate(members):
        if member in members[:place]:
            yield GroupProblem(f"it names “{excerpt(member, 60)}” twice")
        else:
            yield from _member_problems(member, profiles, groups, broken)
    yield from _service_problems([profiles[member] for member in members if member in profiles])


def _member_problems(
    member: str, profiles: Mapping[str, Profile], groups: Container[str], broken: Container[str]
) -> Iterator[GroupProblem]:
    shown = f"“{excerpt(member, 60)}”"
    if member == DEMO:
        yield GroupProblem("the demo cannot be in a group", "It is no AI; a job would get patterns at times")
    elif member in broken:
        yield GroupProblem(f"the profile {shown} cannot be used as it is", "Its mistake is told as well")
    elif member in groups:
        yield GroupProblem(f"{shown} is a group itself", "Name the servers of it instead")
    elif member not in profiles:
        close = nearest(member, [known for known in profiles if known != DEMO])
        yield GroupProblem(f"no profile is called {shown}", f"Did you mean {close}?" if close else "")


def _service_problems(members: Sequence[Profile]) -> Iterator[GroupProblem]:
    services = dict.fromkeys(profile.service for profile in members)
    if len(services) > 1:
        first = {profile.service: profile.name for profile in reversed(members)}
        which = " and ".join(f"{first[service]} is {SERVICES[service].title}" for service in services)
        yield GroupProblem(
            f"its servers are of different services: {which}",
            "A job is made for one service; make a group for each",
        )
