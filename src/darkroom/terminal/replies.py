"""What a terminal answers, taken out of what is typed, so that no answer ever becomes a key.

Answers come between keys, late, and in pieces: over SSH a read may end anywhere. What may be the beginning
of an answer is held back for a moment; what turns out to be none goes on to the keys, unchanged and in its
order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Version:
    """Name and version of the terminal, as "kitty(0.41.1)". Source: xterm, ctlseqs, XTVERSION."""

    text: str


@dataclass(frozen=True, slots=True)
class Graphics:
    """The answer to a command of kitty's graphics protocol.

    Attributes:
        number: The picture that it is about (`i=`), 0 where it is not said.
        message: "OK", or an error as "ENOENT:…".
    """

    number: int
    message: str

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return self.message == "OK"


@dataclass(frozen=True, slots=True)
class CellSize:
    """Width and height of a cell in pixels.

    Source: xterm, ctlseqs, `CSI 16 t`, answered by `CSI 6 ; height ; width t`.
    """

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """Primary device attributes; 4 among them means sixels. Source: DEC STD 070, DA1."""

    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor position report, 1-based; all that was written before it has been read by the terminal."""

    line: int
    column: int


Reply = Version | Graphics | CellSize | Attributes | Position

_REPLY = re.compile(
    r"\x1bP>\|(?P<version>[^\x00-\x1f]*)\x1b\\"
    r"|\x1b_G(?P<keys>[^;\x00-\x1f]*);(?P<message>[^\x00-\x1f]*)\x1b\\"
    r"|\x1b\[6;(?P<height>\d{1,5});(?P<width>\d{1,5})t"
    r"|\x1b\[\?(?P<codes>[\d;]{0,200})c"
    r"|\x1b\[(?P<line>\d{1,5});(?P<column>\d{1,5})R",
    re.ASCII,
)

_SURELY = re.compile(
    r"\x1bP>\|[^\x00-\x1f]*\x1b?|\x1b_G[^\x00-\x1f]*\x1b?|\x1b\[\?[\d;]{0,200}|\x1b\[6;\d{1,5}(;\d{0,5})?",
    re.ASCII,
)
"""The beginning of an answer, and of nothing that is typed."""

_PERHAPS = re.compile(r"\x1b(\[(\d{1,5}(;\d{0,5})?)?|P>?|_)?", re.ASCII)
"""The beginning of an answer, or a key: Escape, Alt with a letter, an arrow."""

_POSITION = re.compile(r"\x1b\[\d{1,5};\d{0,5}", re.ASCII)
"""The beginning of a cursor position, where one is expected."""

_BEHEADED = re.compile(r"Gi=(\d{1,10})(?:,[a-zA-Z]=\d{1,10})*;([A-Z]+(?::[^\x00-\x1f]*)?)\Z", re.ASCII)
"""What is left of a picture's answer when tmux took its first two characters for a key of its own.

Source: tmux 3.5a, seen: after the prefix key, tmux looks the next key up in its table, and `ESC _` is one.
"""

_PASTED, _PASTE_END = "\x1b[200~", "\x1b[201~"

LONGEST = 4096
"""Most characters of an answer; what is longer is none."""

WAIT_PERHAPS_S = 0.03
"""How long a lone Escape waits for the rest of an answer: nobody notices."""

WAIT_EXPECTING_S = 0.12
"""The same while answers are on their way: rather a late Escape than half an answer among the keys."""

WAIT_SURELY_S = 1.0
"""How long the rest of an answer is waited for; then the beginning is dropped, since nobody typed it."""


