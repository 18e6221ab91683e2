"""The shapes of Fooocus-API's answers; fields that are not needed are ignored.

Source: Fooocus-API 0.5.0.1 `/openapi.json`, recording `schemas`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

QUEUE_IS_FULL = "QUEUE_IS_FULL"
SUCCESS, ERROR = "SUCCESS", "ERROR"


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Picture(_Reply):
    """One result. Its `url` is the server's own idea of its address; the seed is text, up to 2^63."""

    url: str | None = None
    seed: str = ""
    finish_reason: str = ""


class Record(_Reply):
    """A job as `query-job` tells it.

    The stage is WAITING until the end, RUNNING is never said: progress and status tell that it runs.
    Source: Fooocus-API 0.5.0.1, recording `timeline_async`.
    """

    job_id: str = ""
    job_type: str = ""
    job_stage: str
    job_progress: int = 0
    job_status: str | None = None
    job_step_preview: str | None = None
    job_result: list[Picture] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.job_stage in (SUCCESS, ERROR)

    @property
    def begun(self) -> bool:
        """Whether the worker has it, or had it."""
        return self.ended or self.job_progress > 0 or bool(self.job_status)


class QueueInfo(_Reply):
    """Counts of jobs; `running_size` counts those that wait too."""

    running_size: int
    finished_size: int
    last_job_id: str | None = None


class Listed(_Reply):
    """A job in a list. With `--persistent` those that ended are rows of a database: see `task_info`."""

    job_id: str = ""
    in_queue_mills: int = 0
    task_info: dict[str, Any] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The job's id, "" when there is none."""
        return self.job_id or str(self.task_info.get("task_id") or "")

    @property
    def taken_mills(self) -> int:
        """When the server took it, by its own clock; 0 when it does not say."""
        told = self.task_info.get("task_in_queue_mills")
        return self.in_queue_mills or (told if isinstance(told, int) else 0)


class History(_Reply):
    """`job-history`: jobs that run or wait, first the running one, and jobs that ended.

    Those that ended stand in the order in which they were taken; with `--persistent` the newest stands
    first, and their order is by whole seconds.
    """

    queue: list[Listed] = Field(default_factory=list)
    history: list[Listed] = Field(default_factory=list)


class Models(_Reply):
    """`all-models`."""

    model_filenames: list[str]
    lora_filenames: list[str]
