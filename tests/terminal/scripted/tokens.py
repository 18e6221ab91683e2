"""A stream of a terminal, taken apart: text, control characters, sequences and strings.

Source: ECMA-48; xterm, ctlseqs; a string that is cut by another Escape ends there (DEC STD 070).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Text(NamedTuple):
    """Characters to show."""

    text: str


class Control(NamedTuple):
    """One control character."""

    character: str


class Escape(NamedTuple):
    """A short sequence; `code` is all after the Escape."""

    code: str


class Csi(NamedTuple):
    """A control sequence, as `CSI ? 25 h` with mark "?", args "25" and final "h"."""

    mark: str
    args: str
    middle: str
    final: str

    def numbers(self, default: int = 0) -> list[int]:
        """The arguments, at least one; what is left out is `default`."""
        return [int(part) if part.isdigit() else default for part in self.args.split(";")]


class String(NamedTuple):
    """A command with a body of any length.

    Attributes:
        kind: "P" (DCS), "_" (APC), "]" (OSC), "^" (PM) or "X" (SOS).
        body: All between its beginning and its end.
        whole: False when something else began before it was ended.
    """

    kind: str
    body: str
    whole: bool = True


Token = Text | Control | Escape | Csi | String

_CSI = re.compile(r"\x1b\[([<=>?]?)([0-9;:]*)([ -/]*)([@-~])")
_BEGUN = re.compile(r"\x1b(\[[<=>?]?[0-9;:]*[ -/]*|[ -/]*)?")
_SHORT = re.compile(r"\x1b([ -/]*[0-~])")
_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")
_KINDS = "P_]^X"


class Tokens:
    """Takes a stream apart as it comes, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = ""
        self._searched = 0

    @property
    def is_between(self) -> bool:
        """Whether nothing is half read."""
        return not self._rest

    def feed(self, piece: str) -> Iterator[Token]:
        """All that is complete by now."""
        data = self._rest + piece
        at = 0
        while at < len(data):
            found = self._next(data, at)
            if found is None:
                break
            token, at = found
            self._searched = 0
            yield token
        self._rest = data[at:]

    def _next(self, data: str, at: int) -> tuple[Token, int] | None:
        if match := _TEXT.match(data, at):
            return Text(match[0]), match.end()
        if data[at] != "\x1b":
            return Control(data[at]), at + 1
        if data[at + 1 : at + 2] in _KINDS and at + 1 < len(data):
            return self._string(data, at)
        if match := _CSI.match(data, at):
            return Csi(*match.groups()), match.end()
        if _BEGUN.fullmatch(data, at):
            return None
        if match := _SHORT.match(data, at):
            return Escape(match[1]), match.end()
        return Control("\x1b"), at + 1

    def _string(self, data: str, at: int) -> tuple[Token, int] | None:
        kind, start = data[at + 1], at + 2
        escape = data.find("\x1b", start + self._searched)
        # tmux doubles every Escape of what it is to hand on.
        while data.startswith("tmux;", start) and data[escape : escape + 2] == "\x1b\x1b":
            escape = data.find("\x1b", escape + 2)
        bell = data.find("\x07", start, escape if escape >= 0 else len(data)) if kind == "]" else -1
        if bell >= 0:
            return String(kind, data[start:bell]), bell + 1
        if escape < 0 or escape + 1 == len(data):
            self._searched = 0 if data.startswith("tmux;", start) else max(0, len(data) - start - 1)
            return None
        if data[escape + 1] == "\\":
            return String(kind, data[start:escape]), escape + 2
        return String(kind, data[start:escape], whole=False), escape
