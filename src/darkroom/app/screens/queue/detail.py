"""The lines below the list: all that is known of the job under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.history.rows import facts
from darkroom.app.widgets.lines import Line, Piece, fit
from darkroom.app.widgets.meter import duration_text
from darkroom.app.widgets.queue.row import TONES
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.app.widgets.queue.list import QueueList
    from darkroom.app.widgets.queue.row import Seen


class JobDetail(TextLines):
    """Prompt, facts, and why it waits or who has it."""

    def __init__(self, jobs: QueueList, is_ours: Callable[[str], bool]) -> None:
        """`is_ours` tells of a generation whether this process follows it."""
        super().__init__(id="queue-detail")
        self._jobs = jobs
        self._is_ours = is_ours

    def lines(self, columns: int) -> tuple[Line, ...]:
        """Three lines."""
        seen = self._jobs.seen()
        if seen is None:
            return ()
        prompt = excerpt(seen.job.summary.prompt, columns * 2) or "no prompt"
        parts = (Piece(f" {prompt}"),), (Piece(f" {_facts(seen)}", "quiet"),), self._stands(seen)
        return tuple(fit(part, (), columns) for part in parts)

    def _stands(self, seen: Seen) -> Line:
        why = seen.why
        if why is not None:
            more = f"  {excerpt(why.more, 300)}" if why.more else ""
            return (Piece(f" {why.text}", TONES[why.kind]), Piece(more, "quiet"))
        ours = self._is_ours(seen.job.summary.id)
        who = "This Darkroom follows it" if ours else "Another Darkroom follows it: it is seen from here"
        return (Piece(f" {who}", "quiet"),)


def _facts(seen: Seen) -> str:
    job = seen.job
    made_for = f"for {excerpt(shown_name(job.target), 40)}"
    at = f"at {excerpt(shown_name(job.summary.profile), 40)}" if job.claimed else ""
    parts = (
        f"{made_for}, {at}" if at else made_for,
        job.priority.word,
        facts(job.summary),
        excerpt(job.summary.checkpoint, 60),
        f"takes {duration_text(seen.seconds)}" if seen.seconds is not None else "",
        f"batch “{excerpt(seen.batch, 60)}”" if seen.batch else "",
        f"again for #{job.summary.retry_of}" if job.summary.retry_of else "",
    )
    return " · ".join(part for part in parts if part)
