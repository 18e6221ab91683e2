"""How far a job is, from the events about its items: a fraction of all pictures that never falls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.invokeai import frames
from darkroom.domain.events import Progress, Stage
from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.frames import JobMessage
    from darkroom.connectors.invokeai.handle import JobHandle

ALMOST = 0.99
"""Where the bar waits for the end: a job is at 1 only when its pictures are there."""

LEAST = 0.01
"""Steps of the bar that are worth telling: the many small nodes of a graph end within a blink."""

_WEIGHTS = {
    Stage.SAMPLING: 20.0,
    Stage.LOADING: 2.0,
    Stage.DECODING: 3.0,
    Stage.SAVING: 1.0,
    Stage.WORKING: 1.0,
}
"""Share of the work by stage, relative: a rough guess that makes the bar move evenly."""

_KINDS = {
    "denoise_latents": Stage.SAMPLING,
    "flux_denoise": Stage.SAMPLING,
    "spandrel_image_to_image_autoscale": Stage.SAMPLING,
    "l2i": Stage.DECODING,
    "flux_vae_decode": Stage.DECODING,
    "i2l": Stage.DECODING,
    "flux_vae_encode": Stage.DECODING,
    "invokeai_img_blend": Stage.SAVING,
}

_MESSAGES = (
    ("Loading", Stage.LOADING),
    ("Denoising", Stage.SAMPLING),
    ("Running VAE", Stage.DECODING),
    ("Saving", Stage.SAVING),
)
"""How the words begin that come with progress. Source: InvokeAI 6.14.2, `04_sock_sd1_txt2img`."""


def stage_of(kind: str) -> Stage:
    """The stage that a node of this type stands for."""
    if kind in _KINDS:
        return _KINDS[kind]
    return Stage.LOADING if "loader" in kind else Stage.WORKING


class ProgressMeter:
    """Adds up one job's messages."""

    def __init__(self, job: JobHandle) -> None:
        self._job = job
        self._weights = {node: _WEIGHTS[stage_of(kind)] for node, kind in job.kinds.items()}
        self._parts: dict[int, dict[str, float]] = {}
        self._over: set[int] = set()
        self._counted_over = 0
        self._state = Progress(Stage.WORKING, 0.0)
        self._told = 0.0

    def current(self) -> Progress:
        """Where the job stands now."""
        return self._state

    def feed(self, message: JobMessage) -> Progress | None:
        """The new state after `message`; `None` when nothing changed that is worth telling."""
        node = str(message.data.get("invocation_source_id") or "")
        parts = self._parts.setdefault(message.item, {})
        stage, step = self._state.stage, self._state.step
        if message.kind == frames.NODE_DONE:
            parts[node] = 1.0
        elif message.kind == frames.NODE_PROGRESS:
            stage, part = _told(message, stage_of(self._job.kinds.get(node, "")))
            step = None
            if part is not None:
                parts[node] = max(parts.get(node, 0.0), part)
                step = self._step(node, part)
        return self._move(stage, step, self._label(message.item))

    def item_over(self, item: int) -> None:
        """An item ended, however: all of it counts as done."""
        self._over.add(item)

    def counted(self, over: int) -> Progress | None:
        """The new state when the server, asked, says how many items ended."""
        self._counted_over = max(self._counted_over, over)
        return self._move(self._state.stage, self._state.step, self._state.label)

    def _step(self, node: str, part: float) -> int | None:
        if not self._job.steps or stage_of(self._job.kinds.get(node, "")) is not Stage.SAMPLING:
            return None
        return round(part * self._job.steps)

    def _label(self, item: int) -> str:
        if self._job.expected < 2 or item not in self._job.items:
            return ""
        return f"picture {self._job.items.index(item) + 1} of {self._job.expected}"

    def _move(self, stage: Stage, step: int | None, label: str) -> Progress | None:
        fraction = max(self._state.fraction or 0.0, min(self._fraction(), ALMOST))
        steps = self._job.steps if step is not None else None
        state = Progress(stage, fraction, step, steps, printable(label))
        if replace(state, fraction=0) == replace(self._state, fraction=0) and fraction - self._told < LEAST:
            return None
        self._state, self._told = state, fraction
        return state

    def _fraction(self) -> float:
        total = sum(self._weights.values())
        over = max(len(self._over), self._counted_over)
        if not total:
            return over / self._job.expected
        begun = sum(
            self._weights.get(node, 0.0) * part
            for item, parts in self._parts.items()
            if item not in self._over
            for node, part in parts.items()
        )
        return (over + begun / total) / self._job.expected


def _told(message: JobMessage, stage: Stage) -> tuple[Stage, float | None]:
    """Stage and part done, as a progress event says them; the percentage goes from 0.0 to 1.0."""
    words = excerpt(str(message.data.get("message") or ""), 80)
    by_words = next((found for start, found in _MESSAGES if words.startswith(start)), stage)
    part = message.data.get("percentage")
    if isinstance(part, bool) or not isinstance(part, int | float) or not 0 <= part <= 1:
        return by_words, None
    return by_words, float(part)
