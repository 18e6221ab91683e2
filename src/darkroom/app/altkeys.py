"""Makes alt with a digit arrive as what it is."""

from __future__ import annotations

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

DIGITS = "0123456789"

ALT_SENDS_ESCAPE = "\x1b[?1036h\x1b[?1039h"
"""Makes xterm send escape before a key with alt or meta; as it comes, it sends "´" for alt+4.
Source: XTerm Control Sequences, private modes 1036 and 1039; other terminals take no notice."""


def let_alt_digits_through() -> None:
    """Takes escape-and-digit out of Textual's table of characters. Idempotent.

    Textual 8.2 reads `ESC 4` as "¢", the sign that option+4 types on a Mac; every terminal without the
    kitty keyboard protocol sends just that for alt+4, so the key for a pane would type money into the
    prompt. Source: Textual 8.2.8, `textual/_ansi_sequences.py`.
    """
    table = ANSI_SEQUENCES_KEYS
    if isinstance(table, dict):
        for digit in DIGITS:
            table.pop(f"\x1b{digit}", None)
