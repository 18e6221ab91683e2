"""What the doctor asks other programs."""

from __future__ import annotations

import shutil
import subprocess

from darkroom.domain.text import printable


def ask(*command: str) -> str:
    """First line of what a command prints, "" when it cannot be run or is slow."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words only
            [program, *command[1:]],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return printable(done.stdout.partition("\n")[0])
