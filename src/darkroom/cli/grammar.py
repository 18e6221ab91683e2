"""The commands and their options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Commands = argparse._SubParsersAction[Any]  # the only name it has

_SHELLS = ("bash", "zsh", "tcsh")


def text(value: str) -> str:
    """An argument as text; one that is not valid in the locale's encoding is refused."""
    if any("\udc80" <= char <= "\udcff" for char in value):
        raise argparse.ArgumentTypeError("this is not valid UTF-8 text")
    return value


def count(value: str) -> int:
    """A whole number from 1 on."""
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on is needed, not {value!r}")
    return number


def port(value: str) -> int:
    """A port, 0 for any that is free."""
    if not value.isdecimal() or int(value) > 65_535:
        raise argparse.ArgumentTypeError(f"a port from 0 to 65535 is needed, not {value!r}")
    return int(value)


def _command(
    commands: Commands, name: str, handler: str, help: str, epilog: str | None = None
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=help[0].upper() + help[1:] + ".", epilog=epilog
    )
    parser.set_defaults(handler=f"darkroom.cli.{handler}")
    # Given after the command as well; without a default, so that it does not undo one given before.
    parser.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _group(
    commands: Commands, name: str, handler: str, help: str
) -> tuple[argparse.ArgumentParser, Commands]:
    parser = _command(commands, name, handler, help)
    return parser, parser.add_subparsers(title="actions", metavar="ACTION", parser_class=type(parser))


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="write JSON to stdout")


# These two may be given before the command as well; without a default they do not undo that.
def _profile(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "-p", "--profile", type=text, default=argparse.SUPPRESS, metavar="NAME", help="the server to use"
    )


def _session(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("-s", "--session", type=text, default=argparse.SUPPRESS, metavar="NAME", help=help)


def _result(parser: argparse.ArgumentParser) -> None:
    """Options of the commands that make pictures."""
    parser.add_argument(
        "-o", "--output", metavar="DIR|FILE", help="copy the pictures there; nothing is overwritten"
    )
    _json(parser)
    parser.add_argument("--show", action="store_true", help="draw the first picture in the terminal")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def _generate(commands: Commands) -> None:
    parser = _command(
        commands,
        "generate",
        "generate:run",
        "make pictures from a prompt",
        epilog="Workflow, server and values that are not given are those used last in the session.\n"
        "`darkroom workflows show NAME` lists what --set takes.",
    )
    parser.add_argument(
        "prompt", nargs="?", type=text, metavar="PROMPT", help="the prompt; - reads it from stdin"
    )
    server = parser.add_mutually_exclusive_group()
    _profile(server)
    server.add_argument("--url", type=text, metavar="URL", help="a server without a profile")
    parser.add_argument(
        "-w", "--workflow", type=text, metavar="NAME|FILE", help="a workflow, or a file to import one from"
    )
    _session(parser, "where it is kept; made when there is none")
    parser.add_argument(
        "--set",
        type=text,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any parameter; may be repeated",
    )
    parser.add_argument("-n", "--negative", type=text, metavar="TEXT", help="what should not be seen")
    parser.add_argument("--seed", type=text, metavar="N", help="a number, or random")
    parser.add_argument("--size", type=text, metavar="WxH", help="for example 1024x768")
    _result(parser)


def _history(commands: Commands) -> None:
    parser = _command(
        commands,
        "history",
        "history:run",
        "list and search what was made, newest first",
        epilog="Filters: --where width=1024 --where 'steps>=30' --where status=failed",
    )
    parser.add_argument("words", nargs="*", type=text, metavar="WORD", help="words that the prompt holds")
    parser.add_argument(
        "--where", type=text, action="append", default=[], metavar="FILTER", help="a filter; may be repeated"
    )
    _session(parser, "only this session")
    parser.add_argument("--limit", type=count, default=50, metavar="N", help="at most N (50)")
    _json(parser)
    parser = _command(commands, "show", "history:show", "show everything about a generation")
    _id(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON to stdout")
    form.add_argument(
        "--workflow", action="store_true", help="write the workflow as it was sent, as API JSON"
    )
    form.add_argument("--show", action="store_true", help="draw the first picture in the terminal")
    parser = _command(commands, "rerun", "generate:rerun", "send exactly the same request again")
    _id(parser)
    _result(parser)
    parser = _command(commands, "recover", "recover:run", "bring home what was left to its server")
    _json(parser)
    parser = _command(commands, "export", "history:export", "copy pictures out of the store")
    _ids(parser)
    parser.add_argument("-t", "--to", metavar="DIR|FILE", default=".", help="where to (the current folder)")
    parser.add_argument(
        "--workflow", action="store_true", help="the workflow as API JSON instead of the pictures"
    )
    _ids(_command(commands, "delete", "history:delete", "move generations to the trash"))
    _ids(_command(commands, "restore", "history:restore", "bring generations back from the trash"))


def _id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", type=text, metavar="ID", help="a number from the history, or the start of an id"
    )


def _ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", type=text, nargs="+", metavar="ID", help="numbers from the history, or starts of ids"
    )


