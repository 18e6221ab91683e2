"""A second terminal, which attaches to the tmux that the first one is in."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.terminals import kit
from tests.terminals.script import COLUMNS, LINES, SECOND_S, STARTS_S, Step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Second:
    """Runs beside the first terminal, and is of the same kind."""

    def __init__(self, script: Path, terminal: str, folder: Path, patience: float) -> None:
        """Does nothing yet.

        Args:
            script: The kit's `shot.sh`.
            terminal: Its name.
            folder: Of the first one; what the shell there has written is read.
            patience: How many times longer than usual everything may take.
        """
        self._script = script
        self._terminal = terminal
        self._folder = folder
        self._patience = patience
        self._pool = ThreadPoolExecutor(1)
        self._running: Future[None] | None = None

    def attach(self, steps: Iterable[Step]) -> None:
        """Starts it; returns at once."""
        program, socket = (self._folder / "tmux").read_text("utf-8").split("\n")[:2]
        pauses = [
            word
            for step in steps
            for word in (
                kit.pause(SECOND_S * self._patience),
                f"shot:{step.shot}",
                kit.pause(STARTS_S * self._patience),
            )
        ]
        self._running = self._pool.submit(
            kit.run,
            self._script,
            self._terminal,
            ["--size", f"{COLUMNS}x{LINES}"],
            steps=pauses,
            folder=self._folder / "second",
            command=[program, "-S", socket, "attach"],
            environ=os.environ,
        )

    def end(self) -> None:
        """Returns when it has ended, if it ever ran.

        Raises:
            KitError: It did not run to its end.
        """
        self._pool.shutdown()
        if self._running is not None:
            self._running.result()
