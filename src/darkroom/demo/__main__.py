"""`python -m darkroom.demo`: the demo server as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.handlers
import signal
import sys
from typing import TYPE_CHECKING

from darkroom.demo import options, state
from darkroom.demo.folders import Folders
from darkroom.demo.server import DemoServer

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG_BYTES = 1_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a server until it ends; 0 also when this home's server runs already.

    Exit codes: 0 ended as it should, 1 the port or the folder cannot be used, 2 wrong usage.
    """
    chosen = options.parse(sys.argv[1:] if argv is None else argv)
    folders = Folders(chosen.home / "demo")
    try:
        folders.create()
        with state.sole(folders.root / "lock") as ours:
            if not ours:
                return 0
            _log_to(folders)
            with contextlib.suppress(AttributeError):  # no SIGHUP where there are no terminals to lose
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            asyncio.run(_serve(chosen, folders))
    except OSError as error:
        sys.stderr.write(f"darkroom demo: {error}\n")
        return 1
    return 0


async def _serve(chosen: options.Options, folders: Folders) -> None:
    await DemoServer(chosen, folders).serve()


def _log_to(folders: Folders) -> None:
    """Logs to the home's file: nobody reads the output of a detached process."""
    handler = logging.handlers.RotatingFileHandler(
        folders.root / "demo.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


if __name__ == "__main__":
    sys.exit(main())
