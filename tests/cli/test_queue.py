"""`darkroom queue`: what it lists, and what it changes, on jobs that nobody works on."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import SMALL, TIMEOUT_S
from tests.cli.test_running import read_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli, Done
    from tests.servers.comfyui import ComfyServer


@pytest.fixture
def box(cli: Cli, url: str) -> str:
    """A server with a name, whose queue is paused, so that nothing is sent."""
    assert cli("profiles", "add", "box", url, "--no-test").code == 0
    assert cli("queue", "pause", "--profile", "box").code == 0
    return "box"


@pytest.fixture
def add(cli: Cli, box: str) -> Callable[..., list[int]]:
    """Puts jobs into the queue; gives their numbers."""

    def added(*arguments: str) -> list[int]:
        done = cli("queue", "add", *arguments, "--profile", box, *SMALL, "--json")
        assert done.code == 0, done.err
        return [job["number"] for job in done.json()]

    return added


def numbers(cli: Cli, *options: str) -> list[int]:
    return [job["number"] for job in cli("queue", "list", "--json", *options).json()["jobs"]]


def states(cli: Cli) -> list[str]:
    return [job["state"] for job in cli("queue", "--json").json()["jobs"]]


def refused(done: Done, words: str) -> None:
    assert done.code == 2, done
    assert words in done.err
    assert done.out == ""


def test_an_empty_queue_says_so(cli: Cli) -> None:
    done = cli("queue")
    assert (done.code, done.out, done.err) == (0, "", "The queue is empty\n")
    told = cli("queue", "list", "--json").json()
    assert told == {"at_servers": 0, "waiting": 0, "seconds": 0.0, "pauses": [], "jobs": []}
    assert cli("queue", "wait").code == 0


def test_what_waits_is_listed_in_its_order(cli: Cli, add: Callable[..., list[int]]) -> None:
    assert add("one") == [1]
    assert add("two", "--priority", "urgent") == [2]
    assert add("three", "--paused") == [3]
    done = cli("queue", "list", "--json")
    told = done.json()
    assert (told["waiting"], told["at_servers"]) == (3, 0)
    assert [(job["number"], job["state"], job["priority"]) for job in told["jobs"]] == [
        (2, "stopped", "urgent"),
        (1, "stopped", "normal"),
        (3, "paused", "normal"),
    ]
    assert told["pauses"] == [{"profile": "box", "reason": "", "hint": ""}]
    said = cli("queue")
    assert [re.split(r"\s{2,}", line)[:3] for line in said.out.splitlines()] == [
        ["#", "STATE", "SERVER"],
        ["2", "box is paused", "box"],
        ["1", "box is paused", "box"],
        ["3", "paused", "box"],
    ]
    assert [job["why"] for job in told["jobs"]] == ["box is paused", "box is paused", "paused"]
    assert "darkroom queue resume --profile box" in said.err
    assert numbers(cli, "--limit", "1") == [2]
    assert numbers(cli, "--profile", "demo") == []


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (("4", "2", "--first"), [2, 4, 1, 3]),
        (("1", "--last"), [2, 3, 4, 1]),
        (("4", "--before", "2"), [1, 4, 2, 3]),
        (("1", "--after", "3"), [2, 3, 1, 4]),
        (("2", "3", "--up"), [2, 3, 1, 4]),
        (("2", "3", "--down"), [1, 4, 2, 3]),
    ],
)
def test_jobs_are_moved(
    cli: Cli, add: Callable[..., list[int]], where: tuple[str, ...], order: list[int]
) -> None:
    assert add("a {1|2|3|4}", "--wildcards", "all") == [1, 2, 3, 4]
    done = cli("queue", "move", *where)
    assert done.code == 0, done.err
    assert numbers(cli) == order


def test_a_priority_goes_before_the_order(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--count", "3")
    done = cli("queue", "priority", "3", "urgent", "--json")
    assert [(job["number"], job["priority"]) for job in done.json()] == [(3, "urgent")]
    assert cli("queue", "priority", "1", "idle").code == 0
    assert numbers(cli) == [3, 2, 1]
    assert cli("queue", "priority", "1", "soon").code == 2


def test_jobs_and_servers_are_paused_and_resumed(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--count", "2")
    assert cli("queue", "pause", "1").code == 0
    assert states(cli) == ["paused", "stopped"]
    everything = cli("queue", "pause", "--json").json()
    assert [pause["profile"] for pause in everything["pauses"]] == [None, "box"]
    assert everything["held"] == 1
    refused(cli("queue", "resume", "1", "--profile", "box"), "do not go together")
    assert cli("queue", "resume", "1").code == 0
    assert states(cli) == ["stopped", "stopped"]
    assert cli("queue", "pause", "2").code == 0
    resumed = cli("queue", "resume")
    assert "The queue goes on" in resumed.err
    assert "1 job is paused by itself" in resumed.err
    done = cli("queue", "wait")
    assert done.code == 0, done.err
    assert "1 job is paused, and not waited for" in done.err
    assert states(cli) == ["paused"]


def test_waiting_tells_each_end_and_the_worst_code(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--count", "2")
    assert cli("queue", "cancel", "1").err == "#1 cancelled\n"
    again = cli("queue", "cancel", "1", "--json")
    assert (again.code, again.json()[0]["result"]) == (0, "had ended already")
    assert cli("queue", "resume", "--profile", "box").code == 0
    done = cli("queue", "wait", "2", "1", "--json")
    assert done.code == 1, "one of them was cancelled"
    assert [(job["number"], job["status"]) for job in done.json()] == [(2, "complete"), (1, "cancelled")]
    assert cli("queue", "wait", "2").code == 0


def test_what_does_not_wait_cannot_be_moved(cli: Cli, make: Callable[..., Any]) -> None:
    made = make()
    for command in (("move", "--first"), ("priority", "urgent"), ("pause",), ("resume",)):
        action, *rest = command
        refused(cli("queue", action, "1", *rest), "#1 does not wait: it is complete")
    refused(cli("queue", "move", "1"), "one of the arguments")
    # Long enough to be the beginning of no id.
    refused(cli("queue", "move", "7700770", "--first"), "7700770")
    assert cli("queue", "cancel", made["id"][:8]).err == "#1 had ended already\n"


def test_a_job_is_made_once_more(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--count", "2", "--seed", "7")
    refused(cli("queue", "retry", "1"), "#1 has not ended")
    done = cli("queue", "duplicate", "1")
    assert (done.code, done.out) == (0, "3\n")
    assert numbers(cli) == [1, 3, 2]
    cli("queue", "cancel", "1")
    (retried,) = cli("queue", "retry", "1", "--json").json()
    assert (retried["number"], retried["of"], retried["seed"]) == (4, 1, "7")


async def test_what_failed_is_retried_once(cli: Cli, server: ComfyServer) -> None:
    made = ("generate", "a", "--url", server.url, *SMALL)
    assert cli(*made).code == 0, "now it is known what it offers"
    await server.kill()
    for _ in range(2):
        assert cli(*made).code == 3
    refused(cli("queue", "retry"), "not clear")
    refused(cli("queue", "retry", "1", "--failed"), "not clear")
    cli("queue", "pause")
    assert cli("queue", "retry", "--lost").err.startswith("Nothing in the session “")
    assert [job["of"] for job in cli("queue", "retry", "--failed", "--json").json()] == [2, 3]
    assert cli("queue", "retry", "--failed", "--json").json() == []


def test_clearing_is_said_twice(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--count", "3")
    add("b")
    add("c", "--session", "elsewhere")
    refused(cli("queue", "clear"), "--yes")
    assert cli("queue", "clear", "--batch", "2", "--yes", "--json").json() == {"cancelled": 3}
    assert cli("queue", "clear", "--session", "elsewhere", "--yes").err == "1 job cancelled\n"
    assert numbers(cli) == [4]
    refused(cli("queue", "clear", "--batch", "4", "--yes"), "#4 belongs to no batch")
    assert cli("queue", "clear", "--profile", "box", "--yes", "--json").json() == {"cancelled": 1}


def test_a_list_is_followed_until_it_is_ended(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a")
    running = cli.start("queue", "--follow", "--json")
    assert running.stdout is not None
    first = read_until(running.stdout.fileno(), b"\n")
    assert [job["number"] for job in json.loads(first)["jobs"]] == [1]
    add("b")
    read_until(running.stdout.fileno(), b'"number": 2')
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 130
    plain = cli.start("queue", "--follow", stderr=subprocess.DEVNULL)
    assert plain.stdout is not None
    assert b"\x1b" not in read_until(plain.stdout.fileno(), b"2 waiting")
    plain.send_signal(signal.SIGTERM)
    plain.communicate(timeout=TIMEOUT_S)


def test_the_doctor_tells_of_the_queue(cli: Cli, add: Callable[..., list[int]]) -> None:
    add("a", "--paused")
    found = {
        finding["name"]: finding
        for finding in cli("doctor", "--offline", "--json").json()
        if finding["section"] == "Queue"
    }
    assert found["jobs"]["value"] == "0 at servers, 0 waiting, 1 paused"
    assert "none runs" in found["worker"]["value"]
    assert "box is paused" in found["pause"]["value"]
    assert "darkroom queue resume --profile box" in found["pause"]["hint"]
    assert "after logout" in found
