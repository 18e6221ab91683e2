"""Answers of InvokeAI that are taken apart, as models: what is not named here is passed over.

Source: InvokeAI 6.14.2, recordings `01_*`, `04_*`, `08_*`, `11_*`.
"""

from __future__ import annotations

from pydantic import BaseModel, Field


class Version(BaseModel):
    """`GET /api/v1/app/version`."""

    version: str = Field(min_length=1)


class AuthStatus(BaseModel):
    """`GET /api/v1/auth/status`, open to all."""

    setup_required: bool = False
    multiuser_enabled: bool = False


class LoginReply(BaseModel):
    """`POST /api/v1/auth/login`."""

    token: str = Field(min_length=1)


class Counts(BaseModel):
    """Items of a queue or of a batch by status."""

    pending: int
    in_progress: int
    waiting: int = 0
    completed: int
    failed: int
    canceled: int
    total: int

    @property
    def open(self) -> int:
        """Items that run or wait."""
        return self.pending + self.in_progress + self.waiting

    @property
    def over(self) -> int:
        """Items that ended, however."""
        return self.completed + self.failed + self.canceled


class QueueCounts(Counts):
    """Items of the whole queue, and the one that runs; other people's are "redacted"."""

    item_id: int | None = None
    batch_id: str | None = None


class Processor(BaseModel):
    """Whether the server takes items from its queue."""

    is_started: bool
    is_processing: bool


class QueueStatus(BaseModel):
    """`GET /api/v1/queue/default/status`."""

    queue: QueueCounts
    processor: Processor


class EnqueueReply(BaseModel):
    """`POST /api/v1/queue/default/enqueue_batch`.

    `item_ids` come newest first, against the order in which they run.
    """

    enqueued: int
    requested: int
    item_ids: list[int]


class Canceled(BaseModel):
    """`PUT /api/v1/queue/default/cancel_by_batch_ids`."""

    canceled: int


class Picture(BaseModel):
    """A picture's record: the answer to an upload, and `GET /api/v1/images/i/{name}`."""

    image_name: str = Field(min_length=1)
    width: int
    height: int
    board_id: str | None = None


class Pictures(BaseModel):
    """`GET /api/v1/images/`."""

    items: list[Picture]


class Device(BaseModel):
    """One of `GET /api/v1/app/generation_device_options`."""

    device: str
    name: str = ""


class CacheStats(BaseModel):
    """`GET /api/v2/models/stats`, sizes in bytes."""

    cache_size: int = 0
    loaded_model_sizes: dict[str, int] = Field(default_factory=dict)