class Filter:
    """Divides input into answers and keys. One for each terminal; not for several threads."""

    def __init__(
        self,
        heard: Callable[[Reply], None],
        expects_position: Callable[[], bool],
        clock: Callable[[], float],
        *,
        expects_any: Callable[[], bool] = lambda: False,
    ) -> None:
        """A filter that holds nothing back yet.

        Args:
            heard: Is told each answer as it comes.
            expects_position: Whether a cursor position was asked for and is not here; if not, it is F3.
            clock: Gives seconds that never go back.
            expects_any: Whether answers of any kind are on their way.
        """
        self._heard = heard
        self._expects_any = expects_any
        self._expects_position = expects_position
        self._clock = clock
        self._held = ""
        self._since = 0.0
        self._passed = ""
        self._passed_at = 0.0
        self._paste_tail: str | None = None

    @property
    def wait_s(self) -> float | None:
        """Seconds until `tick` has something to do; `None` while nothing is held back."""
        if not self._held:
            return None
        if self._is_answer(self._held):
            limit = WAIT_SURELY_S
        else:
            limit = WAIT_EXPECTING_S if self._expects_any() else WAIT_PERHAPS_S
        return max(0.0, self._since + limit - self._clock())

    def feed(self, text: str) -> str:
        """The keys in what was read."""
        now = self._clock()
        # Of what is surely an answer the rest is waited for once, however much is typed behind it.
        if not (self._held and self._is_answer(self._held)):
            self._since = now
        text, self._held = self._held + text, ""
        keys: list[str] = []
        if self._passed and text:
            text = self._gone_on(text, keys)
        while text:
            if self._paste_tail is not None:
                text = self._paste(text, keys)
                continue
            before, escape, _ = text.partition("\x1b")
            text = text[len(before) :]
            if text.startswith("\x1b\\") and (match := _BEHEADED.search(before)):
                self._heard(Graphics(int(match[1]), match[2]))
                before, text = before[: match.start()], text[2:]
                escape = ""
            keys.append(before)
            if before:
                self._since = now
            if escape:
                text = self._one(text, keys)
        return "".join(keys)

    def tick(self) -> str:
        """What was held back as long as it may be, for the keys; the beginning of an answer is dropped."""
        if self.wait_s != 0.0:
            return ""
        held, self._held = self._held, ""
        if self._is_answer(held):
            return ""
        self._passed, self._passed_at = held, self._clock()
        return held

    def _is_answer(self, held: str) -> bool:
        if _SURELY.fullmatch(held):
            return True
        return bool(_POSITION.fullmatch(held)) and self._expects_position()

    def _gone_on(self, text: str, keys: list[str]) -> str:
        """Finds out whether what was let go as a key was the beginning of an answer, or of a paste.

        The keys have its first characters already; the others are kept from them. The rest of the text.
        """
        passed, self._passed = self._passed, ""
        whole = passed + text
        if self._clock() - self._passed_at > WAIT_SURELY_S:
            return text
        if whole.startswith(_PASTED):
            self._paste_tail = ""
            keys.append(_PASTED[len(passed) :])
            return whole[len(_PASTED) :]
        match = _REPLY.match(whole)
        if match is not None and (reply := self._reply(match)) is not None:
            self._heard(reply)
            return whole[match.end() :]
        if len(whole) > len(passed) + 1 and self._is_answer(whole):
            self._held, self._since = whole, self._clock()
            return ""
        return text

    def _paste(self, text: str, keys: list[str]) -> str:
        """Hands on what was pasted, whatever is in it, to the mark at its end; the rest of the text."""
        tail = self._paste_tail or ""
        before, mark, after = (tail + text).partition(_PASTE_END)
        keys.append((before + mark)[len(tail) :])
        self._paste_tail = None if mark else (tail + text)[-len(_PASTE_END) + 1 :]
        return after

    def _one(self, text: str, keys: list[str]) -> str:
        """Takes what begins at an Escape; the rest."""
        if text.startswith(_PASTED):
            self._paste_tail = ""
            keys.append(_PASTED)
            return text[len(_PASTED) :]
        match = _REPLY.match(text)
        if match is not None and (reply := self._reply(match)) is not None:
            self._heard(reply)
            self._since = self._clock()
            return text[match.end() :]
        if match is None and len(text) < LONGEST and (_PERHAPS.fullmatch(text) or self._is_answer(text)):
            self._held = text
            return ""
        keys.append(text[0])
        self._since = self._clock()
        return text[1:]

    def _reply(self, match: re.Match[str]) -> Reply | None:
        found = match.groupdict()
        if found["version"] is not None:
            return Version(found["version"])
        if found["keys"] is not None:
            number = re.search(r"\bi=(\d{1,10})", found["keys"])
            return Graphics(int(number[1]) if number else 0, found["message"])
        if found["width"] is not None:
            return CellSize(int(found["width"]), int(found["height"]))
        if found["codes"] is not None:
            return Attributes(tuple(int(code) for code in found["codes"].split(";") if code))
        if not self._expects_position():
            return None
        return Position(int(found["line"]), int(found["column"]))
