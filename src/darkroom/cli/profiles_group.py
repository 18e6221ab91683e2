"""`darkroom profiles group`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt
from darkroom.services.profiles import Profiles

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context


def run(args: Namespace, context: Context) -> int:
    """Keeps a group of the servers that are named, or deletes it."""
    profiles = Profiles(context.paths, context.loaded)
    if args.delete:
        _delete(profiles, args.name, args.members)
        return ExitCode.OK
    if not args.members:
        raise InputError(
            "A group needs the names of its servers", hint="`darkroom profiles list` lists what there is"
        )
    profiles.save_group(args.name, args.members)
    output.say(f"“{args.name}” is kept in {context.paths.config_file}: {', '.join(args.members)}")
    return ExitCode.OK


def _delete(profiles: Profiles, name: str, members: list[str]) -> None:
    if members:
        raise InputError("--delete takes a group's name alone")
    known = {group.name for group in (*profiles.list(), *profiles.inactive()) if group.is_group}
    if name not in known:
        raise InputError(
            f"No group is called “{excerpt(name, 60)}”",
            hint="There are: " + ", ".join(sorted(known)) if known else "There is none",
        )
    profiles.delete(name)
    output.say(f"The group “{name}” is deleted; its servers stay")
