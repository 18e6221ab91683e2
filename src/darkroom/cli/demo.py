"""`darkroom demo`: the demo server in the foreground."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.services.demo import Demo

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context

_LOOK_EVERY_S = 0.05


def run(args: Namespace, context: Context) -> int:
    """Runs the server until it is told to stop; its address goes to stdout when it can be used."""
    context.paths.create()
    demo = Demo(context.paths.demo)
    url = demo.running()
    if url is not None:
        output.data(url)
        output.say("The demo server of this home runs already, in the background; it ends itself when idle")
        same = args.port in (0, int(url.rpartition(":")[2]))
        return ExitCode.OK if same else ExitCode.USAGE
    command = [sys.executable, "-m", "darkroom.demo", "--port", str(args.port), "--idle-exit-s", "0"]
    command += ["--home", str(context.paths.demo.parent)]
    # What the server itself says is no data.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)  # noqa: S603 - our own module
    # The terminal sends ctrl+c to the server as well; this process only waits for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while server.poll() is None and (url := demo.running()) is None:
        time.sleep(_LOOK_EVERY_S)
    if url is not None:
        output.data(url)
        output.say(
            "The demo server speaks ComfyUI's protocol; its pictures are procedural, no AI. ctrl+c ends it"
        )
    return ExitCode.OK if server.wait() in (0, -signal.SIGINT, -signal.SIGTERM) else ExitCode.FAILED
