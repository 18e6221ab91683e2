"""How a job ended, as its record tells it. Pure.

A failure is an ERROR whose status is frozen where it happened, without a word of why; a job that was
stopped, by anybody, is a SUCCESS with the pictures so far.
Source: Fooocus-API 0.5.0.1, recordings `query_job_error`, `query_job_stopped`, `query_job_stopped_first`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.outputs import refs
from darkroom.connectors.fooocus_api.replies import ERROR
from darkroom.domain.events import Ended, Outcome
from darkroom.domain.generation import Reason
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.connectors.fooocus_api.replies import Record
    from darkroom.domain.generation import OutputRef

TOO_LATE = "The stop came too late for this job; Fooocus-API keeps it for the next one, which may end at once"

NOTHING = Reason(
    "The server ended the job without a picture",
    "Somebody else stopped it, or sent a stop while nothing ran, which ends the next job",
    "Send it again with r",
    "JobFailed",
)

SENT_AGAIN = "A stop for the job before came too late and ended this one; it was sent again"


def read_end(record: Record, job: JobHandle, *, stopped: bool = False) -> Ended:
    """The end of `job`.

    Args:
        record: Its record; it has ended.
        job: What was asked.
        stopped: We asked the server to stop it.
    """
    outputs = refs(record.job_result or ())
    count = f"{len(outputs)} of {plural(job.count, 'picture')}"
    if len(outputs) >= job.count and record.job_stage != ERROR:
        return Ended(Outcome.COMPLETE, outputs=outputs, notes=(TOO_LATE,) if stopped else ())
    if stopped:
        return Ended(
            Outcome.CANCELLED,
            Reason("Cancelled", f"It was stopped after {count}"),
            outputs,
            notes=(_done(count),),
        )
    if record.job_stage == ERROR:
        return Ended(Outcome.FAILED, _failure(record), outputs)
    if not outputs:
        return Ended(Outcome.FAILED, NOTHING)
    reason = Reason(
        "Stopped at the server",
        f"{count} came; somebody else stopped what ran",
        "Send it again with r",
        "Cancelled",
    )
    return Ended(Outcome.CANCELLED, reason, outputs, notes=(_done(count),))


def found_files(outputs: tuple[OutputRef, ...], job: JobHandle) -> Ended:
    """The end of a job that the server has forgotten, and whose files are there."""
    note = "The server has forgotten the job; its pictures were found by their name"
    if len(outputs) >= job.count:
        return Ended(Outcome.COMPLETE, outputs=outputs, notes=(note,))
    count = f"{len(outputs)} of {plural(job.count, 'picture')}"
    reason = Reason(
        "The job was stopped", f"The server has forgotten why; {count} were there", kind="Cancelled"
    )
    return Ended(Outcome.CANCELLED, reason, outputs, notes=(note,))


def forgotten() -> Ended:
    """The end of a job that the server had, and of which neither record nor file is left."""
    return Ended(
        Outcome.LOST,
        Reason(
            "The server does not know the job any more",
            "It was restarted, or its history was cut, and there is no file with the job's name",
            "Send it again with r",
            "JobLost",
        ),
    )


def never_taken() -> Ended:
    """The end of a job whose request had no answer, and that turned up nowhere."""
    return Ended(
        Outcome.LOST,
        Reason(
            "The server has no such job",
            "Its answer was lost on the way, and no job that came since has files with our name",
            "Send it again with r",
            "JobLost",
        ),
    )


def _done(count: str) -> str:
    return f"Stopped: {count} were done"


def _failure(record: Record) -> Reason:
    at = excerpt(record.job_status or "", 200)
    stood = f"It stood at {record.job_progress} %{f': “{at}”' if at else ''}"
    missing = " Files that this needs could not be fetched." if at.startswith("Downloading") else ""
    return Reason(
        "The server failed on the job",
        f"{stood}.{missing} Fooocus-API tells no reason",
        "Its log does: memory that ran out, a file that is missing, a picture that it cannot use",
        "JobFailed",
    )
