"""Copying text to the clipboard of the person at the terminal, over SSH as well."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_BYTES = 74_994
"""Most bytes that are copied: xterm takes 100,000 characters of base64, sequence included.

Source: hterm and xterm drop longer OSC 52 sequences (osc52.sh of chromium, 2012: 100,000 bytes).
"""

Run = Callable[[Sequence[str], bytes], int]
"""Runs a command with bytes on its input and gives its exit status."""


def copy(text: str, *, environ: Mapping[str, str], write: Callable[[str], object], run: Run) -> str:
    """Sends `text` towards the clipboard; one line that says which way it went, and no more than that.

    Whether it arrived nobody can know: terminals do not answer, and many ask for a setting first.

    Args:
        text: What to copy, verbatim but for lone surrogates.
        environ: The environment of the process.
        write: Writes to the terminal.
        run: How commands are run, `execute` as a rule; only inside tmux, and blocking.

    Raises:
        InputError: When the text is too long for a terminal.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > LIMIT_BYTES:
        raise InputError(
            "The text is too long for the terminal's clipboard",
            f"It has {len(data):,} bytes; terminals take at most {LIMIT_BYTES:,}",
            "Export it to a file instead",
        )
    if environ.get("TMUX"):
        # tmux ignores OSC 52 from programs by default (set-clipboard external); -w hands the text on.
        if run(("tmux", "load-buffer", "-w", "-"), data) == 0:
            return "Sent to tmux's buffer, and by tmux to the terminal"
        write(osc52(data))
        return "Sent to tmux by OSC 52; tmux load-buffer did not work"
    write(osc52(data))
    return "Sent to the terminal by OSC 52"


def osc52(data: bytes) -> str:
    """The sequence that sets the clipboard. Source: xterm ctlseqs, Operating System Commands, Ps = 52."""
    return f"\x1b]52;c;{base64.standard_b64encode(data).decode('ascii')}\x07"


def execute(command: Sequence[str], data: bytes) -> int:
    """Runs `command` with `data` on its input, for at most 5 s; its exit status, 127 if it cannot run."""
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 127
    return done.returncode
