"""What the command line writes: data to stdout, everything else to stderr, nothing a terminal acts on."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, TextIO

from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from darkroom.domain.errors import DarkroomError


def data(text: str) -> None:
    """One or more lines of data on stdout, made printable."""
    _write(sys.stdout, printable(text, keep_lines=True) + "\n")


def document(text: str) -> None:
    """A text for another program (JSON, a completion script) on stdout, as it is."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def as_json(value: Any) -> None:
    """`value` as JSON on stdout.

    Everything beyond ASCII is escaped: no text in it can act on a terminal, and any encoding can carry it.
    """
    document(json.dumps(value, indent=2))


def say(text: str = "") -> None:
    """A remark on stderr, made printable."""
    _write(sys.stderr, printable(text, keep_lines=True) + "\n")


def complain(error: DarkroomError) -> None:
    """An error on stderr: what happened, what is known, what to do."""
    name = "\x1b[31mdarkroom:\x1b[0m" if colours(sys.stderr) else "darkroom:"
    title, *more = error.lines()
    _write(sys.stderr, f"{name} {title}\n")
    for part in more:
        say("\n".join(f"  {line}" for line in part.splitlines()))


def colours(stream: TextIO) -> bool:
    """Whether `stream` is a terminal whose user does not mind colours. Source: no-color.org."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def table(rows: Iterable[Sequence[str]], headings: Sequence[str]) -> str:
    """Rows as aligned columns, without borders; the last column is as wide as it is.

    Widths are counted in terminal columns, so that wide characters do not push the rest aside.
    """
    lines = [[printable(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    padded = (
        [cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True)]
        for line in lines
    )
    return "\n".join("  ".join(line).rstrip() for line in padded)


def columns(text: str) -> int:
    """How many columns of a terminal printable `text` takes: two for wide characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def prepare_streams() -> None:
    """Lets no character that the terminal's encoding lacks, and no lone surrogate, end the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def abandon_stdout() -> None:
    """After a broken pipe: nothing more is written, and the interpreter's last flush fails silently."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