def _sessions(commands: Commands) -> None:
    group, actions = _group(
        commands, "sessions", "sessions:list_all", "list, create, rename or delete sessions"
    )
    _json(group)
    group.set_defaults(trashed=False)
    parser = _command(actions, "list", "sessions:list_all", "list the sessions, last used first")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser.add_argument("--trashed", action="store_true", help="those in the trash instead")
    parser = _command(actions, "create", "sessions:create", "start a new session")
    parser.add_argument("name", type=text, metavar="NAME")
    parser = _command(actions, "rename", "sessions:rename", "give a session another name")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("new_name", type=text, metavar="NEW")
    parser = _command(
        actions, "duplicate", "sessions:duplicate", "start a session with the values of another"
    )
    parser.add_argument("name", type=text, metavar="NAME")
    parser = _command(actions, "delete", "sessions:delete", "move a session and its pictures to the trash")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("--force", action="store_true", help="even while something of it runs")
    parser = _command(actions, "restore", "sessions:restore", "bring a session back from the trash")
    parser.add_argument("name", type=text, metavar="NAME")


def _workflows(commands: Commands) -> None:
    group, actions = _group(commands, "workflows", "workflows:list_all", "keep ComfyUI workflows under names")
    _json(group)
    parser = _command(actions, "list", "workflows:list_all", "list the workflows")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = _command(
        actions, "import", "workflows:import_", "take a workflow from an API-format JSON file or a PNG"
    )
    parser.add_argument("file", metavar="FILE", help="- reads JSON from stdin")
    parser.add_argument("--name", type=text, default="", metavar="NAME", help="its name (the file's)")
    parser.add_argument("--default", action="store_true", help="use it when none is named")
    parser = _command(
        actions, "show", "workflows:show", "list the parameters of a workflow, as --set takes them"
    )
    parser.add_argument("name", type=text, metavar="NAME")
    _profile(parser)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = _command(actions, "export", "workflows:export", "write a workflow as API JSON")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("-t", "--to", metavar="FILE", help="a new file (stdout)")
    parser = _command(actions, "delete", "workflows:delete", "delete a workflow; what was made with it stays")
    parser.add_argument("name", type=text, metavar="NAME")
    parser = _command(actions, "default", "workflows:default", "use a workflow when none is named")
    parser.add_argument("name", type=text, metavar="NAME")


def _profiles(commands: Commands) -> None:
    group, actions = _group(commands, "profiles", "profiles:list_all", "keep servers under names")
    _json(group)
    parser = _command(actions, "list", "profiles:list_all", "list the servers")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = _command(actions, "add", "profiles:add", "add a server")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("url", type=text, metavar="URL", help="for example http://127.0.0.1:8188")
    _profile_options(parser)
    parser.add_argument("--no-test", action="store_true", help="do not ask the server whether it is there")
    parser = _command(actions, "edit", "profiles:edit", "change a server; what is not given stays")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("--name", dest="new_name", type=text, metavar="NEW", help="another name")
    parser.add_argument("--url", type=text, metavar="URL")
    _profile_options(parser)
    for name, help in (
        ("test", "ask a server whether it is there"),
        ("delete", "delete a server; what was made on it stays"),
        ("default", "use a server when none is named"),
    ):
        parser = _command(actions, name, f"profiles:{name}", help)
        parser.add_argument("name", type=text, metavar="NAME")
        if name == "test":
            parser.add_argument(
                "--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout"
            )


def _profile_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--auth", choices=("none", "basic", "bearer"), help="how it wants to be asked")
    parser.add_argument("--username", type=text, metavar="NAME", help="for basic")
    parser.add_argument("--secret", type=text, metavar="REF", help="password or token: env:NAME or file:PATH")
    parser.add_argument(
        "--header", type=text, action="append", metavar="NAME=VALUE", help="a further header; may be repeated"
    )
    parser.add_argument(
        "--verify-tls", action=argparse.BooleanOptionalAction, default=None, help="check the certificate"
    )
    parser.add_argument(
        "--set",
        type=text,
        action="append",
        metavar="NAME=VALUE",
        help="a default for this server, such as steps=30; may be repeated",
    )


def _others(commands: Commands) -> None:
    parser = _command(
        commands, "doctor", "doctor:run", "say what Darkroom found: terminal, files, servers, versions"
    )
    parser.set_defaults(reports_config=True)
    parser.add_argument("--offline", action="store_true", help="ask no server")
    _json(parser)
    parser = _command(
        commands, "demo", "demo:run", "run the demo server (no AI) in the foreground, for any ComfyUI client"
    )
    parser.add_argument(
        "--port", type=port, default=8189, metavar="N", help="where to listen on 127.0.0.1 (8189; 0: any)"
    )
    parser = _command(commands, "completion", "completion:run", "write a completion script for a shell")
    parser.add_argument("shell", choices=_SHELLS)


COMMANDS: tuple[Callable[[Commands], None], ...] = (
    _generate,
    _history,
    _sessions,
    _workflows,
    _profiles,
    _others,
)
"""Each adds its commands to the parser."""
