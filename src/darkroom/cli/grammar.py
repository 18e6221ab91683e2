"""The commands and their options; `grammar_profiles` has those that keep servers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from darkroom.cli.arguments import (
    command,
    completes_files,
    count,
    group,
    images_option,
    json_option,
    port,
    profile_option,
    text,
)
from darkroom.cli.grammar_profiles import profiles
from darkroom.cli.grammar_queue import many_options, no_wait_option, queue, worker

if TYPE_CHECKING:
    from collections.abc import Callable

    Commands = argparse._SubParsersAction[Any]  # the only name it has

_IDS = "numbers from the history, or starts of ids"
_SHELLS = ("bash", "zsh", "tcsh")


# It may be given before the command as well; without a default it does not undo that.
def _session(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("-s", "--session", type=text, default=argparse.SUPPRESS, metavar="NAME", help=help)


def _result(parser: argparse.ArgumentParser) -> None:
    """Options of the commands that make pictures."""
    parser.add_argument(
        "-o", "--output", metavar="DIR|FILE", help="copy the pictures there; nothing is overwritten"
    )
    json_option(parser)
    parser.add_argument("--show", action="store_true", help="draw the pictures in the terminal as they come")
    images_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def _generate(commands: Commands) -> None:
    parser = command(
        commands,
        "generate",
        "generate:run",
        "make pictures from a prompt",
        epilog="Workflow, server and values that are not given are those used last in the session.\n"
        "`darkroom workflows show NAME` lists what --set takes.",
    )
    _generate_options(parser)
    no_wait_option(parser)


def _generate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "prompt", nargs="?", type=text, metavar="PROMPT", help="the prompt; - reads it from stdin"
    )
    server = parser.add_mutually_exclusive_group()
    profile_option(server)
    server.add_argument("--url", type=text, metavar="URL", help="a server without a profile")
    parser.add_argument(
        "-w", "--workflow", type=text, metavar="NAME|FILE", help="a workflow, or a file to import one from"
    )
    _session(parser, "where it is kept; made when there is none")
    parser.add_argument(
        "--like",
        type=text,
        metavar="ID|FILE",
        help="begin with the settings of an earlier generation, or of a picture of any service",
    )
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
    many_options(parser)
    _result(parser)


def _show(commands: Commands) -> None:
    parser = command(
        commands,
        "show",
        "show:run",
        "show everything about generations or picture files, and draw the pictures",
        epilog="Pictures are drawn when stdout is a terminal. In a pipe there are words, with --quiet paths.",
    )
    names = parser.add_argument("names", nargs="+", metavar="ID|FILE", help=f"{_IDS}, or picture files")
    completes_files(names)
    parser.add_argument("--output", type=count, metavar="N", help="only the Nth output of a generation")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        help="the pictures alone, several as a grid; in a pipe their paths",
    )
    form.add_argument("--json", action="store_true", help="write JSON to stdout")
    form.add_argument(
        "--workflow", action="store_true", help="write the workflow as it was sent, as API JSON"
    )
    parser.add_argument("--columns", type=count, metavar="N", help="at most N columns wide")
    parser.add_argument("--lines", type=count, metavar="N", help="at most N lines high, captions included")
    images_option(parser)


def _history(commands: Commands) -> None:
    parser = command(
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
    json_option(parser)
    parser = command(commands, "rerun", "generate:rerun", "send exactly the same request again")
    _id(parser)
    _result(parser)
    parser = command(commands, "recover", "recover:run", "bring home what was left to its server")
    json_option(parser)
    parser = command(commands, "export", "history:export", "copy pictures out of the store")
    parser.add_argument("ids", type=text, nargs="*", metavar="ID", help=_IDS)
    parser.add_argument(
        "--batch", type=text, metavar="ID", help="all of a batch: its id, or any generation of it"
    )
    parser.add_argument("-t", "--to", metavar="DIR|FILE", default=".", help="where to (the current folder)")
    parser.add_argument(
        "--workflow", action="store_true", help="the workflow as API JSON instead of the pictures"
    )
    parser.add_argument(
        "--sheet", action="store_true", help="a batch as one picture: a grid, labelled with its values"
    )
    _ids(command(commands, "delete", "history:delete", "move generations to the trash"))
    _ids(command(commands, "restore", "history:restore", "bring generations back from the trash"))


def _id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", type=text, metavar="ID", help="a number from the history, or the start of an id"
    )


def _ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", type=text, nargs="+", metavar="ID", help=_IDS)


def _sessions(commands: Commands) -> None:
    parser, actions = group(
        commands, "sessions", "sessions:list_all", "list, create, rename or delete sessions"
    )
    json_option(parser)
    parser.set_defaults(trashed=False)
    parser = command(actions, "list", "sessions:list_all", "list the sessions, last used first")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser.add_argument("--trashed", action="store_true", help="those in the trash instead")
    parser = command(actions, "create", "sessions:create", "start a new session")
    parser.add_argument("name", type=text, metavar="NAME")
    parser = command(actions, "rename", "sessions:rename", "give a session another name")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("new_name", type=text, metavar="NEW")
    parser = command(actions, "duplicate", "sessions:duplicate", "start a session with the values of another")
    parser.add_argument("name", type=text, metavar="NAME")
    parser = command(actions, "delete", "sessions:delete", "move a session and its pictures to the trash")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("--force", action="store_true", help="even while something of it runs")
    parser = command(actions, "restore", "sessions:restore", "bring a session back from the trash")
    parser.add_argument("name", type=text, metavar="NAME")


def _workflows(commands: Commands) -> None:
    parser, actions = group(commands, "workflows", "workflows:list_all", "keep ComfyUI workflows under names")
    json_option(parser)
    parser = command(actions, "list", "workflows:list_all", "list the workflows")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = command(
        actions, "import", "workflows:import_", "take a workflow from an API-format JSON file or a PNG"
    )
    parser.add_argument("file", metavar="FILE", help="- reads JSON from stdin")
    parser.add_argument("--name", type=text, default="", metavar="NAME", help="its name (the file's)")
    parser.add_argument("--default", action="store_true", help="use it when none is named")
    parser = command(
        actions, "show", "workflows:show", "list the parameters of a workflow, as --set takes them"
    )
    parser.add_argument("name", type=text, metavar="NAME")
    profile_option(parser)
    parser.add_argument(
        "--set",
        type=text,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="list what such a value brings as well: a picture brings denoise; may be repeated",
    )
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = command(actions, "export", "workflows:export", "write a workflow as API JSON")
    parser.add_argument("name", type=text, metavar="NAME")
    parser.add_argument("-t", "--to", metavar="FILE", help="a new file (stdout)")
    parser = command(actions, "delete", "workflows:delete", "delete a workflow; what was made with it stays")
    parser.add_argument("name", type=text, metavar="NAME")
    parser = command(actions, "default", "workflows:default", "use a workflow when none is named")
    parser.add_argument("name", type=text, metavar="NAME")


def _others(commands: Commands) -> None:
    parser = command(
        commands, "doctor", "doctor:run", "say what Darkroom found: terminal, files, servers, versions"
    )
    parser.set_defaults(reports_config=True)
    parser.add_argument("--offline", action="store_true", help="ask no server")
    parser.add_argument(
        "--terminal",
        action="store_true",
        help="only the terminal: what it answered, and how pictures are drawn",
    )
    parser.add_argument("--picture", action="store_true", help="the same, and draw a test picture")
    images_option(parser)
    json_option(parser)
    parser = command(
        commands, "demo", "demo:run", "run the demo server (no AI) in the foreground, for any ComfyUI client"
    )
    parser.add_argument(
        "--port", type=port, default=8189, metavar="N", help="where to listen on 127.0.0.1 (8189; 0: any)"
    )
    parser = command(commands, "completion", "completion:run", "write a completion script for a shell")
    parser.add_argument("shell", choices=_SHELLS)


COMMANDS: tuple[Callable[[Commands], None], ...] = (
    _generate,
    _history,
    _show,
    _sessions,
    _workflows,
    profiles,
    queue(_generate_options),
    worker,
    _others,
)
"""Each adds its commands to the parser."""
