"""Escape sequences on their way through tmux."""

from __future__ import annotations


def passthrough(sequence: str) -> str:
    r"""`sequence` wrapped so that tmux hands it to the terminal behind it unread.

    It arrives only where tmux has `allow-passthrough on`; each sequence is wrapped by itself.

    Source: tmux(1), allow-passthrough: `ESC P tmux; … ESC \`, every ESC inside doubled.
    """
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
