"""What the inputs of a graph mean, told by how the nodes are wired and what the schema says.

Samplers are recognised by what they take and give, never by class name: a node that takes
CONDITIONING and gives none on, one that takes CONDITIONING and has a sampler's settings, or one
that turns noise, sigmas and a guider into a latent. Everything else is found from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.connectors.comfyui.prompts import find_prompts
from darkroom.connectors.comfyui.wiring import Place, Wiring
from darkroom.domain.parameters import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = ("GUIDER", "SIGMAS", "SAMPLER", "NOISE")
"""Types of which the custom samplers are put together."""

_SETTINGS = {
    "steps": Role.STEPS,
    "cfg": Role.CFG_SCALE,
    "cfg_scale": Role.CFG_SCALE,
    "cfg_conds": Role.CFG_SCALE,
    "sampler_name": Role.SAMPLER,
    "scheduler": Role.SCHEDULER,
    "seed": Role.SEED,
    "noise_seed": Role.SEED,
    "denoise": Role.DENOISE,
}
_FILES = {
    "ckpt_name": Role.CHECKPOINT,
    "unet_name": Role.CHECKPOINT,
    "vae_name": Role.VAE,
    "lora_name": Role.LORA,
}
_TEXTUAL = frozenset((Role.SAMPLER, Role.SCHEDULER, *_FILES.values()))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was found out about a graph.

    Attributes:
        roles: By place, in no particular order.
        sampling: Ids of the samplers and of the nodes they are put together from.
    """

    roles: dict[Place, Role] = field(default_factory=dict)
    sampling: frozenset[str] = frozenset()


def find_meaning(wiring: Wiring) -> Meaning:
    """The roles of a graph's inputs, as far as they can be told."""
    samplers = [node_id for node_id in wiring.graph if is_sampler(wiring, node_id)]
    sampling = dict.fromkeys(samplers)
    for node_id in samplers:
        sampling.update(dict.fromkeys(_parts(wiring, node_id)))
    roles = find_prompts(wiring, samplers)
    settings = _settings(wiring, sampling)
    if all(_from_nothing(wiring, node_id) for node_id in samplers):
        # Denoise is 1 then as a matter of course, and says nothing of how a picture is to be used.
        settings = ((place, role) for place, role in settings if role is not Role.DENOISE)
    for place, role in (
        *settings,
        *_sizes(wiring, samplers),
        *_loaded_files(wiring),
        *_images(wiring),
    ):
        roles.setdefault(place, role)
    return Meaning(roles, frozenset(sampling))


def is_sampler(wiring: Wiring, node_id: str) -> bool:
    """Whether a node samples, or guides one that does."""
    described = wiring.node_class(node_id)
    settings = sum(name in _SETTINGS for name in (described.inputs or wiring.inputs(node_id)))
    linked = {link.name for link in wiring.links(node_id)}
    if not described.known:
        return settings >= 2 and any("positive" in name or "guider" in name for name in linked)
    conditioned = any(one.name in linked for one in described.of_type("CONDITIONING"))
    if conditioned and ("CONDITIONING" not in described.outputs or settings >= 3):
        return True
    composed = any(one.type in _PARTS for one in described.inputs.values())
    return composed and "LATENT" in described.outputs


def _parts(wiring: Wiring, node_id: str) -> list[str]:
    """The guider, noise, sigmas and sampler objects behind a sampler."""
    if wiring.node_class(node_id).known:
        return [
            source
            for source in wiring.feeding(node_id, *_PARTS)
            if not wiring.node_class(source).known
            or any(kind in _PARTS for kind in wiring.node_class(source).outputs)
        ]
    names = tuple(part.lower() for part in _PARTS)
    return [link.source for link in wiring.links(node_id) if link.name in names]


def _settings(wiring: Wiring, sampling: dict[str, None]) -> Iterator[tuple[Place, Role]]:
    for node_id in sampling:
        described = wiring.node_class(node_id)
        names = dict.fromkeys((*described.inputs, *wiring.inputs(node_id)))
        for name in names:
            role = _SETTINGS.get(name)
            if role is None:
                continue
            place = wiring.value_place(node_id, name, text=role in _TEXTUAL)
            if place is not None:
                yield place, role


def _sizes(wiring: Wiring, samplers: list[str]) -> Iterator[tuple[Place, Role]]:
    """Width, height and batch size of the latents that the samplers begin with."""
    for node_id in samplers:
        chain = wiring.feeding(node_id, "LATENT", "IMAGE")
        sized = [one for one in chain if {"width", "height"} <= wiring.inputs(one).keys()]
        if not sized:
            continue
        # A node in the middle scales what came before; the size of the picture is set at the start.
        first = next((one for one in sized if _begins(wiring, one)), sized[-1])
        for name, role in (
            ("width", Role.WIDTH),
            ("height", Role.HEIGHT),
            ("batch_size", Role.BATCH_SIZE),
        ):
            place = wiring.value_place(first, name) if name in wiring.inputs(first) else None
            if place is not None:
                yield place, role


def _from_nothing(wiring: Wiring, node_id: str) -> bool:
    """Whether a sampler begins with an empty latent, for certain: no picture, no sampler before it."""
    return not any(
        not wiring.node_class(one).known
        or "IMAGE" in wiring.node_class(one).outputs
        or is_sampler(wiring, one)
        for one in wiring.feeding(node_id, "LATENT", "IMAGE")
    )


def _begins(wiring: Wiring, node_id: str) -> bool:
    made = "LATENT" if "LATENT" in wiring.node_class(node_id).outputs else "IMAGE"
    return not wiring.incoming(node_id, made)


def _loaded_files(wiring: Wiring) -> Iterator[tuple[Place, Role]]:
    for node_id in wiring.graph:
        given = wiring.inputs(node_id)
        for name, role in _FILES.items():
            place = wiring.value_place(node_id, name, text=True) if name in given else None
            if place is not None:
                yield place, role
        if "lora_name" in given:
            strength = next((one for one in ("strength_model", "strength") if one in given), None)
            place = wiring.value_place(node_id, strength) if strength else None
            if place is not None:
                yield place, Role.LORA_STRENGTH


def _images(wiring: Wiring) -> Iterator[tuple[Place, Role]]:
    for node_id in wiring.graph:
        described = wiring.node_class(node_id)
        for one in described.inputs.values():
            if one.options.get("image_upload") and "IMAGE" in described.outputs:
                yield Place(node_id, one.name), Role.IMAGE
