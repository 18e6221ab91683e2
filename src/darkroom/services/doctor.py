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
from darkroom.services.doctor_queue import queue
from darkroom.services.doctor_servers import servers
from darkroom.services.doctor_terminal import terminal
from darkroom.services.findings import Finding, Level, failed
from darkroom.store.connection import Database, connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded
    from darkroom.terminal.evidence import Evidence

DISTRIBUTION = "darkroom-tui"


async def examine(
    paths: Paths,
    loaded: Loaded,
    environ: Mapping[str, str],
    evidence: Evidence | None,
    *,
    online: bool = True,
) -> list[Finding]:
    """All findings, section by section.

    Args:
        paths: The folders.
        loaded: The configuration.
        environ: The environment, colours settled (`truecolor.settle`).
        evidence: What the terminal answered; `None` in a pipe or a log.
        online: Servers are asked whether they are there. The demo is never started for it.
    """
    found = [
        *_program(),
        *terminal(loaded.settings.images, environ, evidence),
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
