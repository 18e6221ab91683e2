"""Runs the server until its parent is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.fooocus.log import Log
from tests.servers.fooocus.page import Page
from tests.servers.fooocus.queue import Queue
from tests.servers.fooocus.routes import Site
from tests.servers.fooocus.worker import Worker
from tests.servers.harness import main
from tests.servers.harness.faults import Faults

if TYPE_CHECKING:
    import argparse


def build(options: argparse.Namespace) -> main.Built:
    """The server that was asked for."""
    faults = Faults()
    page = Page(options.page, gradio=options.gradio)
    log = Log(options.home, kept=options.log and page.keeps_log)
    worker = Worker(log, options.step_s, options.preview_px, faults)
    queue = Queue(worker, faults)
    site = Site(page, queue, worker, faults, login=options.login)
    return main.Built(site.app(), [worker.work(), queue.work()])


if __name__ == "__main__":
    parser = main.parser()
    parser.add_argument("--preview-px", type=int, default=32)
    parser.add_argument("--page", default="default")
    parser.add_argument("--gradio", default="", help="say another release of Gradio")
    parser.add_argument("--login", default="")
    parser.add_argument("--no-log", dest="log", action="store_false")
    main.run("Fooocus", parser.parse_args(), build)
