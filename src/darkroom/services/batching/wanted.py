"""What a person asks for when many jobs are to be made of one form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkroom.domain.batch.axis import Axis


class Templating(StrEnum):
    """What becomes of templates in prompts."""

    OFF = "off"
    """They are text."""
    DRAW = "draw"
    """One prompt is drawn for each job."""
    ALL = "all"
    """All prompts that they stand for are made."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What differs from job to job.

    Attributes:
        axes: Sweeps and prompt lists, as typed.
        count: Pictures of each kind, with seeds that follow each other.
        templates: What becomes of templates in prompts.
        draw_seed: Decides what is drawn from templates; `None` for anything.
        own_seeds: A random seed is drawn for each job, instead of once for all.
    """

    axes: tuple[Axis, ...] = ()
    count: int = 1
    templates: Templating = Templating.OFF
    draw_seed: int | None = None
    own_seeds: bool = False
