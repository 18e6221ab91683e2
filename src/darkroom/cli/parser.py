"""The grammar of the command line. Handlers are named, not imported: parsing stays quick."""

from __future__ import annotations

import argparse
from typing import Any

from darkroom import __version__
from darkroom.cli import grammar
from darkroom.cli.exitcodes import MEANINGS, OF_SEVERAL
from darkroom.cli.main import APP
from darkroom.config.settings import IMAGES

_EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:3} {meaning}" for code, meaning in MEANINGS.items())
_EXIT_CODES += f"\n  {OF_SEVERAL}"


class Parser(argparse.ArgumentParser):
    """A parser that does not guess shortened options, so that a new one never changes an old script."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)


def build() -> argparse.ArgumentParser:
    """The whole parser."""
    parser = Parser(
        prog="darkroom",
        description="Make pictures with image-generation servers. Without a command, the screens open.",
        epilog=_EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"darkroom {__version__}")
    parser.add_argument("--home", metavar="DIR", help="keep everything below DIR (also: DARKROOM_HOME)")
    parser.add_argument("--profile", metavar="NAME", help="open the screens with this server")
    parser.add_argument("--session", metavar="NAME", help="open the screens with this session")
    parser.add_argument("--theme", metavar="NAME", help="colours for this time")
    parser.add_argument("--images", choices=IMAGES, help="how pictures are drawn this time")
    parser.set_defaults(handler=APP)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for add in grammar.COMMANDS:
        add(commands)
    return parser
