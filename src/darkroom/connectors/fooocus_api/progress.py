"""How far a job is, from its records: a fraction that never falls. Pure.

The server's own falls a little between two pictures. Source: Fooocus-API 0.5.0.1, recording
`timeline_async`; texts from `worker.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from darkroom.domain.events import JobEvent, Preview, Progress, Stage
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.connectors.fooocus_api.replies import Record

ALMOST = 0.99
"""Where the bar waits for the end: a job is at 1 only when its pictures are there."""

_STEP = re.compile(r"Step (\d{1,4})/(\d{1,4}) in the (\d{1,4})-th Sampling")
_SAVING = re.compile(r"Saving image (\d{1,4})/(\d{1,4}) ")
_LOADING = ("Loading", "Downloading", "Moving", "Initializing", "Preparing", "Processing")
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
}


class ProgressMeter:
    """Tells what is new in one job's records."""

    def __init__(self, count: int) -> None:
        """`count` is how many pictures the job makes."""
        self._count = count
        self._fraction = 0.0
        self._last: Progress | None = None
        self._preview = ""

    def feed(self, record: Record) -> Iterator[JobEvent]:
        """What is new in a record of a job that runs: its progress, a preview."""
        self._fraction = max(self._fraction, min(max(record.job_progress, 0) / 100, ALMOST))
        progress = self._read(record.job_status or "")
        if progress != self._last:
            self._last = progress
            yield progress
        preview = record.job_step_preview
        if preview and preview != self._preview:
            self._preview = preview
            if (decoded := _decode(preview)) is not None:
                yield decoded

    def _read(self, status: str) -> Progress:
        step = _STEP.match(status)
        if step is None:
            return Progress(_stage(status), self._fraction, label=excerpt(status, 200))
        done, steps, picture = int(step[1]) + 1, int(step[2]), int(step[3])
        label = f"picture {picture} of {self._count}" if self._count > 1 else ""
        return Progress(Stage.SAMPLING, self._fraction, min(done, steps), steps, label)


def is_nearly_done(record: Record, count: int) -> bool:
    """Whether it is too late to stop a job: its last picture needs no further step.

    The server forgets a stop only when a step finds it; one that no step finds ends the next job.
    """
    status = record.job_status or ""
    if (step := _STEP.match(status)) is not None:
        return int(step[3]) >= count and int(step[1]) + 1 >= int(step[2])
    if (saving := _SAVING.match(status)) is not None:
        return int(saving[1]) >= int(saving[2])
    return record.job_progress >= 100


def _stage(status: str) -> Stage:
    if status.startswith(_LOADING):
        return Stage.LOADING
    if status.startswith("Saving"):
        return Stage.SAVING
    return Stage.WORKING


def _decode(text: str) -> Preview | None:
    """A preview, which is bare base64; `None` when it is none."""
    _, comma, rest = text.partition(",") if text.startswith("data:") else ("", "", text)
    try:
        data = base64.b64decode(rest if comma else text, validate=True)
    except (ValueError, binascii.Error):
        return None
    for signature, media_type in _SIGNATURES.items():
        if data.startswith(signature):
            return Preview(data, media_type)
    return None
