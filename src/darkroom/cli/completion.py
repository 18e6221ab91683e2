"""`darkroom completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context


def run(args: Namespace, context: Context) -> int:  # noqa: ARG001 - every handler is called alike
    """Writes the completion script of a shell."""
    import shtab

    from darkroom.cli.parser import build

    output.document(shtab.complete(build(), args.shell))
    return ExitCode.OK
