"""The person's own command, run when there is something to tell."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shlex
import signal
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from darkroom.domain.errors import ConfigError, DarkroomError
from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from darkroom.services.tidings import Notice

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
"""After so long the command is ended: a message to a phone takes seconds."""

MOST_SAID = 4096
"""Bytes of what it printed that go to the log."""


class Command:
    """Runs one command line, without a shell, one run at a time.

    It gets the notice as environment variables (`DARKROOM_EVENT`, `_TITLE`, `_BODY`, `_WAITING`, `_AWAY`,
    `_GENERATION`, `_PICTURE`) and as one line of JSON on its input. What it prints goes to the log.
    """

    def __init__(self, line: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Nothing is checked or run yet."""
        self._line = line
        self._timeout_s = timeout_s

    async def run(self, notice: Notice, *, away: bool, picture: Path | None) -> None:
        """Runs it to its end.

        Args:
            notice: What to tell.
            away: The person is not at the terminal, as far as is known.
            picture: The file of the picture it is about.

        Raises:
            ConfigError: The line is none that could be run.
            DarkroomError: It could not be started, took too long, or said by its status that it failed.
        """
        told = as_json(notice, away=away, picture=picture)
        try:
            # Files, not pipes: what it leaves running in the background may keep them open, and nobody waits.
            with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
                given.write(json.dumps(told).encode() + b"\n")
                given.seek(0)
                try:
                    status = await self._run(_environment(told), given, said)
                finally:
                    _log(said)
        except (OSError, ValueError) as error:  # ValueError: no system takes a NUL in a word
            raise DarkroomError(
                "The notify_command cannot be run",
                f"{excerpt(self._line, 200)}: {error}",
                "It is run without a shell: give the program's full path, or a script",
            ) from error
        if status:
            raise DarkroomError(
                "The notify_command failed",
                f"{excerpt(self._line, 200)} ended with status {status}",
                "The log says what it printed",
            )

    async def _run(self, environ: dict[str, str], given: IO[bytes], said: IO[bytes]) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._words(), stdin=given, stdout=said, stderr=said, env=environ, start_new_session=True
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                return await process.wait()
        except TimeoutError as error:
            raise DarkroomError(
                "The notify_command took too long",
                f"{excerpt(self._line, 200)} was ended after {self._timeout_s:g} s",
            ) from error
        finally:
            if process.returncode is None:
                # With all it started: it leads a group of its own.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()

    def _words(self) -> list[str]:
        try:
            words = [_at_home(word) for word in shlex.split(self._line)]
        except ValueError as error:
            raise ConfigError(f"notify_command is no command line: {error}", key="notify_command") from error
        if not words:
            raise ConfigError("notify_command is empty", key="notify_command")
        return words


def _at_home(word: str) -> str:
    return str(Path.home() / word[2:]) if word.startswith("~/") else word


def as_json(notice: Notice, *, away: bool, picture: Path | None) -> dict[str, Any]:
    """A notice as plain data; `seconds` is null while work is left."""
    last, tally = notice.tally.last, notice.tally
    return {
        "event": str(notice.event),
        "title": notice.title,
        "body": notice.body,
        "waiting": notice.waiting,
        "away": away,
        "seconds": None if notice.seconds is None else round(notice.seconds, 3),
        "done": tally.done,
        "failed": tally.failed,
        "lost": tally.lost,
        "generation": None
        if last is None
        else {
            "id": last.id,
            "number": last.number,
            "session": last.session_id,
            "status": str(last.status),
            "profile": last.profile,
            "prompt": last.prompt,
            "seed": last.seed,
            "reason": last.reason.title if last.reason else "",
        },
        "picture": None if picture is None else str(picture),
    }


def _environment(told: dict[str, Any]) -> dict[str, str]:
    generation = told["generation"]
    return os.environ | {
        "DARKROOM_EVENT": told["event"],
        "DARKROOM_TITLE": told["title"],
        "DARKROOM_BODY": told["body"],
        "DARKROOM_WAITING": str(told["waiting"]),
        "DARKROOM_AWAY": "yes" if told["away"] else "no",
        "DARKROOM_GENERATION": generation["id"] if generation else "",
        "DARKROOM_PICTURE": told["picture"] or "",
    }


def _log(said: IO[bytes]) -> None:
    said.seek(0)
    text = printable(said.read(MOST_SAID).decode("utf-8", "replace"), keep_lines=True).strip()
    if text:
        log.info("notify_command printed: %s", text)
