"""What a real tmux says of who shows a pane, and what becomes of it when it says something else."""

from __future__ import annotations

import asyncio
import os
import pty
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.terminal import tmux

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from darkroom.terminal.evidence import Client

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not there")

PANE = "$1||@2|1|0|00|on|3.5a"
KITTY = "$1||@2|100|7|root|9x18|title,RGB|xterm-kitty|kitty(0.41.1)"
FOOT = "$1||@2|200|8|root|8x16|sixel,title|foot|foot(1.21.0)"


class Server:
    """A tmux of its own, with a session and no configuration."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._clients: list[tuple[int, subprocess.Popen[bytes]]] = []
        self.run("new-session", "-d", "-s", "one", "-x", "80", "-y", "24", "cat")
        self.pane = self.run("display-message", "-p", "-t", "one", "#{pane_id}")

    def run(self, *words: str) -> str:
        command = ("tmux", "-S", str(self.socket), "-f", "/dev/null", *words)
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()

    def attach(self, term: str, session: str = "one") -> None:
        ours, theirs = pty.openpty()
        environ = {"TERM": term, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        command = ("tmux", "-u", "-S", str(self.socket), "attach", "-t", session)
        client = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
        os.close(theirs)
        self._clients.append((ours, client))
        count = len(self._clients)
        until(lambda: len(self.run("list-clients").splitlines()) == count)

    def close(self) -> None:
        self.run("kill-server")
        for terminal, client in self._clients:
            os.close(terminal)
            client.wait(20)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    # Not tmp_path: the name of a socket may have some hundred characters only.
    with tempfile.TemporaryDirectory(prefix="tmux") as folder:
        opened = Server(Path(folder) / "socket")
        monkeypatch.setenv("TMUX", f"{opened.socket},1,0")
        monkeypatch.setenv("TMUX_PANE", opened.pane)
        try:
            yield opened
        finally:
            opened.close()


def told() -> Client:
    client = tmux.ask_blocking()
    assert client is not None
    return client


@needs_tmux
async def test_tmux_tells_who_is_there(server: Server) -> None:
    nobody = await tmux.ask()
    assert nobody is not None
    assert (nobody.count, nobody.termname, nobody.identity) == (0, "", "")
    assert nobody.version
    server.run("set", "-g", "allow-passthrough", "on")
    server.attach("xterm-256color")
    client = await tmux.ask()
    assert client is not None
    assert (client.termname, client.count, client.passthrough, client.others) == (
        "xterm-256color",
        1,
        "on",
        (),
    )
    assert client.in_front
    assert client.in_sight
    assert client.passes
    assert client == tmux.ask_blocking() == await tmux.ask(server.pane), "nothing happened"
    assert tmux.client() == "xterm-256color"


@needs_tmux
def test_another_client_is_another(server: Server) -> None:
    server.attach("xterm-256color")
    first = told()
    server.attach("xterm")
    both = told()
    assert both.count == 2
    assert {both.termname, both.others[0].termname} == {"xterm-256color", "xterm"}
    assert both.identity != first.identity


@needs_tmux
def test_who_looks_at_another_session_does_not_count(server: Server) -> None:
    server.run("new-session", "-d", "-s", "two", "cat")
    server.attach("xterm", "two")
    assert told().count == 0
    server.run("new-session", "-d", "-t", "one", "-s", "grouped")
    server.attach("xterm-256color", "grouped")
    assert (told().count, told().termname) == (1, "xterm-256color"), "a group shares its windows"


@needs_tmux
def test_a_pane_without_the_keys_knows_it(server: Server) -> None:
    server.attach("xterm-256color")
    server.run("split-window", "-t", server.pane, "cat")
    beside = told()
    assert (beside.in_front, beside.in_sight) == (False, True)
    server.run("resize-pane", "-Z", "-t", "one")
    assert not told().in_sight, "the other pane fills the window"
    server.run("select-pane", "-t", server.pane)
    assert (told().in_front, told().in_sight) == (True, True)
    server.run("set", "-w", "-t", server.pane, "synchronize-panes", "on")
    assert not told().in_front, "an answer would be typed into all panes"
    server.run("set", "-w", "-t", server.pane, "synchronize-panes", "off")
    server.run("copy-mode", "-t", server.pane)
    assert not told().in_front, "an answer would be a command there"
    server.run("send-keys", "-t", server.pane, "-X", "cancel")
    assert told().in_front
    client = server.run("list-clients", "-F", "#{client_name}")
    server.run("switch-client", "-c", client, "-T", "prefix")
    assert not told().in_front, "the user is about to give tmux a command"
    server.run("switch-client", "-c", client, "-T", "root")
    server.run("new-window", "-t", "one", "cat")
    assert (told().in_front, told().in_sight) == (False, False)


@needs_tmux
def test_a_pane_that_is_gone_is_told_of_by_nobody(server: Server) -> None:
    assert tmux.ask_blocking("%99") is None


async def test_a_tmux_that_fails_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path}/none,1,0")
    assert await tmux.ask("%0") is None
    assert tmux.ask_blocking("%0") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await tmux.ask("%0") is None
    assert tmux.ask_blocking("%0") is None
    assert tmux.client() == ""


async def test_a_tmux_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "tmux"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    began = time.monotonic()
    assert await tmux.ask("%0", timeout_s=0.3) is None
    assert tmux.ask_blocking("%0", timeout_s=0.3) is None
    assert time.monotonic() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_who_no_longer_wants_to_know_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "tmux"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/new\nmv {tmp_path}/new {tmp_path}/pid\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    asking = asyncio.create_task(tmux.ask("%0", timeout_s=60))
    async with asyncio.timeout(20):
        while not (tmp_path / "pid").exists():  # noqa: ASYNC110 - a file of another process
            await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_answer_is_understood() -> None:
    client = tmux.understood(f"{PANE}\n{FOOT}\n{KITTY}\n$9||@9|1|1|root|9x18|sixel|foot|foot(1.21.0)\n")
    assert client is not None
    assert (client.termname, client.termtype) == ("xterm-kitty", "kitty(0.41.1)")
    assert client.features == {"title", "RGB"}
    assert (client.cell_px, client.version, client.passthrough) == ((9, 18), "3.5a", "on")
    assert (client.count, client.identity) == (2, "100/7 200/8")
    assert [each.termname for each in client.others] == ["foot"]
    assert client.in_front


def test_a_window_that_is_linked_into_another_session_is_seen_there() -> None:
    client = tmux.understood(f"{PANE}\n$5||@2|1|1|root|9x18|sixel|foot|foot(1.21.0)")
    assert client is not None
    assert client.termname == "foot"


def test_what_a_terminal_calls_itself_does_no_harm() -> None:
    evil = "$1||@2|100|7|root|9x18|a,\x1b[2J,b|x\x07term|ki|tty\x1b]0;pwned\x07" + "y" * 5000
    client = tmux.understood(f"{PANE}\n{evil}")
    assert client is not None
    texts = [client.termname, client.termtype, *client.features]
    assert all(text.isprintable() and len(text) <= tmux.LONGEST for text in texts)
    assert client.termtype.startswith("ki|tty")


@pytest.mark.parametrize("cell", ["x", "0x0", "9x", "-1x5", "²x³", "9x18x1", ""])
def test_a_cell_without_a_size_is_unknown(cell: str) -> None:
    client = tmux.understood(f"{PANE}\n{KITTY.replace('9x18', cell)}")
    assert client is not None
    assert client.cell_px is None


def test_an_old_tmux_knows_less() -> None:
    client = tmux.understood("$1||@2|1|0|0||\n$1|||100|7||x||screen|")
    assert client is not None
    assert (client.termname, client.features, client.version, client.passes) == (
        "screen",
        frozenset(),
        "",
        False,
    )


@pytest.mark.parametrize("text", ["", "\n", "can't find pane: %9", "a|b|c", PANE + "|more"])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert tmux.understood(text) is None


@given(st.lists(st.text(alphabet="|$@%1x,a\x1b\n\udc80é", max_size=60), max_size=5))
def test_whatever_tmux_says_it_is_understood_or_not(lines: list[str]) -> None:
    client = tmux.understood("\n".join([PANE, *lines]))
    assert client is not None
    assert client.count <= 1 + sum(map(len, lines))
    tmux.understood("\n".join(lines))


def test_what_is_wrapped_has_every_escape_twice() -> None:
    assert tmux.passthrough("\x1b_Gi=1;\x1b\\") == "\x1bPtmux;\x1b\x1b_Gi=1;\x1b\x1b\\\x1b\\"
