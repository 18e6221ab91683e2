"""What is told while many jobs are seen to their ends: one line of progress, and each end."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from darkroom.cli import output
from darkroom.cli.ending import paths_of, show, tell_end
from darkroom.cli.progress import BAR_COLUMNS, describe, in_words
from darkroom.domain.events import Progress
from darkroom.services.exports import record

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from darkroom.cli.seeing import Seeing
    from darkroom.domain.generation import Generation, Summary
    from darkroom.services.core import Core

_REDRAW_S = 0.1


class Ends:
    """Tells each end as it comes: pictures on stdout, the rest on stderr; with `--json` all at the end."""

    def __init__(self, core: Core, args: Namespace, order: Sequence[str]) -> None:
        """`args` may have `json`, `quiet`, `output` and `show`; `order` is that of the JSON."""
        self._core = core
        self._json: bool = args.json
        self._quiet: bool = args.quiet
        self._output: str | None = getattr(args, "output", None)
        self._show: bool = getattr(args, "show", False)
        self._order = order
        self._ended: dict[str, Generation] = {}
        self._files: dict[str, tuple[Path, ...]] = {}

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Those that have ended."""
        return tuple(generation.summary for generation in self._ended.values())

    async def tell(self, ids: Sequence[str]) -> None:
        """Tells the ends of these jobs.

        Raises:
            InputError: A picture cannot be copied, or a generation was deleted for good.
        """
        for generation_id in ids:
            generation = await self._core.history.get(generation_id)
            self._ended[generation_id] = generation
            if self._output is not None and generation.outputs:
                files = await self._core.exports.pictures(generation, Path(self._output))
                self._files[generation_id] = files
            if not self._json:
                for path in self._files.get(generation_id) or paths_of(generation, self._core):
                    output.data(str(path))
            tell_end(generation, quiet=self._quiet)
            if self._show:
                await show(self._core, generation)

    async def close(self) -> None:
        """Writes the JSON, if that was asked for."""
        if not self._json:
            return
        records = []
        for generation_id in self._order:
            if (generation := self._ended.get(generation_id)) is None:
                continue
            found = record(generation, self._core.store)
            for entry, file in zip(found["outputs"], self._files.get(generation_id, ()), strict=False):
                entry["file"] = str(file)
            records.append(found)
        output.as_json(records)


class Tally(Protocol):
    """Shows how far many jobs are."""

    def show(self, seeing: Seeing) -> None:
        """Shows what is known now."""
        ...

    def close(self) -> None:
        """Leaves the terminal as it was found."""
        ...


class Silent:
    """Shows nothing: the ends are told anyway."""

    def show(self, seeing: Seeing) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Line:
    """One line that is painted over, gone at the end."""

    def __init__(self, stream: TextIO, columns: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._columns = columns
        self._clock = clock
        self._began = clock()
        self._painted_at = -_REDRAW_S

    def show(self, seeing: Seeing) -> None:
        """Paints the line, at most ten times a second."""
        now = self._clock()
        if now - self._painted_at < _REDRAW_S:
            return
        self._painted_at = now
        width = min(BAR_COLUMNS, self._columns // 4)
        self._stream.write("\r\x1b[K" + line(seeing, now - self._began, width)[: self._columns - 1])
        self._stream.flush()

    def close(self) -> None:
        """Wipes the line."""
        self._painted_at = -_REDRAW_S
        self._stream.write("\r\x1b[K")
        self._stream.flush()


def line(seeing: Seeing, seconds: float, width: int) -> str:
    """All jobs in one line: a bar of `width` columns, how many are done, what runs, how long it may take.

    Args:
        seeing: The jobs.
        seconds: Since it was begun.
        width: Of the bar.
    """
    done = seeing.total - len(seeing.left)
    running = [event for event in seeing.lives.values() if isinstance(event, Progress)]
    share = (done + sum(event.fraction or 0.0 for event in running)) / max(seeing.total, 1)
    full = int(share * width)
    text = f"[{'=' * full + '>':<{width}.{width}}] {done}/{seeing.total}"
    if running:
        text += f"  {describe(running[0])}"
        text += f" and {len(running) - 1} more" if len(running) > 1 else ""
    if done and share:
        text += f"  {in_words(seconds / share - seconds)} left"
    return text


def tally(*, quiet: bool) -> Tally:
    """What fits stderr."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Silent()
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except OSError:
        columns = 0
    return Line(sys.stderr, columns or 80)
