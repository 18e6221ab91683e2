"""The task that the page keeps for a session, and what its inputs mean."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

STEPS = {"Quality": 60, "Speed": 30, "Extreme Speed": 8, "Lightning": 4, "Hyper-SD": 4}
RESTRICTED = ("Extreme Speed", "Lightning", "Hyper-SD")
MAX_SEED = 2**63 - 1

_SIZE = re.compile(r"(\d+)[× ](\d+)")


@dataclass
class Progress:
    """A yield with a bar."""

    percent: int
    title: str
    preview: Image.Image | None = None


@dataclass
class Results:
    """A yield with all pictures so far; the last one of a task is `final`."""

    files: list[Path | Image.Image]
    final: bool = False


@dataclass
class Task:
    """One task. Source: Fooocus 2.5.5, `AsyncTask`."""

    asked: dict[str, Any]
    yields: deque[Progress | Results] = field(default_factory=deque)
    results: list[Path | Image.Image] = field(default_factory=list)
    last_stop: bool = False
    processing: bool = False

    @property
    def performance(self) -> str:
        return str(self.asked["performance_selection"])

    @property
    def fast(self) -> bool:
        """The performance decides about sampler and guidance."""
        return self.performance in RESTRICTED

    @property
    def steps(self) -> int:
        overwritten = int(self.asked["overwrite_step"])
        return overwritten if overwritten > 0 else STEPS[self.performance]

    @property
    def size(self) -> tuple[int, int]:
        found = _SIZE.match(self.asked["aspect_ratios_selection"])
        assert found is not None
        return int(found[1]), int(found[2])

    @property
    def seeds(self) -> list[int]:
        """Of each picture."""
        step = 0 if self.asked["disable_seed_increment"] else 1
        first = int(self.asked["seed"])
        return [(first + step * n) % (MAX_SEED + 1) for n in range(int(self.asked["image_number"]))]

    @property
    def tab(self) -> str:
        """Which kind of picture is fed in; "" for none."""
        return str(self.asked["current_tab"]) if self.asked["input_image_checkbox"] else ""

    @property
    def method(self) -> str:
        """What is done with a picture to vary or upscale; "" for nothing."""
        given = self.tab == "uov" and self.asked["uov_input_image"] is not None
        method = str(self.asked["uov_method"])
        return method if given and method != "Disabled" else ""

    def loras(self) -> list[tuple[str, float]]:
        """Those that are on."""
        names = [name for name in self.asked if re.fullmatch(r"lora_\d+", name)]
        chosen = [(self.asked[n], self.asked[f"{n}_weight"]) for n in names if self.asked[f"{n}_enabled"]]
        return [(name, float(weight)) for name, weight in chosen if name != "None"]

    def pictures(self) -> list[str]:
        """Those beside the prompt."""
        if self.tab != "ip" and not any(
            self.asked[name] for name in self.asked if name.startswith("mixing_")
        ):
            return []
        return [self.asked[n] for n in self.asked if re.fullmatch(r"cn_\d+_img", n) and self.asked[n]]


def make_task(order: Sequence[str], count: int, data: Sequence[Any]) -> Task:
    """The task that `get_task` makes.

    Raises:
        ValueError: Too few inputs, or one that the page does not take.
    """
    if len(data) < count:
        raise ValueError("An event handler didn't receive enough input values")
    asked = dict(zip(order, data, strict=False))
    int(asked["seed"])
    if asked["performance_selection"] not in STEPS:
        raise ValueError(f"{asked['performance_selection']!r} is not a valid Performance")
    if asked.get("metadata_scheme", "fooocus") not in ("fooocus", "a1111"):
        raise ValueError("is not a valid MetadataScheme")
    return Task(asked)
