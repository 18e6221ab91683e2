"""The command `darkroom`: reads the command line, runs one command, and says how it went.

Nothing but the parser and the configuration is loaded here: each command imports what it needs.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.context import Context
from darkroom.cli.exitcodes import ExitCode, of_error
from darkroom.config.paths import Paths, resolve
from darkroom.config.settings import load
from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

APP = "darkroom.app.main:run_app"
"""The screens; named and not imported, as the two faces know nothing of each other."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line `argv` (without the program's name); gives the exit code."""
    output.prepare_streams()
    paths: Paths | None = None
    try:
        args = _parse(sys.argv[1:] if argv is None else argv)
        home = getattr(args, "home", None)
        paths = resolve(Path(home) if home else None, os.environ)
        return int(_run(args, paths))
    except DarkroomError as error:
        output.complain(error)
        return of_error(error)
    except KeyboardInterrupt:
        output.say()
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        output.abandon_stdout()
        return ExitCode.PIPE
    except Exception as error:  # noqa: BLE001 - the crash handler: what nobody expected is written down
        return _crash(error, paths)


def _parse(argv: Sequence[str]) -> Namespace | SimpleNamespace:
    if not argv:
        # The way to the screens: building the parser would be the longest part of it.
        return SimpleNamespace(handler=APP, profile=None, session=None)
    from darkroom.cli.parser import build

    return build().parse_args(argv)


def _run(args: Namespace | SimpleNamespace, paths: Paths) -> int:
    flags = {name: text for name in ("theme", "images") if (text := getattr(args, name, None))}
    loaded = load(paths, os.environ, flags)
    context = Context(paths, loaded)
    if args.handler == APP:
        return _open_app(args, context)
    if not getattr(args, "reports_config", False):
        for error in loaded.errors:
            output.complain(error)
    code: int = _function(args.handler)(args, context)
    return code


def _open_app(args: Namespace | SimpleNamespace, context: Context) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        output.say("darkroom: this is no terminal, so there is nothing to show the screens on")
        output.say('  `darkroom generate "…"` works everywhere; `darkroom --help` lists the commands')
        return ExitCode.USAGE
    if os.environ.get("TERM") == "dumb":
        output.say("darkroom: this terminal says that it can only print lines (TERM=dumb)")
        output.say(
            "  If it can do more, set TERM, for example TERM=xterm-256color; "
            '`darkroom generate "…"` works here'
        )
        return ExitCode.USAGE
    # Nothing that is made until the first frame becomes garbage: looking for some took a tenth of the start.
    # The app turns it on again.
    gc.disable()
    from darkroom.config.logs import configure

    profile = context.known_profile(args.profile) if args.profile else ""
    context.paths.create()
    configure(context.paths, context.loaded.settings.log_level)
    code: int = _function(APP)(context.paths, context.loaded, session=args.session or "", profile=profile)
    return code


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _crash(error: Exception, paths: Paths | None) -> int:
    from darkroom.config.logs import write_crash

    report = write_crash(paths, error) if paths is not None else None
    output.say(f"darkroom: a defect: {type(error).__name__}: {error}")
    if report is not None:
        output.say(f"  A report was written to {report}")
    else:
        import traceback

        traceback.print_exception(error)
    output.say("  What was made so far is kept")
    return ExitCode.CRASH
