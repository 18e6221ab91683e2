"""`darkroom profiles`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.config.profilecheck import problems
from darkroom.config.profiledefaults import defaults_from
from darkroom.domain.errors import ConnectorError, InputError
from darkroom.domain.profile import DEFAULT_DEPTH, DEMO, Profile
from darkroom.domain.service import API_KEY, BASIC, BEARER, LOGIN, NONE, SERVICES
from darkroom.domain.text import excerpt
from darkroom.services.profiles import Profiles

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from darkroom.cli.context import Context
    from darkroom.domain.server import ServerInfo


_OPTIONS = (
    "auth",
    "username",
    "secret",
    "verify_tls",
    "server_settings",
    "queue_depth",
    "group_checkpoints",
    "active",
)
"""Fields of a profile that an option of the same name gives."""


def list_all(args: Namespace, context: Context) -> int:
    """`darkroom profiles list`; those that are not active come last."""
    preferred = context.loaded.settings.profile
    known = Profiles(context.paths, context.loaded)
    profiles = (*known.list(), *known.inactive())
    if args.json:
        output.as_json([_record(profile, is_default=profile.name == preferred) for profile in profiles])
        return ExitCode.OK
    rows = [
        (
            profile.name,
            _standing(profile, preferred),
            profile.service,
            profile.auth if profile.auth != NONE else "",
            _place(profile),
        )
        for profile in profiles
    ]
    output.data(output.table(rows, ("NAME", "", "SERVICE", "AUTH", "URL")))
    return ExitCode.OK


def _standing(profile: Profile, preferred: str) -> str:
    if not profile.active:
        return "inactive"
    return "default" if profile.name == preferred else ""


def _place(profile: Profile) -> str:
    if profile.is_group:
        return "group of " + ", ".join(profile.members)
    return "built in, procedural, no AI" if profile.name == DEMO else profile.url


def add(args: Namespace, context: Context) -> int:
    """`darkroom profiles add`. A server that is away is kept all the same, if its service is clear."""
    _refuse_taken(context, args.name, f"`darkroom profiles edit {args.name}` changes it")
    if not args.url and not args.service:
        raise InputError(
            "An address or a service is needed",
            hint="`darkroom profiles discover` looks around; `--service a1111` alone means its usual address",
        )
    profiles = Profiles(context.paths, context.loaded)
    service = args.service or asyncio.run(_asked(profiles, args))
    profile = _changed(Profile(args.name, service, args.url or SERVICES[service].url), args)
    profiles.save(profile)
    output.say(f"“{profile.name}” is kept in {context.paths.config_file}")
    if not args.no_test:
        try:
            output.say(_told(asyncio.run(profiles.test(profile))))
        except ConnectorError as error:
            output.complain(error)
            output.say("  The profile is kept all the same")
    return ExitCode.OK


def _refuse_taken(context: Context, name: str, hint: str) -> None:
    """Refuses a name that a server has, with the hint, or a group."""
    taken = context.loaded.profiles.get(name)
    if taken is not None:
        kind, hint = ("group", "Choose another name") if taken.is_group else ("profile", hint)
        raise InputError(f"There is a {kind} “{excerpt(name, 60)}” already", hint=hint)


async def _asked(profiles: Profiles, args: Namespace) -> str:
    """The service that answers at an address, with the credentials that were given.

    Raises:
        InputError: It cannot be told; or what would be saved cannot be used.
    """
    profile = _changed(Profile(args.name, url=args.url), args)
    services = ", ".join(SERVICES)
    # Which credentials fit is known with the service; the others would be refused by `save` all the same.
    wrong = [problem for problem in problems(profile) if problem.field != "auth"]
    if wrong:
        raise InputError(f"Profile “{profile.name}”: {wrong[0].sentence()}", hint=wrong[0].hint)
    try:
        found = await profiles.identify(profile)
    except ConnectorError as error:
        raise InputError(
            "It cannot be asked which service it is",
            "\n".join(filter(None, (error.title, error.detail))),
            f"Start it, or say it: --service, one of {services}",
        ) from error
    if found is None or not found.service:
        label = found.label if found is not None else "something that Darkroom does not know"
        raise InputError(
            f"What answers there is {label}",
            "\n".join(filter(None, (args.url, found.remark if found is not None else ""))),
            f"If it is one of {services}, say it: --service",
        )
    output.say(f"It is {found.label}")
    return found.service


def edit(args: Namespace, context: Context) -> int:
    """`darkroom profiles edit`."""
    profiles = Profiles(context.paths, context.loaded)
    known = _saved(profiles, context, args.name)
    service = args.service or known.service
    # An address that nobody chose follows the service.
    url = SERVICES[service].url if known.url == SERVICES[known.service].url else known.url
    profile = _changed(
        replace(known, service=service, url=args.url or url, name=args.new_name or known.name), args
    )
    if profile.name != known.name:
        _refuse_taken(context, profile.name, "Choose another name")
    profiles.save(profile, replacing=known.name)
    output.say(f"“{profile.name}” is changed in {context.paths.config_file}")
    return ExitCode.OK


def test(args: Namespace, context: Context) -> int:
    """`darkroom profiles test`; the exit code says whether the server is there."""
    return asyncio.run(_test(args, context))


async def _test(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        name = await core.profiles.resolve(context.known_profile(args.name))
        info = await core.connections.probe(name)
    if args.json:
        output.as_json(
            {
                "profile": name,
                "service": info.service,
                "label": info.label,
                "version": info.version,
                "queue": info.queue_remaining,
                "devices": list(info.devices),
                "demo": info.is_demo,
            }
        )
    else:
        output.data(_told(info))
    return ExitCode.OK


def delete(args: Namespace, context: Context) -> int:
    """`darkroom profiles delete`; of a server or a group."""
    profiles = Profiles(context.paths, context.loaded)
    groups = profiles.groups_of(args.name)
    profiles.delete(args.name)
    output.say(f"“{args.name}” is deleted; pictures made on it stay")
    if groups:
        output.say(f"  It is no longer in {', '.join(groups)}")
    return ExitCode.OK


def default(args: Namespace, context: Context) -> int:
    """`darkroom profiles default`."""
    profiles = Profiles(context.paths, context.loaded)
    name = asyncio.run(profiles.resolve(context.known_profile(args.name)))
    profiles.prefer(name)
    output.say(f"“{name}” is used when no server is named")
    return ExitCode.OK


def _saved(profiles: Profiles, context: Context, name: str) -> Profile:
    if name == DEMO:
        raise InputError("The demo cannot be changed", hint="Add a profile of your own")
    profile = profiles.get(context.known_profile(name))
    if profile.is_group:
        members = " ".join(profile.members)
        raise InputError(
            f"“{excerpt(name, 60)}” is a group", hint=f"darkroom profiles group {name} {members} changes it"
        )
    return profile


def _changed(profile: Profile, args: Namespace) -> Profile:
    """`profile` with the options that were given."""
    given = {name: value for name in _OPTIONS if (value := getattr(args, name)) is not None}
    if "auth" not in given and profile.auth == NONE and args.secret:
        given["auth"] = _usual_auth(profile.service, has_user=bool(args.username or profile.username))
    if given.get("auth") == NONE:
        given = {**given, "username": "", "secret": ""}
    if args.header:
        given["headers"] = {**profile.headers, **dict(_pairs(args.header))}
    if args.set:
        given["defaults"] = {**profile.defaults, **defaults_from(args.set)}
    return replace(profile, **given)


def _usual_auth(service: str, *, has_user: bool) -> str:
    """What a secret is for, when nobody says: the service's own way before that of a proxy."""
    own, proxy = (LOGIN, BASIC) if has_user else (API_KEY, BEARER)
    return own if own in SERVICES[service].auth else proxy


def _pairs(texts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError("A header needs NAME=VALUE", hint="Such as --header X-Team=light")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _told(info: ServerInfo) -> str:
    lines = [info.label]
    if info.queue_remaining is not None:
        lines.append(f"queue: {info.queue_remaining}")
    return "\n".join([*lines, *info.devices])


def _record(profile: Profile, *, is_default: bool) -> dict[str, Any]:
    return {
        "name": profile.name,
        "service": profile.service,
        "url": profile.url,
        "auth": profile.auth,
        "username": profile.username,
        "secret": profile.secret,
        "headers": dict(profile.headers),
        "verify_tls": profile.verify_tls,
        "server_settings": profile.server_settings,
        "queue_depth": profile.queue_depth or DEFAULT_DEPTH,
        "group_checkpoints": profile.group_checkpoints,
        "members": list(profile.members),
        "active": profile.active,
        "defaults": dict(profile.defaults),
        "default": is_default,
    }
