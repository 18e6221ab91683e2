"""`darkroom doctor`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.services.doctor import examine
from darkroom.services.doctor_terminal import as_data, chosen, terminal
from darkroom.services.findings import Level
from darkroom.terminal.ask_here import ask_terminal, has_terminal
from darkroom.terminal.truecolor import settle

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from darkroom.cli.context import Context
    from darkroom.services.findings import Finding

_MARKS = {Level.FINE: " ", Level.NOTE: "-", Level.WRONG: "!"}


def run(args: Namespace, context: Context) -> int:
    """Writes what was found; the exit code is 0 when nothing is wrong."""
    environ = dict(os.environ)
    settle(environ)
    if args.terminal or args.picture:
        return _terminal(args, context, environ)
    is_terminal = sys.stdout.isatty() or sys.stderr.isatty()
    evidence = ask_terminal(environ=environ) if is_terminal else None
    examining = examine(context.paths, context.loaded, environ, evidence, online=not args.offline)
    findings = asyncio.run(examining)
    if args.json:
        output.as_json([_data(finding) for finding in findings])
    else:
        _print(findings)
    return _code(findings)


def _terminal(args: Namespace, context: Context, environ: dict[str, str]) -> int:
    """The terminal alone, wherever the output goes."""
    if not has_terminal():
        output.say("darkroom: there is no terminal to ask: this command was started without one")
        return ExitCode.USAGE
    setting = context.loaded.settings.images
    evidence = ask_terminal(environ=environ)
    findings = list(terminal(setting, environ, evidence))
    if args.json:
        output.as_json(as_data(chosen(setting, environ, evidence), evidence))
    else:
        _print(findings)
    if args.picture:
        _draw(setting)
    return _code(findings)


def _draw(setting: str) -> None:
    import tempfile
    from pathlib import Path

    from darkroom.cli.drawing import Limits, Shown, draw  # brings what draws, for this option alone
    from darkroom.services import testcard

    stream = next((stream for stream in (sys.stdout, sys.stderr) if stream.isatty()), None)
    if stream is None:
        output.say("darkroom: the output goes elsewhere, so there is nothing to draw the picture on")
        return
    stream.flush()
    with tempfile.TemporaryDirectory(prefix="darkroom") as folder:
        picture = Path(folder) / "testcard.png"
        picture.write_bytes(testcard.png())
        asyncio.run(draw(stream, setting, [Shown(picture)], Limits(*_CARD)))
    output.say(testcard.WORDS)


_CARD = (48, 15)
"""Most columns and lines of the test picture."""


def _data(finding: Finding) -> dict[str, str]:
    return {
        "section": finding.section,
        "name": finding.name,
        "value": finding.value,
        "level": str(finding.level),
        "hint": finding.hint,
    }


def _print(findings: Sequence[Finding]) -> None:
    section = ""
    for finding in findings:
        if finding.section != section:
            output.data(("\n" if section else "") + finding.section)
            section = finding.section
        output.data(f" {_MARKS[finding.level]} {finding.name:22} {finding.value}")
        for line in finding.hint.splitlines():
            output.data(f"   {'':22} {line}")


def _code(findings: Sequence[Finding]) -> ExitCode:
    is_wrong = any(finding.level is Level.WRONG for finding in findings)
    return ExitCode.HOME if is_wrong else ExitCode.OK
