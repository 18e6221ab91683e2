"""`darkroom worker`: takes the queue over, hands it on, and leaves when nothing is left."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING

from darkroom.config.paths import resolve
from darkroom.services.background import Background
from tests.cli.conftest import SMALL, TIMEOUT_S, wait_for
from tests.cli.test_running import LONG, newest, read_until
from tests.servers.fooocus import FooocusServer
from tests.servers.process import running as serving

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.cli.conftest import Cli
    from tests.servers.comfyui import ComfyServer


def left_to_its_server(cli: Cli, server: ComfyServer, *options: str) -> None:
    """A job that runs, and that no Darkroom follows."""
    running = cli.start("generate", "x", "--url", server.url, *(options or LONG))
    assert running.stderr is not None
    read_until(running.stderr.fileno(), b"sampling")
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=TIMEOUT_S)


def at_work(cli: Cli) -> subprocess.Popen[bytes]:
    """A worker in the foreground that takes jobs."""
    running = cli.start("worker", "--stay")
    wait_for(lambda: Background(resolve(cli.home, {})).running() == running.pid, "the worker")
    return running


def owners(cli: Cli) -> list[str]:
    """Who has the unfinished jobs."""
    db = sqlite3.connect(cli.home / "data" / "darkroom.db")
    try:
        return [
            row[0] for row in db.execute("SELECT owner FROM generations JOIN queue ON number = generation")
        ]
    finally:
        db.close()


def test_without_work_it_leaves_by_itself(cli: Cli) -> None:
    done = cli("worker", "--idle", "0")
    assert (done.code, done.out) == (0, "")
    assert "Working on the queue" in done.err
    assert "has begun" in (cli.home / "logs" / "worker.log").read_text()


async def test_it_brings_home_what_was_left_and_tells_each_end(cli: Cli, server: ComfyServer) -> None:
    left_to_its_server(cli, server, "--size", "64x64", "--set", "steps=40")
    done = cli("worker", "--idle", "0")
    assert done.code == 0, done.err
    (line,) = done.out.splitlines()
    assert line.startswith("#1 complete on ")
    assert newest(cli)["status"] == "complete"


async def test_two_that_work_hand_a_running_job_to_each_other_at_once(cli: Cli, server: ComfyServer) -> None:
    worker = at_work(cli)
    left_to_its_server(cli, server)
    wait_for(lambda: owners(cli) not in ([], [""]), "the worker to take over what generate let go of")
    first = owners(cli)
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=TIMEOUT_S)
    assert (worker.returncode, out) == (0, b"")
    assert owners(cli) == [""]
    following = at_work(cli)
    wait_for(lambda: owners(cli) not in ([], [""]), "the next worker to take it over")
    assert owners(cli) != first
    assert (await server.state()).jobs == 1, "it was sent once"
    following.send_signal(signal.SIGINT)
    following.communicate(timeout=TIMEOUT_S)
    assert following.returncode == 0


def test_a_second_worker_says_so_and_leaves(cli: Cli) -> None:
    worker = at_work(cli)
    second = cli("worker", "--stay")
    assert second.code == 0
    assert "at work already" in second.err
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=TIMEOUT_S)


async def test_a_closed_line_does_not_end_it_and_a_killed_one_is_replaced(
    cli: Cli, server: ComfyServer
) -> None:
    worker = at_work(cli)
    worker.send_signal(signal.SIGHUP)
    left_to_its_server(cli, server, "--size", "64x64", "--set", "steps=60")
    wait_for(lambda: owners(cli) not in ([], [""]), "the worker to take the job over")
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=TIMEOUT_S)
    done = cli("worker", "--idle", "0")
    assert done.code == 0, done.err
    assert "#1 complete" in done.out
    assert newest(cli)["status"] == "complete"


async def test_what_somebody_asked_to_stop_is_stopped_by_who_takes_it_over(
    cli: Cli, server: ComfyServer
) -> None:
    left_to_its_server(cli, server)
    db = sqlite3.connect(cli.home / "data" / "darkroom.db")
    with db:  # as a Darkroom leaves it that was killed while it cancelled
        db.execute("UPDATE queue SET cancelled = 1")
    db.close()
    done = cli("worker", "--idle", "0")
    assert "#1 cancelled" in done.out
    assert newest(cli)["status"] == "cancelled"


def test_a_changed_configuration_is_read_again(cli: Cli) -> None:
    worker = at_work(cli)
    assert cli("profiles", "add", "box", "http://127.0.0.1:9", "--service", "comfyui", "--no-test").code == 0
    log = cli.home / "logs" / "worker.log"
    wait_for(lambda: log.read_text().count("has begun") == 2, "the worker to begin anew")
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=TIMEOUT_S)
    assert worker.returncode == 0


async def test_a_job_that_nobody_could_find_again_is_finished_first(cli: Cli, tmp_path: Path) -> None:
    async with serving(FooocusServer(tmp_path / "fooocus")) as server:
        assert cli("profiles", "add", "box", server.url, "--service", "fooocus", "--no-test").code == 0
        worker = at_work(cli)
        small = ("--size", "64x64", "--set", "batch_size=1", "--set", "steps=100")
        assert cli("queue", "add", "x", "-p", "box", *small).code == 0
        wait_for(lambda: newest(cli)["status"] == "running", "the job to run")
        assert cli("profiles", "add", "other", server.url, "--service", "fooocus", "--no-test").code == 0
        assert cli("queue", "wait", "1").code == 0
        log = cli.home / "logs" / "worker.log"
        wait_for(lambda: log.read_text().count("has begun") == 2, "the worker to begin anew")
        worker.send_signal(signal.SIGTERM)
        out, _ = worker.communicate(timeout=TIMEOUT_S)
        assert b"#1 complete on box" in out


async def test_who_leaves_a_job_that_nobody_could_find_again_says_so(cli: Cli, tmp_path: Path) -> None:
    async with serving(FooocusServer(tmp_path / "fooocus")) as server:
        assert cli("profiles", "add", "box", server.url, "--service", "fooocus", "--no-test").code == 0
        running = cli.start("generate", "x", "-p", "box", "--size", "64x64", "--set", "steps=200")
        assert running.stderr is not None
        read_until(running.stderr.fileno(), b"sampling")
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=TIMEOUT_S)
        assert running.returncode == 130
        assert b"#1 cannot be brought home: box tells nobody else of it" in err


def test_it_runs_the_person_s_command_when_the_queue_is_empty(cli: Cli, url: str) -> None:
    told = cli.home / "told"
    cli.home.joinpath("config").mkdir(parents=True)
    settings = f"notify_command = 'cp /dev/null {told}'\nnotify_command_when = 'always'\n"
    cli.home.joinpath("config", "config.toml").write_text(settings)
    assert cli("generate", "x", "--url", url, *SMALL, "--no-wait").code == 0
    wait_for(told.exists, "the command of the person")


def test_jobs_on_hold_do_not_keep_it(cli: Cli, url: str) -> None:
    assert cli("queue", "add", "x", "--url", url, *SMALL, "--paused").code == 0
    assert cli("worker", "--idle", "0").code == 0
    assert cli("profiles", "add", "box", url, "--no-test").code == 0
    assert cli("profiles", "group", "farm", "box").code == 0
    cli("queue", "pause", "--profile", "box")
    assert cli("queue", "add", "x", "-p", "farm", *SMALL).code == 0
    assert cli("worker", "--idle", "0").code == 0, "its only server is paused"
    assert cli("queue", "--json").json()["waiting"] == 2


def test_the_unit_for_systemd_names_this_home(cli: Cli) -> None:
    done = cli("worker", "--print-unit")
    assert done.code == 0
    assert f"--home {cli.home}" in done.out.replace('"', "")
    assert "ExecStart=" in done.out
    assert "enable-linger" in done.err
