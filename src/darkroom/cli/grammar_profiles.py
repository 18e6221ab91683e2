"""The commands that keep servers under names."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from darkroom.cli.arguments import command, count, group, json_option, text
from darkroom.domain.profile import DEFAULT_DEPTH
from darkroom.domain.service import AUTH, SERVICES

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]  # the only name it has


def profiles(commands: Commands) -> None:
    """Adds `darkroom profiles` with its actions."""
    parser, actions = group(commands, "profiles", "profiles:list_all", "keep servers under names")
    json_option(parser)
    _json_again(command(actions, "list", "profiles:list_all", "list the servers and groups"))
    _adding(actions)
    parser = command(actions, "edit", "profiles:edit", "change a server; what is not given stays")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("--name", dest="new_name", type=text, metavar="NEW", help="another name")
    parser.add_argument("--url", type=text, metavar="URL")
    _fields(parser)
    for name, help in (
        ("test", "ask a server, or those of a group, whether it is there"),
        ("delete", "delete a server or a group; what was made on it stays"),
        ("default", "use a server or a group when none is named"),
    ):
        parser = command(actions, name, f"profiles:{name}", help)
        parser.add_argument("name", type=text, metavar="NAME")
        if name == "test":
            _json_again(parser)
    _grouping(actions)
    _discovering(actions)


def _adding(actions: Commands) -> None:
    parser = command(
        actions,
        "add",
        "profiles:add",
        "add a server",
        epilog="Without --service the server is asked what it is.\n"
        "Without URL it is looked for where the service usually listens:\n"
        + "\n".join(f"  {service.id:12} {service.url}" for service in SERVICES.values()),
    )
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument(
        "url", type=text, nargs="?", default="", metavar="URL", help="for example http://127.0.0.1:8188"
    )
    _fields(parser)
    parser.add_argument("--no-test", action="store_true", help="do not ask the server whether it is there")


def _grouping(actions: Commands) -> None:
    parser = command(
        actions,
        "group",
        "profiles_group:run",
        "give several servers of one service a name: a job for it goes to the first free one",
        epilog="NAME can stand wherever a server's can: generate --profile NAME. A job goes to a server\n"
        "that has its checkpoint. A group that is there already is made of these servers from now on.",
    )
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("members", type=text, nargs="*", metavar="SERVER", help="names of profiles")
    parser.add_argument("--delete", action="store_true", help="delete the group; its servers stay")


def _discovering(actions: Commands) -> None:
    parser = command(
        actions, "discover", "profiles_discover:run", "look for servers where services usually listen"
    )
    parser.add_argument(
        "--host",
        type=text,
        action="append",
        metavar="HOST",
        help="look there instead of on this machine: a name, an address, HOST:PORT or a URL; may be repeated",
    )
    parser.add_argument("--add", action="store_true", help="keep those that can be used and are not kept yet")
    _json_again(parser)


def _json_again(parser: argparse.ArgumentParser) -> None:
    """`--json` after the action as well; without a default it does not undo one given before."""
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")


def _fields(parser: argparse.ArgumentParser) -> None:
    """The fields of a profile; what is not given is `None`."""
    parser.add_argument("--service", choices=tuple(SERVICES), help="what it is")
    parser.add_argument("--auth", choices=AUTH, help="how it wants to be asked")
    parser.add_argument("--username", type=text, metavar="NAME", help="for basic and login")
    parser.add_argument(
        "--secret",
        type=text,
        metavar="REF",
        help="password, token or key: env:NAME, file:PATH or keyring:SERVICE/NAME",
    )
    parser.add_argument(
        "--header", type=text, action="append", metavar="NAME=VALUE", help="a further header; may be repeated"
    )
    parser.add_argument(
        "--default",
        "--set",
        dest="set",
        type=text,
        action="append",
        metavar="NAME=VALUE",
        help="a default for this server, such as steps=30, size=1024x768 or model=NAME; may be repeated",
    )
    _switch(parser, "--verify-tls", "check the certificate")
    _switch(parser, "--server-settings", "let Darkroom change the few settings there that recovery needs")
    parser.add_argument(
        "--queue-depth",
        type=count,
        metavar="N",
        help=f"how many jobs may be there at once, the running one included (default {DEFAULT_DEPTH}); "
        "the others wait with Darkroom",
    )
    _switch(parser, "--group-checkpoints", "take waiting jobs of the checkpoint that is loaded first")
    active = parser.add_mutually_exclusive_group()
    active.add_argument(
        "--inactive", dest="active", action="store_false", default=None, help="keep it for later"
    )
    active.add_argument("--active", action="store_true", default=None, help="offer it (the default)")


def _switch(parser: argparse.ArgumentParser, name: str, help: str) -> None:
    parser.add_argument(name, action=argparse.BooleanOptionalAction, default=None, help=help)
