"""How far a job is, from the bar and the line of text that the page shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.domain.events import Progress, Stage

if TYPE_CHECKING:
    from darkroom.connectors.fooocus.events import Shown

ALMOST = 0.99
"""Where the bar waits for the end: a job is at 1 only when its outputs are there."""

WAITING = "Waiting for task to start"

UNPAINTED = "Saving image to system"
"""Said instead of "Saving image 1/1 to system" of a picture too large to be painted, or upscaled fast.

Source: Fooocus 2.5.5, `async_worker.py` `handler`, `apply_upscale`."""

_STEP = re.compile(r"[Ss]tep (\d{1,6})/(\d{1,6})")
_STAGES = (
    ("sampling", Stage.SAMPLING),
    ("saving", Stage.SAVING),
    ("loading", Stage.LOADING),
    ("downloading", Stage.LOADING),
    ("moving model", Stage.LOADING),
)
"""How the line begins. Source: Fooocus 2.5.5, `async_worker.py` `progressbar`, `callback`."""


class Meter:
    """Reads one job's progress; the fraction never falls, though the page's bar does between pictures."""

    def __init__(self) -> None:
        self._fraction = 0.0
        self._told: Progress | None = None
        self.runs = False
        """Our own task was begun: the line says something else than that it waits."""
        self.unpainted = False
        """The picture was made larger and not painted: there is one, however many were asked for."""

    def feed(self, shown: Shown) -> Progress | None:
        """The new state; `None` when there is nothing new to tell."""
        if shown.title is None and shown.bar is None:
            return None
        title = shown.title or ""
        if title.startswith(WAITING) and not self.runs:
            return None
        self.runs = True
        self.unpainted = self.unpainted or title.startswith(UNPAINTED)
        self._fraction = max(self._fraction, min(shown.bar or 0.0, ALMOST))
        step = _STEP.search(title)
        now = Progress(
            next((stage for word, stage in _STAGES if title.casefold().startswith(word)), Stage.WORKING),
            self._fraction,
            int(step[1]) if step is not None else None,
            int(step[2]) if step is not None else None,
            title.removesuffix("...").rstrip(),
        )
        if now == self._told:
            return None
        self._told = now
        return now
