"""The replies of the API that are relied on, checked at the door; further keys are ignored.

Source: Forge f2.0.1, recordings `get_*`, `timeline_progress_single`, `txt2img_min_info_parsed`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _text(value: object) -> object:
    return value if isinstance(value, str) else ""


def _number(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _list(value: object) -> object:
    return value if isinstance(value, list) else []


def _dict(value: object) -> object:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[float, BeforeValidator(_number)]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class State(_Reply):
    """What the server does now, whoever asked for it."""

    job: Text = ""
    job_timestamp: Text = ""
    job_count: Number = 0
    sampling_step: Number = 0
    sampling_steps: Number = 0
    interrupted: Any = False
    skipped: Any = False

    @property
    def idle(self) -> bool:
        """Nothing runs. A job that failed leaves its task active, but no job."""
        return not self.job and self.job_count <= 0

    @property
    def stopped(self) -> bool:
        """Somebody interrupted the job, or skipped a part of it."""
        return self.interrupted is True or self.skipped is True


class Progress(_Reply):
    """`GET /sdapi/v1/progress`: global, not of one job."""

    progress: Number = 0
    state: State = Field(default_factory=State)
    current_image: Text = ""


class Task(_Reply):
    """`POST /internal/progress`: of one task."""

    active: bool
    queued: bool
    completed: bool
    progress: Number = 0
    live_preview: Text = ""
    id_live_preview: Number = -1
    textinfo: Text = ""


class Pending(_Reply):
    """`GET /internal/pending-tasks`."""

    tasks: list[str]


class Memory(_Reply):
    """`GET /sdapi/v1/memory`; sizes in bytes."""

    ram: Annotated[dict[str, Any], BeforeValidator(_dict)] = Field(default_factory=dict)
    cuda: Annotated[dict[str, Any], BeforeValidator(_dict)] = Field(default_factory=dict)


class Info(_Reply):
    """The JSON inside `info` of an answer that holds pictures."""

    infotexts: Annotated[list[Any], BeforeValidator(_list)] = Field(default_factory=list)
    index_of_first_image: Number = 0
    job_timestamp: Text = ""
    version: Text = ""
