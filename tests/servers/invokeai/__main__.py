"""Runs the server until its parent is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.harness import main
from tests.servers.harness.faults import Faults
from tests.servers.invokeai import EMAIL, PASSWORD
from tests.servers.invokeai.accounts import Accounts
from tests.servers.invokeai.library import BOARD_IDS
from tests.servers.invokeai.pictures import Pictures
from tests.servers.invokeai.queue import Queue
from tests.servers.invokeai.routes import Api
from tests.servers.invokeai.sockets import Sockets
from tests.servers.invokeai.worker import Worker

if TYPE_CHECKING:
    import argparse


def build(options: argparse.Namespace) -> main.Built:
    """The server that was asked for."""
    faults = Faults()
    queue, pictures = Queue(options.home / "queue.json"), Pictures(options.home / "images")
    accounts = Accounts((EMAIL, PASSWORD) if options.accounts else None)
    sockets = Sockets(faults, accounts.lets_in)
    worker = Worker(queue, pictures, sockets, faults, BOARD_IDS, options.step_s)
    return main.Built(Api(queue, pictures, worker, sockets, accounts, faults).app(), [worker.work()])


if __name__ == "__main__":
    parser = main.parser()
    parser.add_argument("--accounts", action="store_true")
    main.run("InvokeAI", parser.parse_args(), build)
