"""The replies of ComfyUI that are relied on, checked at the door; further keys are ignored.

Source: ComfyUI 0.3.64, `/system_stats`, `/prompt`, `/upload/image`, `/features`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_dict(value: object) -> object:
    return value if isinstance(value, dict) else {}


Errors = Annotated[dict[str, Any], BeforeValidator(_as_dict)]
"""Node id → what is wrong with it; older servers send a list when there is nothing."""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class System(_Reply):
    """The part of `/system_stats` about the program."""

    comfyui_version: str = ""


class Device(_Reply):
    """One device of `/system_stats`; sizes in bytes."""

    name: str = ""
    type: str = ""
    vram_total: float = 0
    vram_free: float = 0


class SystemStats(_Reply):
    """`GET /system_stats`."""

    system: System
    devices: list[Device] = Field(default_factory=list)


class PromptReply(_Reply):
    """`POST /prompt`, status 200. `node_errors` may name outputs that were dropped."""

    prompt_id: str
    number: float | None = None
    node_errors: Errors = Field(default_factory=dict)


class UploadReply(_Reply):
    """`POST /upload/image`: the name may differ from the one that was asked for."""

    name: str
    subfolder: str = ""
    type: str = "input"


class Features(_Reply):
    """`GET /features`; the size is a float when the server was started with a fraction."""

    max_upload_size: float | None = None
