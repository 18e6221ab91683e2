"""Tells who does not look at the terminal any more what became of a command's work."""

from __future__ import annotations

import contextlib
import sys
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.services.attention import Attention
from darkroom.services.notices import Notices

if TYPE_CHECKING:
    from darkroom.services.core import Core


def telling(core: Core, *, quiet: bool) -> Notices:
    """Tells as the settings say, while it is used with `async with`; begin before the work does.

    The person was there when the command was typed. Nothing tells of the focus: who waits for longer
    than `attention.IDLE_S` counts as away.
    """
    is_shown = sys.stderr.isatty() and not quiet
    return Notices.of(
        core,
        core.updates(),
        say=_write if is_shown else None,
        away=Attention(monotonic).away,
        complain=output.complain,
    )


def _write(sequence: str) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone, and nobody is there to tell
        sys.stderr.write(sequence)
        sys.stderr.flush()
