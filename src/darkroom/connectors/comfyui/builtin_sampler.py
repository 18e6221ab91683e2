"""The built-in workflow's samplers: one, or two where a refiner takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.connectors.comfyui.builtin_picture import is_masked
from darkroom.domain.defaults import DENOISE_WITH_IMAGE, SYSTEM_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.comfyui.builtin_picture import Link, Nodes
    from darkroom.domain.parameters import Value

SAMPLER = "3"
REFINER, REFINER_POSITIVE, REFINER_NEGATIVE, REFINE = "32", "33", "34", "35"

REFINER_SWITCH = 0.8
"""The part of the steps after which the refiner takes over. Source: SDXL paper, section 2.5."""

LAST_STEP = 10_000
"""Largest step that a sampler takes. Source: ComfyUI 0.3.64, `/object_info/KSamplerAdvanced`."""


class Fed(NamedTuple):
    """What goes into the first sampler."""

    model: Link
    positive: Link
    negative: Link
    latent_image: Link


class Steps(NamedTuple):
    """The steps of a schedule: made are those from `start` on, by the refiner those from `switch` on."""

    total: int
    start: int
    switch: int


def add_sampling(nodes: Nodes, values: Mapping[str, Value], fed: Fed) -> Link:
    """Adds the sampler, and the refiner's where one is chosen.

    Returns:
        Where the finished latent comes from.
    """

    def add(node_id: str, class_type: str, title: str, **inputs: Any) -> None:
        nodes[node_id] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}

    def held(address: str) -> Value:
        value = values.get(address)
        return SYSTEM_DEFAULTS.get(address) if value is None else value

    common = {"cfg": held("cfg_scale"), "sampler_name": held("sampler"), "scheduler": held("scheduler")}
    # A sampler that adds no noise adds none to what a mask keeps either, and both parts fall apart.
    # Source: seen on ComfyUI 0.3.64, KSamplerAdvanced after another one on a latent with a noise mask.
    if not values.get("refiner") or is_masked(values):
        seeded = {"seed": held("seed"), "steps": held("steps"), **common, "denoise": _denoise(values)}
        add(SAMPLER, "KSampler", "Sampler", **seeded, **fed._asdict())
        return [SAMPLER, 0]
    steps = divide(held("steps"), _denoise(values), values.get("refiner_switch"))
    common = {"noise_seed": held("seed"), "steps": steps.total, **common}
    add(
        SAMPLER,
        "KSamplerAdvanced",
        "Sampler",
        add_noise="enable",
        **common,
        start_at_step=steps.start,
        end_at_step=steps.switch,
        return_with_leftover_noise="enable",
        **fed._asdict(),
    )
    add(REFINER, "CheckpointLoaderSimple", "Refiner", ckpt_name=values["refiner"])
    add(REFINER_POSITIVE, "CLIPTextEncode", "Prompt", text=held("prompt") or "", clip=[REFINER, 1])
    add(REFINER_NEGATIVE, "CLIPTextEncode", "Negative", text=held("negative") or "", clip=[REFINER, 1])
    add(
        REFINE,
        "KSamplerAdvanced",
        "Refiner",
        add_noise="disable",
        **common,
        start_at_step=steps.switch,
        end_at_step=LAST_STEP,
        return_with_leftover_noise="disable",
        model=[REFINER, 0],
        positive=[REFINER_POSITIVE, 0],
        negative=[REFINER_NEGATIVE, 0],
        latent_image=[SAMPLER, 0],
    )
    return [REFINE, 0]


def _denoise(values: Mapping[str, Value]) -> Value:
    """How much is painted anew: all of it without a picture to begin with."""
    if not values.get("image"):
        return 1.0
    denoise = values.get("denoise")
    return DENOISE_WITH_IMAGE if denoise is None else denoise


def divide(steps: Value, denoise: Value, switch: Value) -> Steps:
    """The steps that are made, and which the refiner makes of them.

    A plain sampler with a denoise of 0.5 makes the last `steps` of twice as many; so do these two.
    Source: ComfyUI 0.3.64, `samplers.py`, `KSampler.set_steps`.

    Args:
        steps: As the form holds them.
        denoise: Part of the picture that is painted anew, 0 to 1.
        switch: Part of the steps after which the refiner takes over, 0 to 1.
    """
    made = steps if isinstance(steps, int) else 1
    part = denoise if isinstance(denoise, int | float) else 1.0
    share = switch if isinstance(switch, int | float) else REFINER_SWITCH
    total = min(int(made / part), LAST_STEP) if part > 0 else made
    start = total - made if part > 0 else total
    # The first step is never the refiner's: it adds no noise.
    return Steps(total, start, start + max(round((total - start) * share), 1))
