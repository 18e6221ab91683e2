"""What is known of one job's items and pictures, and how the job ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.invokeai.items import CANCELED, COMPLETED, FAILED, OVER, failure
from darkroom.domain.events import Ended, Outcome
from darkroom.domain.generation import OutputRef, Reason
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.handle import JobHandle
    from darkroom.connectors.invokeai.items import Item

FORGOTTEN = Reason(
    "The server knows nothing of this job any more",
    "Its queue was cleared before the job was done",
    "Generate it again",
    "JobLost",
)

STOPPED_BY_RESTART = Reason(
    "The server stopped this job",
    "It was running when the line was lost: either the server was restarted, or somebody cancelled it there",
    "Generate it again",
    "JobLost",
)

CANCELLED_THERE = Reason("Cancelled at the server", "It was not this Darkroom that asked for it")


def output_ref(name: str) -> OutputRef:
    """The reference to a picture on the server."""
    return OutputRef(name, {"image_name": name})


class Tally:
    """Items by number, the newest state of each, and their pictures."""

    def __init__(self, job: JobHandle) -> None:
        self.job = job
        self._items: dict[int, Item] = {}

    def take(self, item: Item) -> bool:
        """Notes an item's state; whether it is news, and not older than what is known."""
        known = self._items.get(item.id)
        if known is not None:
            if item.sequence < known.sequence or (known.status in OVER and item.status not in OVER):
                return False
            item = replace(item, picture=item.picture or known.picture)
        self._items[item.id] = item
        return item != known

    def take_picture(self, item: int, name: str, blank: Item) -> None:
        """Notes the picture of an item."""
        self._items[item] = replace(self._items.get(item, blank), picture=name)

    @property
    def complete(self) -> bool:
        """All that was asked for is made, and all pictures are known: nothing needs to be asked."""
        done = [item for item in self._items.values() if item.status == COMPLETED and item.picture]
        return len(done) == self.job.expected and all(item.id in self.job.items for item in done)

    @property
    def over(self) -> int:
        """Items that ended."""
        return sum(item.status in OVER for item in self._items.values())

    def pictures(self) -> tuple[tuple[int, str], ...]:
        """Item and picture of all pictures, in the order in which items run."""
        return tuple((i.id, i.picture) for i in sorted(self._items.values(), key=_number) if i.picture)

    def outputs(self) -> tuple[OutputRef, ...]:
        """References to all pictures."""
        return tuple(output_ref(name) for _, name in self.pictures())

    def ended(self, *, by_us: bool, missed: bool, notes: tuple[str, ...] = ()) -> Ended:
        """The end of the job, all of its items being over.

        Args:
            by_us: We asked for it to be cancelled.
            missed: The line was lost while it ran: a cancelled item may be one that a restart stopped.
                The server tells these two with the same word.
            notes: Remarks on the pictures.
        """
        items = sorted(self._items.values(), key=_number)
        failed = [item for item in items if item.status == FAILED]
        canceled = [item for item in items if item.status == CANCELED]
        outputs = self.outputs()
        durations = [item.duration_s for item in items if item.duration_s is not None]
        duration_s = sum(durations) if durations else None
        outcome, reason = Outcome.COMPLETE, None
        if failed:
            outcome, reason = Outcome.FAILED, failure(failed[0])
        elif canceled and by_us:
            outcome, reason = Outcome.CANCELLED, Reason("Cancelled")
        elif canceled and missed and any(item.began for item in canceled):
            outcome, reason = Outcome.LOST, STOPPED_BY_RESTART
        elif canceled:
            outcome, reason = Outcome.CANCELLED, CANCELLED_THERE
        if reason is not None and self.job.expected > 1:
            reason = replace(reason, detail="\n".join(filter(None, (self._of_all(outputs), reason.detail))))
        return Ended(outcome, reason, outputs, duration_s=duration_s, notes=notes)

    def _of_all(self, outputs: tuple[OutputRef, ...]) -> str:
        return f"{len(outputs)} of {plural(self.job.expected, 'picture')} were made"


def _number(item: Item) -> int:
    return item.id
