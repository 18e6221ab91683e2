"""Parameters: what one field of the form is, and which values it takes.

A connector describes what its server can be asked as a list of `ParameterSpec`s; the form, the
command line and the database know nothing else about services.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from darkroom.domain.text import excerpt

Value = str | int | float | bool | None
"""What one parameter holds. `None` is "none chosen", allowed only where the spec is `optional`."""

Values = Mapping[str, Value]
"""Values by parameter address."""

SEED_MAX = 2**64 - 1
"""Largest seed of any service. Source: ComfyUI 0.3.64, `/object_info/KSampler`."""

RANDOM_SEED = -1
"""In a form: draw a seed when the generation is made. Never sent to a server."""


class Kind(StrEnum):
    """How a parameter is edited and checked."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    """A string; many lines when the spec is `multiline`."""
    CHOICE = "choice"
    SEED = "seed"
    """An integer from 0 to the spec's maximum, or `RANDOM_SEED`."""
    IMAGE = "image"
    """A path, or a `blob:HASH` of a picture already kept; its bytes are uploaded before sending."""


class Role(StrEnum):
    """What a parameter means, whichever service or node it belongs to.

    Roles carry values across workflows and services, fill the columns of the history, and are the
    short names on the command line (`--set steps=30`).
    """

    PROMPT = "prompt"
    NEGATIVE = "negative"
    CHECKPOINT = "checkpoint"
    VAE = "vae"
    LORA = "lora"
    LORA_STRENGTH = "lora_strength"
    WIDTH = "width"
    HEIGHT = "height"
    BATCH_SIZE = "batch_size"
    STEPS = "steps"
    CFG_SCALE = "cfg_scale"
    SAMPLER = "sampler"
    SCHEDULER = "scheduler"
    SEED = "seed"
    DENOISE = "denoise"
    CLIP_SKIP = "clip_skip"
    IMAGE = "image"
    MASK = "mask"
    """White is painted anew, black is kept, whatever the service thinks of it."""
    BATCH_COUNT = "batch_count"
    """Batches one after the other, where the service counts them beside the batch size."""
    SUBSEED = "subseed"
    SUBSEED_STRENGTH = "subseed_strength"
    STYLE = "style"
    """A named style of the server; several fields may have this role, a style each."""
    GUIDANCE = "guidance"
    """Distilled guidance, as FLUX takes it; `CFG_SCALE` is the classifier-free one."""
    HIRES_SCALE = "hires_scale"
    HIRES_UPSCALER = "hires_upscaler"
    HIRES_STEPS = "hires_steps"
    HIRES_DENOISE = "hires_denoise"
    REFINER = "refiner"
    REFINER_SWITCH = "refiner_switch"
    """The part of all steps after which the refiner takes over, 0 to 1."""
    PERFORMANCE = "performance"
    SHARPNESS = "sharpness"
    FACE_RESTORATION = "face_restoration"
    TILING = "tiling"
    BOARD = "board"
    UPSCALER = "upscaler"
    UPSCALE = "upscale"
    """How many times larger."""


class Origin(StrEnum):
    """Where a value of the form came from, weakest first."""

    SYSTEM = "system default"
    SESSION = "last used in this session"
    WORKFLOW = "default of the workflow"
    SESSION_WORKFLOW = "last used in this session with this workflow"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One field of the form, as the server describes it.

    Attributes:
        address: Unique within a form: `NODE.INPUT` ("3.steps") for a graph, a plain name otherwise.
        label: What stands before the field.
        kind: How it is edited and checked.
        default: The server's own default; `None` when it has none.
        role: What it means, when it is one of the known meanings.
        section: Title of the group it is shown in.
        minimum: Least value, inclusive.
        maximum: Greatest value, inclusive.
        step: What one press of `+` adds; also the grid for integers when `snap` is true.
        precision: Digits behind the point that the server keeps; `None` when it says nothing.
        choices: What a choice may be, in the server's order.
        optional: "None" may be chosen (`None` as value).
        multiline: Text with several lines.
        unit: Shown behind the field ("px").
        help: The server's tooltip, untrusted text.
        advanced: Belongs to a section that starts folded.
    """

    address: str
    label: str
    kind: Kind
    default: Value = None
    role: Role | None = None
    section: str = ""
    minimum: float | int | None = None
    maximum: float | int | None = None
    step: float | int | None = None
    precision: int | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    multiline: bool = False
    unit: str = ""
    help: str = ""
    advanced: bool = False


def check(spec: ParameterSpec, value: Value) -> str | None:
    """Why `value` cannot be sent for `spec`, or `None` when it can.

    The message is a short phrase to stand beside the field ("at most 10000").
    """
    if value is None:
        return None if spec.optional else "needed"
    if spec.kind is Kind.BOOLEAN:
        return None if isinstance(value, bool) else "yes or no"
    if spec.kind in (Kind.INTEGER, Kind.SEED, Kind.NUMBER):
        return _check_number(spec, value)
    if not isinstance(value, str):
        return "text is needed"
    if spec.kind is Kind.CHOICE and value not in spec.choices:
        return f"the server has no “{excerpt(value, 40)}”" if spec.choices else "the server offers none"
    if spec.kind is Kind.IMAGE and not value.strip():
        return None if spec.optional else "a picture is needed"
    return None


def _check_number(spec: ParameterSpec, value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "a number is needed"
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number is needed"
    if spec.kind is not Kind.NUMBER and not isinstance(value, int):
        return "a whole number is needed"
    if spec.kind is Kind.SEED and value == RANDOM_SEED:
        return None
    if spec.minimum is not None and value < spec.minimum:
        return f"at least {spec.minimum:g}" if isinstance(spec.minimum, float) else f"at least {spec.minimum}"
    if spec.maximum is not None and value > spec.maximum:
        return f"at most {spec.maximum:g}" if isinstance(spec.maximum, float) else f"at most {spec.maximum}"
    return None
