"""What the doctor says of the servers: all of them at the same time, none of them woken or changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from darkroom.domain.errors import ConnectorError, DarkroomError
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.service import A1111, BASIC, FOOOCUS, LOGIN, NONE
from darkroom.domain.text import plural
from darkroom.services.findings import Finding, Level, failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from darkroom.connectors.signs import Identified
    from darkroom.domain.server import ServerInfo
    from darkroom.services.core import Core

SECTION = "Servers"
SLOW_S = 8.0
"""How long one server may take to answer."""


async def servers(core: Core, *, online: bool = True) -> list[Finding]:
    """What each active profile's server is, and what would make it work better; inactive ones are listed.

    Of groups it says how many of their servers can be used.

    Args:
        core: Its profiles are asked.
        online: Ask them at all.
    """
    active = core.profiles.list()
    offered = await asyncio.gather(
        *(_server(core, profile, online=online) for profile in active if not profile.is_group)
    )
    # Not before: a group stands as its servers do.
    groups = [_group(core, profile, online=online) for profile in active if profile.is_group]
    idle = [
        Finding(SECTION, profile.name, f"{profile.url or _of(profile.members)} inactive, not asked")
        for profile in core.profiles.inactive()
    ]
    return [finding for findings in offered for finding in findings] + groups + idle


def _of(members: Sequence[str]) -> str:
    return "group of " + ", ".join(members)


def _group(core: Core, profile: Profile, *, online: bool) -> Finding:
    members = core.profiles.members(profile.name)
    idle = len(profile.members) - len(members)
    said = _of(members) + (f" ({plural(idle, 'server')} more, inactive)" if idle else "")
    if not online:
        return Finding(SECTION, profile.name, f"{said} (not asked)")
    states = [core.connections.state(member) for member in members]
    infos = [state.info for state in states if state.phase == "up" and state.info is not None]
    said = f"{said}: {len(infos)} of {len(members)} up"
    if not infos:
        return Finding(SECTION, profile.name, said, Level.WRONG, "Nothing can be made there now")
    labels = dict.fromkeys(info.label for info in infos)
    if len(labels) > 1:
        # A form is made for one of them.
        hint = f"They are {', '.join(labels)}: what one takes, another may refuse"
        return Finding(SECTION, profile.name, said, Level.NOTE, hint)
    return Finding(SECTION, profile.name, said)


async def _server(core: Core, profile: Profile, *, online: bool) -> list[Finding]:
    if profile.name == DEMO and core.demo.running() is None:
        return [Finding(SECTION, DEMO, "built in; asleep until it is used (procedural, no AI)")]
    try:
        await asyncio.to_thread(core.profiles.access, profile)
    except DarkroomError as error:
        return [failed(SECTION, profile.name, error)]
    if not online:
        return [Finding(SECTION, profile.name, f"{profile.url} (not asked)".strip()), *_standing(profile)]
    found, seems = await asyncio.gather(_probe(core, profile), _identify(core, profile))
    advice = list(_at_odds(profile, seems)) if seems is not None else []
    if seems is not None and seems.service not in ("", profile.service):
        return advice  # what such a profile should have besides is of no use yet
    return [found, *advice, *_standing(profile)]


async def _probe(core: Core, profile: Profile) -> Finding:
    try:
        async with asyncio.timeout(SLOW_S):
            info = await core.connections.probe(profile.name)
    except TimeoutError:
        return Finding(SECTION, profile.name, f"{profile.url}: no answer in {SLOW_S:g} s", Level.WRONG)
    except DarkroomError as error:
        return failed(SECTION, profile.name, error)
    return Finding(SECTION, profile.name, _said(profile, info), hint="\n".join(info.devices))


def _said(profile: Profile, info: ServerInfo) -> str:
    queue = f", {plural(info.queue_remaining, 'job')}" if info.queue_remaining is not None else ""
    return f"{profile.url} {info.label}{queue}".strip()


async def _identify(core: Core, profile: Profile) -> Identified | None:
    if profile.name == DEMO:
        return None
    try:
        return await core.profiles.identify(profile)
    except ConnectorError:
        return None  # the probe says what is wrong


def _at_odds(profile: Profile, seems: Identified) -> Iterator[Finding]:
    """Where a server is not what the profile says, or wants what the profile does not give."""
    edit = f"darkroom profiles edit {profile.name}"
    if seems.service and seems.service != profile.service:
        yield Finding(
            SECTION,
            profile.name,
            f"this is {seems.label}, not what the profile says ({profile.service})",
            Level.WRONG,
            f"{edit} --service {seems.service}",
        )
    elif seems.service and seems.remark:
        yield Finding(SECTION, profile.name, f"{seems.label} cannot be used yet", Level.WRONG, seems.remark)
    # Where a door is closed to everybody, other credentials than those that it names may open it.
    if seems.wants and profile.auth != seems.wants and (seems.service or profile.auth == NONE):
        user = " --username NAME" if seems.wants in (BASIC, LOGIN) else ""
        yield Finding(
            SECTION,
            profile.name,
            f"it wants credentials: {seems.wants}",
            Level.WRONG,
            f"{edit} --auth {seems.wants}{user} --secret env:NAME",
        )


def _standing(profile: Profile) -> Iterator[Finding]:
    """What holds for such a profile, whether its server answers or not."""
    if profile.service == A1111 and not profile.server_settings:
        yield Finding(
            SECTION,
            profile.name,
            "server_settings is off: when the line breaks, a picture in the making is lost",
            Level.NOTE,
            f"darkroom profiles edit {profile.name} --server-settings\n"
            "lets Darkroom fetch it from the server's disk; docs/servers.md lists what it changes there",
        )
    if profile.service == FOOOCUS:
        yield Finding(
            SECTION,
            profile.name,
            "when the line breaks, a picture in the making may be lost: it is looked for in the server's log",
            Level.NOTE,
            "Fooocus-API, on port 8888, keeps its jobs",
        )
    parts = urlsplit(profile.url)
    if parts.scheme == "https" and not profile.verify_tls:
        yield Finding(SECTION, profile.name, "its certificate is not checked (verify_tls)", Level.NOTE)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if profile.auth != NONE and parts.scheme == "http" and not is_here:
        yield Finding(
            SECTION,
            profile.name,
            "its credentials travel unencrypted (http)",
            Level.NOTE,
            "Put a proxy with https before it, or reach it through an SSH tunnel",
        )
