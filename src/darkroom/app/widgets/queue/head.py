"""What stands over the list of jobs: how much there is, what stops it, when it will be empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.app.widgets.lines import Line, Piece, fit
from darkroom.app.widgets.meter import duration_text
from darkroom.app.widgets.queue.row import heading
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import EVERYTHING
from darkroom.domain.text import excerpt, plural
from darkroom.services.queue.outlook import Outlook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.app.widgets.queue.list import QueueList
    from darkroom.domain.queue import Pause
    from darkroom.domain.server import ServerJob
    from darkroom.services.queue.estimate import Estimate

MOST_PAUSES, MOST_SERVERS = 4, 3
"""Lines for pauses, and for servers at which others have jobs."""


class HeadView(NamedTuple):
    """What the head tells.

    Attributes:
        outlook: The queue as a whole.
        foreign: The jobs of others, by profile.
        target: The profile or group that is listed alone; `None` for all.
        chosen: How many jobs are chosen.
        wrong: How many failed or were lost before our eyes.
    """

    outlook: Outlook = Outlook()
    foreign: Mapping[str, tuple[ServerJob, ...]] = {}
    target: str | None = None
    chosen: int = 0
    wrong: int = 0


class QueueHead(TextLines):
    """A few lines; the last one holds the titles of the columns."""

    def __init__(self, jobs: QueueList) -> None:
        super().__init__(id="queue-head")
        self._jobs = jobs
        self._view = HeadView()

    def show(self, view: HeadView) -> None:
        """Shows `view`."""
        if view != self._view:
            self._view = view
            self.styles.height = 2 + len(tuple(_notes(view)))
            self.refresh()

    def lines(self, columns: int) -> tuple[Line, ...]:
        """Totals, what is to be known, and titles."""
        view = self._view
        name = "Queue" if view.target is None else f"Queue of {excerpt(shown_name(view.target), 40)}"
        chosen = [Piece(f"  {view.chosen:,} chosen", "accent")] if view.chosen else []
        left = [Piece(f" {name}  ", "strong"), Piece(totals(view.outlook), "quiet"), *chosen]
        first = fit(left, [Piece(f"  {until_empty(view.outlook)} ", "text")], columns)
        notes = (fit(note, (), columns) for note in _notes(view))
        return (first, *notes, (Piece(" "), *heading(self._jobs.columns())))


def totals(outlook: Outlook) -> str:
    """“2 at servers · 12 waiting · 3 paused”: of those that wait."""
    parts = [f"{len(outlook.at_servers):,} at servers"] if outlook.at_servers else []
    if outlook.waiting:
        parts.append(f"{outlook.waiting:,} waiting")
    stopped = outlook.held + outlook.stuck
    if stopped:
        parts.append("all paused" if stopped == outlook.waiting else f"{stopped:,} paused")
    return " · ".join(parts) or "empty"


def until_empty(outlook: Outlook) -> str:
    """When it will be empty, as far as that can be told."""
    if not outlook.at_servers and outlook.ready == outlook.stuck:
        return ""  # nothing moves
    return f"empty in {estimated(outlook.estimate)}"


def estimated(estimate: Estimate) -> str:
    """“about 4:10”, with how many are not counted; “an unknown time” when nothing is known."""
    if estimate.seconds is None:
        return "an unknown time"
    unknown = f" + {estimate.unknown:,} unknown" if estimate.unknown else ""
    return f"about {duration_text(estimate.seconds)}{unknown}"


def _notes(view: HeadView) -> Iterator[tuple[Piece, ...]]:
    pauses = view.outlook.pauses
    for pause in pauses[:MOST_PAUSES]:
        yield _pause(pause)
    if len(pauses) > MOST_PAUSES:
        yield (Piece(f" ‖ {plural(len(pauses) - MOST_PAUSES, 'more pause')}", "warn"),)
    for profile, jobs in list(view.foreign.items())[:MOST_SERVERS]:
        yield _others(profile, jobs)
    if view.wrong:
        said = f" ✗ {plural(view.wrong, 'job')} failed or lost since you came"
        yield (Piece(said, "bad"), Piece("  r sends them again", "quiet"))


def _pause(pause: Pause) -> tuple[Piece, ...]:
    who, key = (
        ("Everything", "A") if pause.profile == EVERYTHING else (excerpt(shown_name(pause.profile), 30), "P")
    )
    reason = Piece(f": {excerpt(pause.reason, 120)}" if pause.reason else "")
    hint = Piece(f"  {excerpt(pause.hint, 160)}" if pause.hint else f"  {key} goes on", "quiet")
    return (Piece(f" ‖ {who} is paused", "warn"), reason, hint)


def _others(profile: str, jobs: tuple[ServerJob, ...]) -> tuple[Piece, ...]:
    running = next((job for job in jobs if job.running), None)
    now = f", one runs{': ' + excerpt(running.label, 60) if running.label else ''}" if running else ""
    said = f" ◌ {excerpt(shown_name(profile), 30)} also has {plural(len(jobs), 'job')} of others{now}"
    return (Piece(said, "quiet"),)
