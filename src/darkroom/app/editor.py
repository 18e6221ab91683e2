"""Editing a text in the person's own editor, with the terminal handed over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.app import App

FALLBACKS = ("nano", "vi")
"""Editors that are tried when the person named none, in this order."""

MAX_BYTES = 4 * 1024 * 1024
"""Largest text that is taken back."""


def editor_command(setting: str, environ: Mapping[str, str]) -> list[str]:
    """The editor as a command with its arguments: the setting, $VISUAL, $EDITOR, or one that is there.

    Raises:
        InputError: None of them can be found.
    """
    for wanted in (setting, environ.get("VISUAL", ""), environ.get("EDITOR", ""), *FALLBACKS):
        try:
            command = shlex.split(wanted)
        except ValueError as error:
            raise InputError(
                "The name of the editor cannot be read", f"“{excerpt(wanted, 60)}”: {error}", "Check $EDITOR"
            ) from error
        if command and shutil.which(command[0], path=environ.get("PATH")):
            return command
        if command and wanted not in FALLBACKS:
            raise InputError(
                f"There is no editor “{excerpt(command[0], 60)}”",
                hint="Set $EDITOR, or `editor` in the configuration, to one that is installed",
            )
    raise InputError("No editor was found", hint="Set $EDITOR to the one you like")


async def edit_text(app: App[object], text: str, command: list[str]) -> str:
    """Lets a person edit `text` in another program, and returns what they saved.

    The event loop goes on meanwhile, so that running jobs are followed and nothing times out; only
    the screen stands still. The text lies in a file that nobody else can read, and is gone afterwards.

    Args:
        app: Its terminal is handed over and taken back.
        text: What is edited.
        command: From `editor_command`.

    Raises:
        InputError: The terminal cannot be handed over, the editor failed, or what it wrote is no text.
            The old text stays.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="darkroom-"))
    file = folder / "prompt.txt"
    try:
        await asyncio.to_thread(_write, file, text)
        with _terminal_lent(app):
            code = await _run([*command, str(file)])
        if code != 0:
            raise InputError(
                f"{command[0]} ended with an error ({code})", hint="The text is as it was before"
            )
        return await asyncio.to_thread(_read, file)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _run(command: list[str]) -> int:
    try:
        process = await asyncio.create_subprocess_exec(*command)
    except OSError as error:
        raise InputError(f"{command[0]} cannot be started", error.strerror or str(error)) from error
    try:
        return await process.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        raise


@contextlib.contextmanager
def _terminal_lent(app: App[object]) -> Iterator[None]:
    """Gives the terminal away; nothing is painted over the other program until it is back."""
    failure: InputError | None = None
    try:
        with app.suspend(), app.batch_update():
            try:
                yield
            except InputError as error:
                # `App.suspend` takes the terminal back only when its body ends in peace.
                failure = error
    except SuspendNotSupported as error:
        raise InputError(
            "The terminal cannot be handed to an editor here",
            "Darkroom does not own this terminal (a browser, or a test)",
            "Type the text in its field",
        ) from error
    if failure is not None:
        raise failure


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass", newline="") as stream:
        stream.write(text)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputError("The text is too large", f"More than {MAX_BYTES >> 20} MiB")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError("The edited text is gone", error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise InputError("The edited text is not UTF-8", hint="Save it as UTF-8") from error
    # Editors end the last line; the prompt had no such line.
    return printable(text, keep_lines=True).removesuffix("\n")
