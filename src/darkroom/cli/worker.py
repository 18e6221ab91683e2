"""`darkroom worker`: works on the queue without a face, in the foreground, detached, or as a service."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.config.paths import of_home

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context
    from darkroom.config.paths import Paths

_LEADING = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


def run(args: Namespace, context: Context) -> int:
    """Works until nothing is left to do; 0 also when another worker of this home does."""
    if args.print_unit:
        return _print_unit(context.paths)
    from darkroom.cli.working import Worker
    from darkroom.config.logs import configure
    from darkroom.services.background import place

    # A line that was closed is what it is there for.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    context.paths.create()
    configure(context.paths, context.loaded.settings.log_level, name="worker")
    if args.detached:
        os.chdir(context.paths.data)  # the folder that it was started in may be unmounted, or deleted

    with place(context.paths) as ours:
        if ours is None:
            output.say("A worker of this home is at work already")
            return ExitCode.OK
        if not args.detached:
            output.say("Working on the queue; ctrl+c leaves it to whoever comes next")
        worker = Worker(context, ours, idle_s=None if args.stay else args.idle, tells=not args.detached)
        asyncio.run(worker.run())
    return ExitCode.OK


def _print_unit(paths: Paths) -> int:
    output.document(unit(paths))
    output.say(
        "Write it to ~/.config/systemd/user/darkroom.service; then\n"
        "  systemctl --user daemon-reload\n"
        "  systemctl --user enable --now darkroom\n"
        "  loginctl enable-linger        # it goes on while nobody is logged in"
    )
    return ExitCode.OK


def unit(paths: Paths) -> str:
    """A systemd user unit that keeps a worker running for these folders."""
    options = of_home(paths)
    command = " ".join(map(_quoted, (sys.executable, "-m", "darkroom", *options, "worker", "--stay")))
    leading = [] if options else [f"{name}={os.environ[name]}" for name in _LEADING if os.environ.get(name)]
    environment = "".join(f"Environment={_quoted(assignment)}\n" for assignment in leading)
    return (
        "[Unit]\n"
        "Description=Darkroom works on its queue\n"
        "\n"
        "[Service]\n"
        f"ExecStart={command}\n"
        f"{environment}"
        "# A profile's secret that is read from the environment (env:NAME) needs a line of its own here:\n"
        "# EnvironmentFile=%h/.config/darkroom/secrets.env\n"
        "Restart=on-failure\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _quoted(word: str) -> str:
    """A word of a unit's command line. Source: systemd.service(5), "Command lines"; its own specifiers."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if escaped == shlex.quote(escaped) else f'"{escaped}"'
