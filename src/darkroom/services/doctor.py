"""Says what Darkroom found on this machine, what it made of it, and what to change."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from dataclasses import fields
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom import __version__
from darkroom.config.describe import descriptions
from darkroom.config.settings import Settings
from darkroom.domain.errors import DarkroomError
from darkroom.domain.text import plural, printable
from darkroom.services.core import Core
from darkroom.services.doctor_asking import ask
from darkroom.services.doctor_queue import queue
from darkroom.services.doctor_servers import servers
from darkroom.services.findings import Finding, Level, failed
from darkroom.store.connection import Database, connect
from darkroom.terminal import tmux
from darkroom.terminal.notify import Way, way
from darkroom.terminal.protocol import Protocol, choose

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded

DISTRIBUTION = "darkroom-tui"

_TERMINAL = (
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "NO_COLOR",
    "LANG",
    "LC_ALL",
)


async def examine(
    paths: Paths, loaded: Loaded, environ: Mapping[str, str], *, is_terminal: bool, online: bool = True
) -> list[Finding]:
    """All findings, section by section.

    Args:
        paths: The folders.
        loaded: The configuration.
        environ: The environment.
        is_terminal: The program runs on a terminal.
        online: Servers are asked whether they are there. The demo is never started for it.
    """
    found = [
        *_program(),
        *_terminal(loaded, environ, is_terminal=is_terminal),
        *_files(paths),
        *_configuration(loaded),
    ]
    try:
        paths.create()
        core = await Core.open(paths, loaded)
    except DarkroomError as error:
        return [*found, failed("Database", "database", error)]
    try:
        found += await _database(core)
        found += await queue(core, Path("/"))
        found += await servers(core, online=online)
    finally:
        await core.aclose()
    return found


def _program() -> Iterator[Finding]:
    yield Finding("Program", "darkroom", __version__)
    yield Finding("Program", "python", f"{platform.python_version()} at {sys.executable}")
    yield Finding("Program", "system", platform.platform())
    for requirement in metadata.requires(DISTRIBUTION) or []:
        if "extra ==" in requirement:
            continue
        name = requirement.partition(";")[0].strip()
        bare = name[: next((i for i, char in enumerate(name) if char in "<>=!~ ["), len(name))]
        try:
            yield Finding("Program", bare, metadata.version(bare))
        except metadata.PackageNotFoundError:
            yield Finding("Program", bare, "missing", Level.WRONG, "Install Darkroom again")


def _terminal(loaded: Loaded, environ: Mapping[str, str], *, is_terminal: bool) -> Iterator[Finding]:
    section = "Terminal"
    if not is_terminal:
        yield Finding(section, "terminal", "none: this is a pipe or a log", Level.NOTE)
    for name in _TERMINAL:
        if name in environ:
            yield Finding(section, name, printable(environ[name]))
    if environ.get("COLORTERM", "").lower() not in ("truecolor", "24bit"):
        yield Finding(
            section,
            "colours",
            "24-bit colours are not announced",
            Level.NOTE,
            "If the terminal has them: export COLORTERM=truecolor (over SSH it is often not passed on)",
        )
    choice = choose(loaded.settings.images, environ)
    yield Finding(section, "pictures", f"{choice.protocol}: {choice.reason}")
    yield _notifications(environ)
    if environ.get("TMUX"):
        yield from _tmux(needs_passthrough=choice.protocol is Protocol.KITTY)


def _notifications(environ: Mapping[str, str]) -> Finding:
    client = tmux.client() if environ.get("TMUX") else ""
    told = way(environ, client)
    if told is Way.NONE:
        hint = "This terminal is known for no notifications; notify_command can send them another way"
        return Finding("Terminal", "notifications", "the bell alone", Level.NOTE, hint)
    through = f" through tmux to {client}" if client else ""
    return Finding("Terminal", "notifications", f"{told}{through}, and the bell")


def _tmux(*, needs_passthrough: bool) -> Iterator[Finding]:
    yield Finding("Terminal", "tmux", ask("tmux", "-V") or "version unknown")
    passthrough = ask("tmux", "show-options", "-gv", "allow-passthrough") or "unknown"
    if ask("tmux", "show-options", "-gv", "focus-events") == "off":
        hint = (
            "That you look elsewhere is only seen by the keys you do not press: tmux set -g focus-events on"
        )
        yield Finding("Terminal", "focus-events", "off", Level.NOTE, hint)
    if passthrough in ("on", "all"):
        hint = (
            "Notifications arrive while the pane is in sight; always with: tmux set -g allow-passthrough all"
        )
        yield Finding("Terminal", "allow-passthrough", passthrough, hint=hint if passthrough == "on" else "")
        return
    yield Finding(
        "Terminal",
        "allow-passthrough",
        passthrough,
        Level.WRONG if needs_passthrough else Level.NOTE,
        "kitty's graphics and desktop notifications need: tmux set -g allow-passthrough on",
    )


def _files(paths: Paths) -> Iterator[Finding]:
    for name in ("config", "data", "cache", "logs"):
        folder = getattr(paths, name)
        yield Finding("Files", name, str(folder) + ("" if folder.is_dir() else " (not made yet)"))
    existing = next((f for f in (paths.data, *paths.data.parents) if f.is_dir()), None)
    if existing is not None:
        free = shutil.disk_usage(existing).free
        few = free < 1 << 30
        yield Finding(
            "Files",
            "free space",
            f"{free / (1 << 30):.1f} GiB",
            Level.NOTE if few else Level.FINE,
            "Pictures are kept as they are: make room" if few else "",
        )


def _configuration(loaded: Loaded) -> Iterator[Finding]:
    section = "Configuration"
    for error in loaded.errors:
        yield failed(section, error.key or "config.toml", error)
    meanings = descriptions()
    for setting in fields(Settings):
        source = loaded.sources.get(setting.name, "default")
        value = getattr(loaded.settings, setting.name)
        shown = plural(len(value), "key") if isinstance(value, dict) else repr(value)
        # What stands at its default needs no explanation: it is how the program comes.
        hint = "" if source == "default" else meanings[setting.name]
        yield Finding(section, setting.name, f"{shown} ({source})", hint=hint)


async def _database(core: Core) -> list[Finding]:
    section = "Database"
    file = core.paths.database
    sessions = await core.sessions.list()
    made = sum(s.complete + s.failed + s.unfinished for s in sessions)
    size = await asyncio.to_thread(lambda: file.stat().st_size)
    # A connection of its own: looking at every page takes long in a large file, and blocks nobody so.
    database = await Database.open(file, connect)
    try:
        version, remarks = await database.read(_inspect)
    finally:
        await database.aclose()
    is_sound = remarks == ["ok"]
    return [
        Finding(section, "file", f"{file}, {size / 1024:,.0f} KiB, version {version}"),
        Finding(section, "holds", f"{plural(len(sessions), 'session')}, {plural(made, 'generation')}"),
        Finding(
            section,
            "integrity",
            "sound" if is_sound else "damaged",
            Level.FINE if is_sound else Level.WRONG,
            "" if is_sound else "\n".join([*remarks, "Restore a backup; pictures lie beside it in blobs/"]),
        ),
    ]


def _inspect(connection: sqlite3.Connection) -> tuple[int, list[str]]:
    """Version of the schema, and SQLite's own remarks on the file: "ok" when it is sound."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version, [printable(str(row[0])) for row in connection.execute("PRAGMA quick_check(5)")]
