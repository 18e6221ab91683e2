"""While something runs: interrupts, terminals, the demo in the foreground."""

from __future__ import annotations

import os
import pty
import select
import signal
import termios
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import SMALL

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.servers.comfyui import ComfyServer

TIMEOUT_S = 60
LONG = ("--size", "512x512", "--set", "steps=400", "--seed", "7")


def read_until(descriptor: int, wanted: bytes) -> bytes:
    """What comes through a descriptor until `wanted` was among it."""
    data = b""
    end = time.monotonic() + TIMEOUT_S
    while wanted not in data:
        ready, _, _ = select.select([descriptor], [], [], max(0, end - time.monotonic()))
        assert ready, f"{wanted!r} did not come; came: {data!r}"
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # the other side of a terminal is closed
            piece = b""
        assert piece, f"{wanted!r} did not come; came: {data!r}"
        data += piece
    return data


def newest(cli: Cli) -> Any:
    return cli("history", "--json").json()[0]


async def test_ctrl_c_cancels_the_job_and_says_so(cli: Cli, server: ComfyServer) -> None:
    running = cli.start("generate", "x", "--url", server.url, *LONG)
    assert running.stderr is not None
    read_until(running.stderr.fileno(), b"sampling")
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=TIMEOUT_S)
    assert (running.returncode, out) == (130, b"")
    assert newest(cli)["status"] == "cancelled"


async def test_a_second_ctrl_c_does_not_wait_for_the_server(cli: Cli, server: ComfyServer) -> None:
    running = cli.start("generate", "x", "--url", server.url, *LONG)
    assert running.stderr is not None
    read_until(running.stderr.fileno(), b"sampling")
    await server.fault("delay_http", path="/interrupt", seconds=TIMEOUT_S)
    running.send_signal(signal.SIGINT)
    read_until(running.stderr.fileno(), b"Cancelling")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=TIMEOUT_S / 4)
    assert running.returncode == 130
    assert b"left to a worker" in err
    left = cli("queue", "list", "--json").json()["jobs"]
    state = left[0]["state"] if left else newest(cli)["status"]
    assert state in ("stopping", "cancelled"), "the worker sees to it"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_what_was_left_to_the_server_is_brought_home(
    cli: Cli, server: ComfyServer, number: signal.Signals
) -> None:
    running = cli.start("generate", "x", "--url", server.url, "--size", "64x64", "--set", "steps=40")
    assert running.stderr is not None
    read_until(running.stderr.fileno(), b"sampling")
    running.send_signal(number)
    out, err = running.communicate(timeout=TIMEOUT_S)
    assert (running.returncode, out) == (130 if number == signal.SIGTERM else -number, b"")
    assert (b"darkroom recover" in err) is (number == signal.SIGTERM)
    assert newest(cli)["status"] in ("queued", "running")
    done = cli("recover", "--json")
    assert done.code == 0, done.err
    (found,) = done.json()
    assert (found["id"], found["status"]) == (newest(cli)["id"], "complete")
    assert [output["width_px"] for output in found["outputs"]] == [64]
    assert cli("recover").err == "There is nothing to bring home\n"


async def test_a_server_that_refuses_is_told_by_the_exit_code(cli: Cli, server: ComfyServer) -> None:
    await server.fault("http_status", path="/prompt", status=401, body="who are you?")
    done = cli("generate", "x", "--url", server.url, *SMALL, "--json")
    assert done.code == 3
    assert done.json()["status"] == "failed"
    assert done.json()["reason"]["kind"] == "Unauthorized"
    await server.fault("html", path="/prompt")
    assert cli("generate", "y", "--url", server.url, *SMALL).code == 3


def on_terminal(cli: Cli, *arguments: str, columns: int = 80) -> tuple[int, bytes, bytes]:
    """Runs a command with stderr on a terminal; gives its exit code, stdout and what the terminal got."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    running = cli.start(*arguments, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    out, _ = running.communicate(timeout=TIMEOUT_S)
    return running.returncode, out, seen


async def test_on_a_terminal_a_bar_is_painted_over(cli: Cli, server: ComfyServer) -> None:
    code, out, seen = on_terminal(
        cli, "generate", "x", "--url", server.url, "--size", "256x256", "--set", "steps=30", columns=50
    )
    assert code == 0
    assert out.count(b"\n") == 1
    painted = [part.partition(b"\r\n")[0] for part in seen.split(b"\r\x1b[K")]
    bars = [part for part in painted if part.startswith(b"[")]
    assert len(bars) >= 3
    assert any(b"sampling" in part for part in bars)
    assert all(len(part) < 50 for part in bars)
    fractions = [part.count(b"=") for part in bars if b"%" in part]
    assert fractions == sorted(fractions), "the bar never goes back"
    assert b"complete" in seen


@pytest.mark.parametrize(
    ("images", "mark"),
    [("half", "▀".encode()), ("kitty", b"\x1b_G"), ("sixel", b"\x1bP"), ("none", b"pictures are off")],
)
def test_a_picture_is_drawn_on_a_terminal(cli: Cli, url: str, images: str, mark: bytes) -> None:
    command = ("--images", images, "generate", "x", "--url", url, *SMALL, "--show", "--json", "-q")
    code, out, seen = on_terminal(cli, *command)
    assert code == 0
    assert mark in seen
    assert b"\x1b" not in out


def test_the_demo_runs_in_the_foreground_until_it_is_ended(cli: Cli) -> None:
    running = cli.start("demo", "--port", "0")
    assert running.stdout is not None
    url = read_until(running.stdout.fileno(), b"\n").decode().strip()
    with urllib.request.urlopen(f"{url}/system_stats", timeout=TIMEOUT_S) as answer:  # noqa: S310 - our own http URL
        assert answer.status == 200
    again = cli("demo", "--port", "0")
    assert (again.code, again.out) == (0, f"{url}\n")
    made = cli("generate", "x", "--profile", "demo", *SMALL)
    assert made.code == 0, made.err
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 0


def test_the_screens_open_and_close_on_a_terminal(cli: Cli) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    running = cli.start(stdin=theirs, stdout=theirs, stderr=theirs)
    seen = read_until(ours, b"first session")
    os.write(ours, b"\x1b[21~")  # f10
    while running.poll() is None:
        if select.select([ours], [], [], 0.1)[0]:
            seen += os.read(ours, 65536)
    os.close(theirs)
    os.close(ours)
    assert running.returncode == 0
    assert seen.rfind(b"\x1b[?1049l") > seen.rfind(b"\x1b[?1049h"), "the terminal is given back as it was"


def test_the_screens_do_not_open_with_a_server_that_does_not_exist(cli: Cli) -> None:
    ours, theirs = pty.openpty()
    running = cli.start("--profile", "absent", stdin=theirs, stdout=theirs, stderr=theirs)
    seen = read_until(ours, b"lists them")
    assert running.wait(TIMEOUT_S) == 2
    os.close(theirs)
    os.close(ours)
    assert "No profile is called “absent”".encode() in seen
