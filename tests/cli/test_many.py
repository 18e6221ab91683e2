"""`darkroom generate` with many jobs: made, counted beforehand, left to a worker, interrupted."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import SMALL, TIMEOUT_S, wait_for
from tests.cli.test_running import LONG, on_terminal, read_until

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.servers.comfyui import ComfyServer


def test_seeds_follow_each_other(cli: Cli, url: str) -> None:
    done = cli("generate", "a harbour", "--url", url, *SMALL, "--count", "3", "--seed", "41", "--json")
    assert done.code == 0, done.err
    assert [(job["number"], job["seed"]) for job in done.json()] == [(1, "41"), (2, "42"), (3, "43")]
    assert "#3 complete" in done.err


def test_a_sweep_makes_all_combinations_and_a_sheet(cli: Cli, url: str) -> None:
    sweep = ("--sweep", "steps=1..2", "--sweep", "cfg=5,7.5")
    target = ("--url", url, "--size", "64x64")
    preview = cli("generate", "a harbour", *target, *sweep, "--dry-run", "--json").json()
    assert preview == {
        "jobs": 4,
        "seconds": None,
        "unmeasured": 4,
        "axes": {"steps": ["1", "2"], "cfg": ["5", "7.5"]},
    }
    assert cli("history", "--json").json() == [], "nothing was kept"
    done = cli("generate", "a harbour", *target, *sweep, "--output", "pictures")
    assert done.code == 0, done.err
    files = done.out.splitlines()
    begun = sorted(file.partition("-")[0] for file in files)
    assert begun == [f"pictures/0000{number}" for number in range(1, 5)]
    assert all((cli.cwd / file).is_file() for file in files)
    again = cli("generate", "a harbour", *target, *sweep, "--dry-run")
    assert "4 jobs, about" in again.err
    assert [line.split() for line in again.out.splitlines()][:2] == [["#", "STEPS", "CFG"], ["1", "1", "5"]]
    sheet = cli("export", "--batch", "2", "--sheet", "--to", "grid.png")
    assert (sheet.code, sheet.out) == (0, "grid.png\n")
    assert (cli.cwd / "grid.png").read_bytes().startswith(b"\x89PNG")
    copied = cli("export", "--batch", "2", "--to", "all")
    assert len(copied.out.splitlines()) == 4
    assert cli("export", "--batch", "2", "1").code == 2
    assert cli("export", "1", "--sheet").code == 2


def test_prompts_come_from_a_file_or_stdin(cli: Cli, url: str) -> None:
    target = ("--url", url, *SMALL)
    done = cli("generate", "--prompts", "-", *target, "--json", stdin=b"one\n# no prompt\ntwo\n")
    assert [job["prompt"] for job in done.json()] == ["one", "two"]
    (cli.cwd / "list.jsonl").write_text('{"prompt": "three", "seed": 3}\n')
    (job,) = cli("generate", "--prompts", "list.jsonl", *target, "--json").json()
    assert (job["prompt"], job["seed"]) == ("three", "3")
    assert "cannot be read" in cli("generate", "--prompts", "missing.txt", *target).err
    both = cli("generate", "four", "--prompts", "list.jsonl", *target)
    assert (both.code, "do not go together" in both.err) == (2, True)


def test_templates_become_prompts_when_that_is_asked_for(cli: Cli, url: str) -> None:
    target = ("--url", url, *SMALL, "--json")
    done = cli("generate", "a {red|blue} harbour", *target, "--wildcards", "all")
    assert [job["prompt"] for job in done.json()] == ["a red harbour", "a blue harbour"]
    (drawn,) = cli("generate", "a {red|blue} harbour", *target, "--wildcards", "random").json()
    assert drawn["prompt"] in ("a red harbour", "a blue harbour")
    plain = cli("generate", "a {red|blue} harbour", *target).json()
    assert plain["prompt"] == "a {red|blue} harbour"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sweep", "steps"), "is no sweep"),
        (("--sweep", "steps=5,many"), "many"),
        (("--sweep", "seed=1..20000"), "10,000"),
        (("--sweep", "colour=red"), "colour"),
        (("--count", "0"), "from 1 on"),
        (("--no-wait", "--output", "pictures"), "cannot be copied"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_kept(
    cli: Cli, url: str, options: tuple[str, ...], words: str
) -> None:
    done = cli("generate", "x", "--url", url, *SMALL, *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert cli("history", "--json").json() == []


def test_what_is_not_waited_for_is_made_by_a_worker(cli: Cli, url: str) -> None:
    done = cli("generate", "x", "--url", url, *SMALL, "--count", "2", "--no-wait")
    assert (done.code, done.out) == (0, "1\n2\n")
    assert "a worker sends them" in done.err
    waited = cli("queue", "wait", "1", "2", "--json")
    assert waited.code == 0, waited.err
    assert [job["status"] for job in waited.json()] == ["complete"] * 2
    paused = cli("generate", "x", "--url", url, *SMALL, "--paused", "--json")
    (kept,) = paused.json()
    assert (kept["number"], kept["batch"]) == (3, None)
    (job,) = cli("queue", "--json").json()["jobs"]
    assert (job["number"], job["state"]) == (3, "paused")
    assert "1 job is paused: darkroom queue resume" in cli("recover").err


async def test_a_server_that_is_away_fails_one_and_keeps_the_rest(cli: Cli, server: ComfyServer) -> None:
    made = ("generate", "x", "--url", server.url, *SMALL)
    assert cli(*made).code == 0, "now it is known what it offers"
    await server.kill()
    done = cli(*made, "--count", "8")
    assert done.code == 3
    waiting = cli("queue", "--json").json()["waiting"]
    assert waiting >= 4
    told = re.search(r"(\d+) jobs stay in the queue", done.err)
    assert told is not None
    assert 0 <= int(told[1]) - waiting <= 1, "one that was on its way may have failed meanwhile"
    recovered = cli("recover")
    assert (recovered.code, f"{waiting} jobs wait in the queue: darkroom worker" in recovered.err) == (
        0,
        True,
    )


async def test_ctrl_c_cancels_all_of_them(cli: Cli, server: ComfyServer) -> None:
    running = cli.start("generate", "x", "--url", server.url, *LONG, "--count", "5")
    assert running.stderr is not None
    wait_for(lambda: cli("queue", "--json").json()["at_servers"] == 2, "two jobs at the server")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=TIMEOUT_S)
    assert (running.returncode, out) == (130, b"")
    assert b"Cancelling" in err
    assert {job["status"] for job in cli("history", "--json").json()} == {"cancelled"}
    assert (await server.state()).jobs == 2


@pytest.mark.parametrize(("number", "handed_over"), [(signal.SIGHUP, True), (signal.SIGTERM, False)])
async def test_a_closed_line_hands_them_to_a_worker(
    cli: Cli, server: ComfyServer, number: signal.Signals, *, handed_over: bool
) -> None:
    made = ("generate", "x", "--url", server.url, "--size", "64x64", "--set", "steps=40", "--count", "3")
    running = cli.start(*made)
    wait_for(lambda: cli("queue", "--json").json()["at_servers"] == 2, "two jobs at the server")
    running.send_signal(number)
    _, err = running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 130
    assert (b"left to a worker" in err) is handed_over
    if not handed_over:
        assert cli("worker", "--idle", "0").code == 0
    done = cli("queue", "wait", "1", "2", "3", "--json")
    assert [job["status"] for job in done.json()] == ["complete"] * 3
    assert (await server.state()).jobs == 3, "none was sent twice"


async def test_one_that_is_not_next_has_a_worker_see_to_those_before_it(
    cli: Cli, server: ComfyServer
) -> None:
    target = ("--url", server.url, "--size", "64x64", "--set", "steps=2")
    cli("queue", "pause")
    assert cli("queue", "add", "first", *target, "--count", "3").code == 0
    cli("queue", "pause", "3")
    running = cli.start("generate", "last", *target, "--json")
    assert running.stderr is not None
    read_until(running.stderr.fileno(), b"Everything is paused")
    cli("queue", "resume")
    out, err = running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 0, err
    assert b'"prompt": "last"' in out
    assert cli("queue", "--json").json()["waiting"] == 1


def test_on_a_terminal_one_line_tells_of_all(cli: Cli, url: str) -> None:
    code, out, seen = on_terminal(cli, "generate", "x", "--url", url, *SMALL, "--count", "4", columns=60)
    assert code == 0
    assert out.count(b"\n") == 4
    painted = [part.partition(b"\r\n")[0] for part in seen.split(b"\r\x1b[K")]
    bars = [part for part in painted if part.startswith(b"[")]
    assert bars
    assert all(b"/4" in bar and len(bar) < 60 for bar in bars)
