"""`darkroom profiles`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.domain.errors import ConnectorError, InputError
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.text import excerpt
from darkroom.services.profiles import Profiles

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from darkroom.cli.context import Context
    from darkroom.domain.parameters import Value
    from darkroom.domain.server import ServerInfo


def list_all(args: Namespace, context: Context) -> int:
    """`darkroom profiles list`."""
    preferred = context.loaded.settings.profile
    profiles = Profiles(context.paths, context.loaded).list()
    if args.json:
        output.as_json([_record(profile, is_default=profile.name == preferred) for profile in profiles])
        return ExitCode.OK
    rows = [
        (
            profile.name,
            "default" if profile.name == preferred else "",
            profile.service,
            profile.auth if profile.auth != "none" else "",
            "built in, procedural, no AI" if profile.name == DEMO else profile.url,
        )
        for profile in profiles
    ]
    output.data(output.table(rows, ("NAME", "", "SERVICE", "AUTH", "URL")))
    return ExitCode.OK


def add(args: Namespace, context: Context) -> int:
    """`darkroom profiles add`. A server that does not answer is no reason not to keep it."""
    if args.name in context.loaded.profiles:
        raise InputError(
            f"There is a profile “{excerpt(args.name, 60)}” already",
            hint=f"`darkroom profiles edit {args.name}` changes it",
        )
    profiles = Profiles(context.paths, context.loaded)
    profile = _changed(Profile(name=args.name, url=args.url), args)
    profiles.save(profile)
    output.say(f"“{profile.name}” is kept in {context.paths.config_file}")
    if not args.no_test:
        try:
            output.say(_told(asyncio.run(profiles.test(profile))))
        except ConnectorError as error:
            output.complain(error)
            output.say("  The profile is kept all the same")
    return ExitCode.OK


def edit(args: Namespace, context: Context) -> int:
    """`darkroom profiles edit`."""
    profiles = Profiles(context.paths, context.loaded)
    known = _saved(profiles, context, args.name)
    profile = _changed(replace(known, url=args.url or known.url, name=args.new_name or known.name), args)
    if profile.name != known.name and profile.name in context.loaded.profiles:
        raise InputError(
            f"There is a profile “{excerpt(profile.name, 60)}” already", hint="Choose another name"
        )
    profiles.save(profile, replacing=known.name)
    output.say(f"“{profile.name}” is changed in {context.paths.config_file}")
    return ExitCode.OK


def test(args: Namespace, context: Context) -> int:
    """`darkroom profiles test`; the exit code says whether the server is there."""
    return asyncio.run(_test(args, context))


async def _test(args: Namespace, context: Context) -> int:
    name = context.known_profile(args.name)
    async with context.core() as core:
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
    """`darkroom profiles delete`."""
    Profiles(context.paths, context.loaded).delete(args.name)
    output.say(f"“{args.name}” is deleted; pictures made on it stay")
    return ExitCode.OK


def default(args: Namespace, context: Context) -> int:
    """`darkroom profiles default`."""
    name = context.known_profile(args.name)
    Profiles(context.paths, context.loaded).prefer(name)
    output.say(f"“{name}” is used when no server is named")
    return ExitCode.OK


def _saved(profiles: Profiles, context: Context, name: str) -> Profile:
    if name == DEMO:
        raise InputError("The demo cannot be changed", hint="Add a profile of your own")
    return profiles.get(context.known_profile(name))


def _changed(profile: Profile, args: Namespace) -> Profile:
    """`profile` with the options that were given."""
    given = {name: value for name in ("auth", "username", "secret", "verify_tls")
             if (value := getattr(args, name)) is not None}  # fmt: skip
    if "auth" not in given and profile.auth == "none" and args.secret:
        given["auth"] = "basic" if args.username or profile.username else "bearer"
    if given.get("auth") == "none":
        given = {**given, "username": "", "secret": ""}
    if args.header:
        given["headers"] = {**profile.headers, **dict(_pairs(args.header))}
    if args.set:
        given["defaults"] = {**profile.defaults, **{name: _value(text) for name, text in _pairs(args.set)}}
    return replace(profile, **given)


def _pairs(texts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError("An option needs NAME=VALUE", hint="Such as --set steps=30")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _value(text: str) -> Value:
    """A default's value in the type it looks like; the form checks it against the server's own limits."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


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
        "defaults": dict(profile.defaults),
        "default": is_default,
    }
