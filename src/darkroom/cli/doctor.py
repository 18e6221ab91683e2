"""`darkroom doctor`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.services.doctor import examine
from darkroom.services.findings import Level

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context

_MARKS = {Level.FINE: " ", Level.NOTE: "-", Level.WRONG: "!"}


def run(args: Namespace, context: Context) -> int:
    """Writes what was found; the exit code is 0 when nothing is wrong."""
    findings = asyncio.run(
        examine(
            context.paths,
            context.loaded,
            os.environ,
            is_terminal=sys.stdout.isatty() or sys.stderr.isatty(),
            online=not args.offline,
        )
    )
    if args.json:
        output.as_json(
            [
                {
                    "section": f.section,
                    "name": f.name,
                    "value": f.value,
                    "level": str(f.level),
                    "hint": f.hint,
                }
                for f in findings
            ]
        )
    else:
        section = ""
        for finding in findings:
            if finding.section != section:
                output.data(("\n" if section else "") + finding.section)
                section = finding.section
            output.data(f" {_MARKS[finding.level]} {finding.name:22} {finding.value}")
            for line in finding.hint.splitlines():
                output.data(f"   {'':22} {line}")
    wrong = [finding for finding in findings if finding.level is Level.WRONG]
    return ExitCode.HOME if wrong else ExitCode.OK
