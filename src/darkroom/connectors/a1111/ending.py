"""How a job ended whose answer was lost with the line, by the pictures that its server has kept. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.a1111 import results
from darkroom.domain.events import Ended, Outcome
from darkroom.domain.generation import Reason
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.connectors.a1111.handle import JobHandle
    from darkroom.domain.generation import OutputRef

CANCELLED = Reason("Cancelled", "Interrupted at the server", kind="Cancelled")
HALF = "Interrupted: the last picture may be unfinished, though its own parameters say that it is whole"
FETCHED = "The answer was lost with the line; the pictures come from the server's own folder"
LOST_ANSWER = "The server sends a picture once, in its answer, and the line broke before it came"
NO_TASKS = f"The server cannot be asked about single jobs. {LOST_ANSWER}"
FORGOTTEN = "The server knows nothing of it any more: it was restarted, or the job failed"


def whole(job: JobHandle, pictures: Sequence[bytes], *, stopped: bool) -> Ended:
    """The end of a job of which all pictures are there.

    Args:
        job: What was asked.
        pictures: The bytes of what was kept.
        stopped: We interrupted it: the last picture may be half.
    """
    seen = [results.look(data) for data in pictures]
    notes = (FETCHED, *results.remarks(seen, [""] * len(seen), [], job.asked))
    if stopped:
        return Ended(Outcome.CANCELLED, CANCELLED, outputs(pictures), notes=(*notes, HALF))
    return Ended(Outcome.COMPLETE, outputs=outputs(pictures), notes=notes)


def partly(job: JobHandle, pictures: Sequence[bytes], *, stopped: bool) -> Ended:
    """The end of a job that is finished, of which not all pictures were kept.

    The server forgets that it was interrupted when the next job begins. So whoever wanted it to stop, and
    finds it over, is believed to have stopped it.

    Args:
        job: What was asked.
        pictures: The bytes of what was kept.
        stopped: Somebody interrupted it, or wanted it to stop.
    """
    refs = outputs(pictures)
    if stopped:
        return Ended(Outcome.CANCELLED, CANCELLED, refs, notes=(HALF,) if refs else ())
    kept = f"{plural(len(pictures), 'picture')} of {job.expected} found in its folder"
    return lost(f"The server finished it. {kept if job.saved is not None else LOST_ANSWER}", pictures)


def lost(why: str, pictures: Sequence[bytes] = ()) -> Ended:
    """The end of a job of which nobody can tell more."""
    reason = Reason("The job is lost", why, "Send it again with r", "JobLost")
    return Ended(Outcome.LOST, reason, outputs(pictures))


def ghost(pictures: Sequence[bytes]) -> Ended:
    """The end of a job that failed, and that the server goes on calling active."""
    reason = Reason(
        "The server failed on the job",
        "Why was in the answer, which was lost with the line",
        "See the server's log",
        "JobFailed",
    )
    return Ended(Outcome.FAILED, reason, outputs(pictures))


def outputs(pictures: Sequence[bytes]) -> tuple[OutputRef, ...]:
    """The outputs to be kept, named as in the answer that was lost."""
    return tuple(results.output(data, "", number) for number, data in enumerate(pictures, 1))
