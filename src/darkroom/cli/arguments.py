"""What the commands of the grammar share: kinds of arguments, and options that several have."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from darkroom.config.settings import IMAGES

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]  # the only name it has


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


def seconds(value: str) -> float:
    """A time from 0 on."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e9:
        raise argparse.ArgumentTypeError(f"a number of seconds is needed, not {value!r}")
    return number


def port(value: str) -> int:
    """A port, 0 for any that is free."""
    if not value.isdecimal() or int(value) > 65_535:
        raise argparse.ArgumentTypeError(f"a port from 0 to 65535 is needed, not {value!r}")
    return int(value)


def command(
    commands: Commands, name: str, handler: str, help: str, epilog: str | None = None
) -> argparse.ArgumentParser:
    """A command whose handler is `darkroom.cli.MODULE:FUNCTION`, named and not imported."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=help[0].upper() + help[1:] + ".", epilog=epilog
    )
    parser.set_defaults(handler=f"darkroom.cli.{handler}")
    # Given after the command as well; without a default, so that it does not undo one given before.
    parser.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def group(commands: Commands, name: str, handler: str, help: str) -> tuple[argparse.ArgumentParser, Commands]:
    """A command with actions below it; its handler runs when none is given."""
    parser = command(commands, name, handler, help)
    return parser, parser.add_subparsers(title="actions", metavar="ACTION", parser_class=type(parser))


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="write JSON to stdout")


def completes_files(argument: argparse.Action) -> None:
    """Lets shells complete it to files. Source: shtab 1.7, `shtab.FILE`, which is not loaded for that."""
    argument.complete = {  # type: ignore[attr-defined]
        "bash": "_shtab_compgen_files",
        "zsh": "_files",
        "tcsh": "f",
    }


def images_option(parser: argparse._ActionsContainer) -> None:
    """`--images`, which may be given before the command too; without a default it does not undo that."""
    parser.add_argument(
        "--images", choices=IMAGES, default=argparse.SUPPRESS, help="how pictures are drawn this time"
    )


def profile_option(parser: argparse._ActionsContainer) -> None:
    """`--profile`, which may be given before the command too; without a default it does not undo that."""
    parser.add_argument(
        "-p", "--profile", type=text, default=argparse.SUPPRESS, metavar="NAME", help="the server to use"
    )
