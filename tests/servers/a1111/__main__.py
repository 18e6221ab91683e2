"""Runs the server until its parent is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.a1111.jobs import Jobs
from tests.servers.a1111.options import Options
from tests.servers.a1111.routes import Api
from tests.servers.harness import main
from tests.servers.harness.faults import Faults

if TYPE_CHECKING:
    import argparse


def build(arguments: argparse.Namespace) -> main.Built:
    """The server that was asked for."""
    settings = Options(arguments.home / "config.json")
    jobs = Jobs(arguments.home, settings, Faults(), arguments.step_s)
    api = Api(jobs, arguments.program, webui=not arguments.nowebui, login=arguments.login)
    return main.Built(api.app())


if __name__ == "__main__":
    parser = main.parser()
    parser.add_argument("--program", default="forge")
    parser.add_argument("--login", default="")
    parser.add_argument("--nowebui", action="store_true")
    main.run("A1111", parser.parse_args(), build)
