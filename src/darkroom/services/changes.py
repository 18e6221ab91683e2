"""Changes to the saved profiles and groups: written to the configuration, with the groups kept whole.

Each function writes, and gives all profiles by name as they are then (see `domain.profile.arranged`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.config import writing
from darkroom.config.groups import problems
from darkroom.domain.errors import InputError
from darkroom.domain.profile import DEMO, arranged
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from darkroom.config.paths import Paths
    from darkroom.domain.profile import Profile

    Known = Mapping[str, Profile]


def save(paths: Paths, known: Known, profile: Profile, before: str) -> dict[str, Profile]:
    """Keeps a profile in place of the one called `before`; its groups follow it to a new name.

    Raises:
        InputError: It cannot be used, has a group's name, or is no longer like the others of its group.
            Nothing was written.
        ConfigError: The file cannot be written.
    """
    _check_change(known, before, profile)
    writing.write(paths, profile)
    groups = _groups(known)
    # Whatever ends the program between two of these writes, each state of the file can be used.
    if before != profile.name:
        for group in list(_having(known, before)):
            groups[group.name] = tuple(profile.name if m == before else m for m in group.members)
            writing.write_group(paths, group.name, groups[group.name])
        writing.remove(paths, before)
    rest = {name: other for name, other in known.items() if name in (profile.name, DEMO) or name != before}
    return arranged({**rest, profile.name: profile}.values(), groups)


def save_group(paths: Paths, known: Known, name: str, members: Sequence[str]) -> dict[str, Profile]:
    """Keeps a group, in place of the one of its name.

    Raises:
        InputError: It cannot be used; the first reason. Nothing was written.
        ConfigError: The file cannot be written.
    """
    servers = {other.name: other for other in known.values() if not other.is_group}
    groups = _groups(known)
    for problem in problems(name, members, servers, groups=groups.keys() - {name}):
        raise InputError(f"Group “{excerpt(name, 60)}”: {problem.message}", hint=problem.hint)
    writing.write_group(paths, name, members)
    return arranged(known.values(), {**groups, name: tuple(members)})


def delete(paths: Paths, known: Known, name: str) -> dict[str, Profile]:
    """Takes a profile or a group out; groups go on without a profile that is deleted.

    Raises:
        InputError: It is the demo, the only server of a group, or there is none of that name.
        ConfigError: The file cannot be written.
    """
    if name == DEMO:
        raise InputError("The demo cannot be deleted", hint="It costs nothing while it is not used")
    groups = _groups(known)
    if groups.pop(name, None) is not None:
        kind = "groups"
    else:
        kind = "profiles"
        smaller = _without(known, name)
        groups |= smaller
        for group, members in smaller.items():
            writing.write_group(paths, group, members)
    if not writing.remove(paths, name, kind=kind):
        raise InputError(f"No profile is called “{excerpt(name, 60)}”", hint="`darkroom profiles list`")
    return arranged((other for other in known.values() if other.name != name), groups)


def _groups(known: Known) -> dict[str, tuple[str, ...]]:
    return {other.name: other.members for other in known.values() if other.is_group}


def _having(known: Known, name: str) -> Iterator[Profile]:
    return (other for other in known.values() if name in other.members)


def _without(known: Known, name: str) -> dict[str, tuple[str, ...]]:
    """The groups that a profile is in, without it."""
    smaller = {group.name: tuple(m for m in group.members if m != name) for group in _having(known, name)}
    for group, members in smaller.items():
        if not members:
            raise InputError(
                f"“{excerpt(name, 60)}” is the only server of the group “{excerpt(group, 60)}”",
                hint=f"Delete the group first: darkroom profiles group {group} --delete",
            )
    return smaller


def _check_change(known: Known, before: str, profile: Profile) -> None:
    taken = known.get(profile.name)
    if taken is not None and taken.is_group:
        raise InputError(
            f"A group is called “{excerpt(profile.name, 60)}”", hint="Choose another name for the server"
        )
    for group in _having(known, before):
        others = [name for name in group.members if name != before]
        if others and known[others[0]].service != profile.service:
            raise InputError(
                f"“{excerpt(before, 60)}” is in the group “{excerpt(group.name, 60)}”, "
                f"whose servers are {SERVICES[group.service].title}",
                hint=f"Take it out first: darkroom profiles group {group.name} {' '.join(others)}",
            )
