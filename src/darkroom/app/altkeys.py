"""Makes alt with a digit or a letter arrive as what it is, at once."""

from __future__ import annotations

import string
from typing import NamedTuple

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

ALT_SENDS_ESCAPE = "\x1b[?1036h\x1b[?1039h"
"""Makes xterm send escape before a key with alt or meta; as it comes, it sends "´" for alt+4.
Source: XTerm Control Sequences, private modes 1036 and 1039; other terminals take no notice."""


class _Named(NamedTuple):
    """A key in Textual's table, which takes the `value` of its own `Keys` for the name."""

    value: str


def let_alt_keys_through() -> None:
    """Tells Textual's table of sequences that escape before a digit or a letter is alt. Idempotent.

    Textual 8.2 reads `ESC 4` as "¢", the sign that option+4 types on a Mac; every terminal without the
    kitty keyboard protocol, tmux among them, sends just that for alt+4, so the key for a pane would type
    money into the prompt. What is not in the table it holds back for a tenth of a second, and when another
    sequence comes in that time, an arrow, it types "^4". `ESC b` and `ESC f` stay what they are: a word to
    the left and to the right.

    Source: Textual 8.2.8, `textual/_ansi_sequences.py` and `textual/_xterm_parser.py`.
    """
    table = ANSI_SEQUENCES_KEYS
    if isinstance(table, dict):
        for digit in string.digits:
            table[f"\x1b{digit}"] = (_Named(f"alt+{digit}"),)
        for letter in string.ascii_lowercase:
            table.setdefault(f"\x1b{letter}", (_Named(f"alt+{letter}"),))
