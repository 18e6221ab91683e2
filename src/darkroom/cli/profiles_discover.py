"""`darkroom profiles discover`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.domain.service import BASIC, LOGIN, NONE
from darkroom.services.profiles import Profiles

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context
    from darkroom.services.discovery import Found


def run(args: Namespace, context: Context) -> int:
    """Tells what is where; the exit code says whether there is anything to use."""
    profiles = Profiles(context.paths, context.loaded)
    found = asyncio.run(profiles.discover(args.host or ()))
    added = _add(profiles, found) if args.add else {}
    if args.json:
        output.as_json([_record(server, added.get(server.url, "")) for server in found])
    elif found:
        rows = [_row(server, added.get(server.url, "")) for server in found]
        output.data(output.table(rows, ("URL", "WHAT", "SERVICE", "")))
    if not found:
        output.say("Nothing answers where services usually listen; `darkroom profiles add NAME URL` adds one")
    elif not args.add and any(server.identified.ready and not server.profile for server in found):
        output.say("`darkroom profiles discover --add` keeps those that are not kept yet")
    return ExitCode.OK if any(server.identified.service for server in found) else ExitCode.SERVER


def _add(profiles: Profiles, found: tuple[Found, ...]) -> dict[str, str]:
    """Keeps the servers that can be used as they are and have no profile; name by address."""
    new = [server for server in found if server.identified.ready and not server.profile]
    return {server.url: profiles.keep(server) for server in new}


def _row(server: Found, added: str) -> tuple[str, str, str, str]:
    identified = server.identified
    return server.url, identified.label, identified.service or "-", _remark(server, added)


def _remark(server: Found, added: str) -> str:
    """Who has a server that was found, or what it lacks."""
    if added or server.profile:
        return f"added as {added}" if added else f"kept as {server.profile}"
    wants = server.identified.wants
    if not wants:
        return server.lacks
    user = " --username NAME" if wants in (BASIC, LOGIN) else ""
    # What is behind a closed door, the person knows.
    service = "" if server.identified.service else " --service SERVICE"
    options = f"{service} --auth {wants}{user} --secret REF"
    return f"wants credentials: darkroom profiles add NAME {server.url}{options}"


def _record(server: Found, added: str) -> dict[str, Any]:
    identified = server.identified
    return {
        "url": server.url,
        "service": identified.service or None,
        "program": identified.program,
        "version": identified.version,
        "auth": identified.wants or NONE,
        "remark": identified.remark,
        "profile": added or server.profile or None,
        "added": bool(added),
    }
