"""Runs the server until its parent is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.fooocus_api.jobs import Queue
from tests.servers.fooocus_api.routes import Api
from tests.servers.harness import main
from tests.servers.harness.faults import Faults

if TYPE_CHECKING:
    import argparse


def build(options: argparse.Namespace) -> main.Built:
    """The server that was asked for."""
    faults = Faults()
    folder = options.home / "outputs"
    # The server's own idea of its address, which is wrong for everybody who is not on its machine.
    queue = Queue(folder, options.base_url, options.step_s, faults, persistent=options.persistent)
    return main.Built(Api(queue, faults, folder, options.apikey).app(), [queue.work()])


if __name__ == "__main__":
    parser = main.parser()
    parser.add_argument("--persistent", action="store_true")
    parser.add_argument("--apikey", default="")
    parser.add_argument("--base-url", default="http://127.0.0.1:1")
    main.run("Fooocus-API", parser.parse_args(), build)
