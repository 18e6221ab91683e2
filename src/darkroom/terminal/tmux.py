"""tmux: sequences on their way through it, and what it says of the terminals behind it.

The environment cannot tell: it is that of whoever started tmux, and clients come and go.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import replace
from typing import NamedTuple

from darkroom.domain.text import excerpt
from darkroom.terminal.evidence import Client

TIMEOUT_S = 1.0
"""tmux answers in some milliseconds, or hangs."""

PATIENT_S = 3.0
"""Where nobody waits for it, a machine that is busy gets more time."""

_PANE = (
    "#{session_id}",
    "#{session_group}",
    "#{window_id}",
    "#{pane_active}",
    "#{window_zoomed_flag}",
    "#{pane_in_mode}#{pane_synchronized}",
    "#{allow-passthrough}",
    "#{version}",
)
_CLIENT = (
    "#{session_id}",
    "#{session_group}",
    "#{window_id}",
    "#{client_created}",
    "#{client_pid}",
    "#{client_key_table}",
    "#{client_cell_width}x#{client_cell_height}",
    "#{client_termfeatures}",
    "#{client_termname}",
    "#{client_termtype}",
)
"""What tmux does not know it leaves empty; what the terminal wrote itself comes last, whatever is in it.

Source: tmux(1), FORMATS; client_termfeatures and client_termtype since 3.2.
"""

_FLAGS = {"0": "off", "1": "on"}
"""How tmux 3.3a writes `allow-passthrough`, seen; it was no choice of three before 3.4."""

LONGEST = 200
"""Most characters of one field."""


class _Pane(NamedTuple):
    session: str
    group: str
    window: str
    active: str
    zoomed: str
    mode: str
    passthrough: str
    version: str


class _Row(NamedTuple):
    session: str
    group: str
    window: str
    created: str
    pid: str
    table: str
    cell: str
    features: str
    termname: str
    termtype: str


def passthrough(sequence: str) -> str:
    r"""`sequence` wrapped so that tmux hands it to the terminal behind it unread.

    It arrives only where tmux has `allow-passthrough on`; each sequence is wrapped by itself.

    Source: tmux(1), allow-passthrough: `ESC P tmux; … ESC \`, every ESC inside doubled.
    """
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def client(timeout_s: float = TIMEOUT_S) -> str:
    """The names of the terminal that shows this pane: its TERM, and what it answered to XTVERSION.

    Blocks for some milliseconds, and never longer than `timeout_s`.

    Returns:
        For example "xterm-kitty kitty(0.41.1)"; "" when tmux does not answer or nobody is attached.
    """
    told = ask_blocking(timeout_s=timeout_s)
    return "" if told is None else f"{told.termname} {told.termtype}".strip()


async def ask(pane: str | None = None, *, timeout_s: float = PATIENT_S) -> Client | None:
    """Who shows this pane; `None` when tmux does not tell. One process of some milliseconds.

    Args:
        pane: The pane's id, of `TMUX_PANE` when it is not said.
        timeout_s: When tmux is no longer waited for.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *_command(pane),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(timeout_s):
            output, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return understood(output.decode(errors="replace")) if process.returncode == 0 else None


def ask_blocking(pane: str | None = None, *, timeout_s: float = TIMEOUT_S) -> Client | None:
    """The same, for where no event loop runs."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, and an id that is no option
            _command(pane),
            capture_output=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return understood(done.stdout.decode(errors="replace")) if done.returncode == 0 else None


def understood(output: str) -> Client | None:
    """The oldest client that shows the pane, with the others; `None` when this is no answer.

    Clients count when they are attached to the pane's session, to one of its group, or have its window on
    the screen. Without any the client has no name, and its `count` is 0.

    Args:
        output: A line about the pane, then one for each client of the server.
    """
    lines = output.splitlines()
    fields = lines[0].split("|") if lines else []
    if len(fields) != len(_PANE):
        return None
    pane = _Pane(*(excerpt(text, LONGEST) for text in fields))
    if not pane.session:
        return None  # the pane is gone
    rows = [row for line in lines[1:] if (row := _row(line)) is not None and _shows(row, pane)]
    rows.sort(key=lambda row: (row.created, row.pid))
    clients = [_client(row, pane) for row in rows] or [_client(_Row(*[""] * len(_CLIENT)), pane)]
    is_active = pane.active == "1"
    is_before_all = bool(rows) and all(row.window == pane.window for row in rows)
    return replace(
        clients[0],
        count=len(rows),
        identity=" ".join(f"{row.created}/{row.pid}" for row in rows),
        # The keys of a pane that shows its history go there, those of synchronized panes to all of them, and
        # what comes after tmux's prefix key is looked up as a command: an answer would be, in its place.
        in_front=is_active
        and is_before_all
        and "1" not in pane.mode
        and all(row.table in ("", "root") for row in rows),
        in_sight=is_before_all and (is_active or pane.zoomed != "1"),
        others=tuple(clients[1:]),
    )


def _command(pane: str | None) -> tuple[str, ...]:
    pane = os.environ.get("TMUX_PANE", "") if pane is None else pane
    target = ("-t", pane) if pane.startswith("%") else ()
    about_pane = ("display-message", "-p", *target, "|".join(_PANE))
    return ("tmux", *about_pane, ";", "list-clients", "-F", "|".join(_CLIENT))


def _row(line: str) -> _Row | None:
    fields = line.split("|", len(_CLIENT) - 1)
    return _Row(*fields) if len(fields) == len(_CLIENT) else None


def _shows(row: _Row, pane: _Pane) -> bool:
    is_in_group = bool(pane.group) and row.group == pane.group
    return row.session == pane.session or is_in_group or row.window == pane.window


def _client(row: _Row, pane: _Pane) -> Client:
    return Client(
        termname=excerpt(row.termname, LONGEST),
        termtype=excerpt(row.termtype, LONGEST),
        features=frozenset(filter(None, excerpt(row.features, 2000).split(","))),
        passthrough=_FLAGS.get(pane.passthrough, pane.passthrough),
        cell_px=_cell(row.cell),
        version=pane.version,
    )


def _cell(text: str) -> tuple[int, int] | None:
    width, _, height = text.partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        return None
    size = int(width[:5]), int(height[:5])
    return size if min(size) > 0 else None
