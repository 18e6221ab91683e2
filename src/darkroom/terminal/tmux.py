"""Escape sequences on their way through tmux."""

from __future__ import annotations

import subprocess

from darkroom.domain.text import printable


def passthrough(sequence: str) -> str:
    r"""`sequence` wrapped so that tmux hands it to the terminal behind it unread.

    It arrives only where tmux has `allow-passthrough on`; each sequence is wrapped by itself.

    Source: tmux(1), allow-passthrough: `ESC P tmux; … ESC \`, every ESC inside doubled.
    """
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def client(timeout_s: float = 1.0) -> str:
    """The names of the terminal that shows this pane: its TERM, and what it answered to XTVERSION.

    The environment cannot tell: it is that of whoever started tmux, and clients come and go. Blocks for
    some milliseconds, and never longer than `timeout_s`.

    Returns:
        For example "xterm-kitty kitty(0.41.1)"; "" when tmux does not answer or nobody is attached.

    Source: tmux(1), FORMATS: client_termname, client_termtype.
    """
    command = ("tmux", "display-message", "-p", "#{client_termname} #{client_termtype}")
    try:
        done = subprocess.run(  # noqa: S603 - fixed words only
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return printable(done.stdout).strip() if done.returncode == 0 else ""
