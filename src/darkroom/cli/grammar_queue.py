"""The commands that work on the queue, and the options of `generate` that make many jobs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from darkroom.cli.arguments import command, count, group, json_option, profile_option, seconds, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.cli.arguments import Commands

PRIORITIES = ("urgent", "normal", "idle")
"""As `domain.queue.Priority` has them, which is not loaded for that."""

_JOB = "a number from the list, or the start of an id"


def many_options(parser: argparse.ArgumentParser) -> None:
    """Options that make many jobs of one, and say how they go into the queue."""
    many = parser.add_argument_group("many pictures")
    many.add_argument(
        "--count", type=count, default=1, metavar="N", help="N pictures, with seeds that follow each other"
    )
    many.add_argument(
        "--sweep",
        type=text,
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="one for each value: steps=20..40/5, cfg=5,7,9, checkpoint=a,b, profile=box,tower; "
        "several make all combinations",
    )
    many.add_argument(
        "--prompts", metavar="FILE", help="one for each line, a prompt or a JSON object; - reads stdin"
    )
    many.add_argument(
        "--wildcards",
        choices=("off", "random", "all"),
        default="off",
        help="what {a|b} and __name__ in prompts become: text (off), one of them for each picture, or all",
    )
    many.add_argument(
        "--own-seeds", action="store_true", help="a random seed is drawn for each, not once for all"
    )
    queue = parser.add_argument_group("the queue")
    queue.add_argument(
        "--dry-run", action="store_true", help="say how many there would be and how long they would take"
    )
    queue.add_argument(
        "--priority", choices=PRIORITIES, default="normal", help="which jobs go first (normal)"
    )
    queue.add_argument("--paused", action="store_true", help="keep them until they are resumed")


def no_wait_option(parser: argparse.ArgumentParser) -> None:
    """`--no-wait`."""
    parser.add_argument(
        "--no-wait", action="store_true", help="leave them to a worker, and write their numbers"
    )


def queue(generate_options: Callable[[argparse.ArgumentParser], None]) -> Callable[[Commands], None]:
    """Adds `queue`; its action `add` has the options of `generate`."""

    def add(commands: Commands) -> None:
        parser, actions = group(
            commands, "queue", "queue:run", "see and change what runs and what waits to be sent"
        )
        _list_options(parser)
        _list_options(command(actions, "list", "queue:run", "list what runs and what waits, in its order"))
        adding = command(
            actions, "add", "generate:run", "put new jobs into the queue, as `generate --no-wait`"
        )
        generate_options(adding)
        adding.set_defaults(no_wait=True)
        _order(actions)
        _holds(actions)
        _ends(actions)

    return add


def _list_options(parser: argparse.ArgumentParser) -> None:
    profile_option(parser)
    parser.add_argument("--limit", type=count, default=50, metavar="N", help="at most N (50)")
    parser.add_argument("--follow", action="store_true", help="again whenever it changes, until ctrl+c")
    json_option(parser)


def _jobs(parser: argparse.ArgumentParser, number: str = "+") -> None:
    parser.add_argument("jobs", type=text, nargs=number, metavar="JOB", help=_JOB)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")


def _order(actions: Commands) -> None:
    parser = command(actions, "move", "queue_changes:move", "change the order of jobs that wait")
    _jobs(parser)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--first", action="store_true", help="before all others of their priority")
    where.add_argument("--last", action="store_true", help="behind them")
    where.add_argument("--before", type=text, metavar="JOB", help="directly before another one")
    where.add_argument("--after", type=text, metavar="JOB", help="directly behind another one")
    where.add_argument("--up", action="store_true", help="one place to the front")
    where.add_argument("--down", action="store_true", help="one place back")
    parser = command(actions, "priority", "queue_changes:prioritise", "say which jobs go first")
    _jobs(parser)
    parser.add_argument("level", choices=PRIORITIES, metavar="|".join(PRIORITIES))


def _holds(actions: Commands) -> None:
    parser = command(
        actions,
        "pause",
        "queue_changes:pause",
        "send nothing more: of some jobs, to a server, or at all; what runs goes on",
    )
    _jobs(parser, "*")
    profile_option(parser)
    parser = command(
        actions, "resume", "queue_changes:resume", "go on with jobs, with a server, or with all servers"
    )
    _jobs(parser, "*")
    profile_option(parser)


def _ends(actions: Commands) -> None:
    _jobs(command(actions, "cancel", "queue_changes:cancel", "cancel jobs, whether they wait or run"))
    parser = command(
        actions,
        "retry",
        "queue_again:retry",
        "send jobs that have ended once more, with the same seeds",
        epilog="--failed and --lost pass over what was retried already.",
    )
    _jobs(parser, "*")
    parser.add_argument("--failed", action="store_true", help="all that failed in the last session")
    parser.add_argument("--lost", action="store_true", help="all that their servers lost in it")
    _session(parser, "in this session instead")
    parser.add_argument(
        "--batch", type=text, metavar="ID", help="in this batch alone: its id, or a job of it"
    )
    _jobs(command(actions, "duplicate", "queue_again:duplicate", "make another job like one, behind it"))
    parser = command(actions, "clear", "queue_changes:clear", "cancel all jobs that wait")
    profile_option(parser)
    _session(parser, "only those of this session")
    parser.add_argument(
        "--batch", type=text, metavar="ID", help="only those of this batch: its id, or a job of it"
    )
    parser.add_argument("--yes", action="store_true", help="it is meant; without this they are not cancelled")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON to stdout")
    parser = command(
        actions,
        "wait",
        "queue_waiting:run",
        "return when jobs have ended: those named, or all that are not on hold",
        epilog="The exit code is the worst of theirs; ctrl+c stops the waiting alone.",
    )
    _jobs(parser, "*")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def _session(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("-s", "--session", type=text, default=argparse.SUPPRESS, metavar="NAME", help=help)


def worker(commands: Commands) -> None:
    """Adds `worker`."""
    parser = command(
        commands,
        "worker",
        "worker:run",
        "work on the queue until nothing is left to do",
        epilog="There is one worker for each home; a second one says so and ends. It ends by itself when\n"
        "every job has ended or is on hold, and stays for servers that are away. Closing the terminal\n"
        "does not end it; ctrl+c and SIGTERM do: what is at a server goes on there and is found again.",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stay", action="store_true", help="never end by itself, for a service")
    how.add_argument(
        "--idle", type=seconds, default=5.0, metavar="SECONDS", help="stay so long without work (5)"
    )
    how.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)
    how.add_argument(
        "--print-unit", action="store_true", help="write a systemd user unit that keeps a worker running"
    )
