"""The fields for pictures that are fed in: to vary, to paint in, to make larger, to go by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.fields import ADVANCED, IMAGE, IMAGE_PROMPTS, choice, number, picture, switch
from darkroom.connectors.fooocus.slots import slot_address
from darkroom.domain.parameters import Kind, ParameterSpec, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.fooocus.offer import Offer
    from darkroom.domain.parameters import Value

EDGES = ("left", "right", "top", "bottom")
"""Where a picture can be continued: the fields `outpaint_left`, …, and `outpaint_left_px`, …"""

FAST = "Upscale (Fast 2x)"
"""Upscales without painting: nothing but the picture counts."""

CUSTOM = "Upscale (Custom)"
"""By a factor of one's own, which Fooocus-API alone has."""

VARY = 0.85
"""How much of a picture is painted anew: as much as in "Vary (Strong)"; "Vary (Subtle)" is 0.5.

Source: Fooocus 2.5, `async_worker.py`, `apply_vary`."""

TYPE_DEFAULTS = {
    "ImagePrompt": (0.5, 0.6),
    "FaceSwap": (0.9, 0.75),
    "PyraCanny": (0.5, 1.0),
    "CPDS": (0.5, 1.0),
}
"""Stop and weight of a picture beside the prompt, by what it means.

Source: Fooocus 2.5, `modules/flags.py`."""


def image_specs(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A picture to begin with: varied as a whole, or with a mask or edges painted in."""
    text = "A picture to vary; with a mask or an edge: to paint in"
    yield picture("image", "Image", IMAGE, Role.IMAGE, text=text)
    if not values.get("image"):
        return
    yield picture("mask", "Mask", IMAGE, Role.MASK, text="White is painted anew, black is kept")
    for edge in EDGES:
        yield switch(f"outpaint_{edge}", f"Continue {edge}", IMAGE)
        if offer.distances and values.get(f"outpaint_{edge}"):
            yield _distance(edge)
    if not is_inpaint(values):
        yield replace(_share("denoise", "Denoise", VARY), optional=False, role=Role.DENOISE)
        return
    if not outpaints(values):
        # The server paints all of it anew, and sees the whole picture, when it continues one.
        yield replace(_share("denoise", "Denoise", 1.0), optional=False, role=Role.DENOISE)
        text = "How much around the mask is looked at: 0 the mask alone, 1 the whole picture"
        yield number(offer, "inpaint_field", "Field", IMAGE, text=text)
    text = "What to paint in the mask; the prompt follows it"
    yield ParameterSpec("inpaint_prompt", "In the mask", Kind.TEXT, "", None, IMAGE, help=text)
    yield choice(offer, "inpaint_engine", "Inpaint engine", ADVANCED, offer.engines)
    yield number(offer, "inpaint_erode", "Grow mask", ADVANCED, unit="px", text="Below 0: shrink it")
    yield switch("inpaint_no_initial", "No initial latent", text="Begin with noise in the mask")


def upscale_specs(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """The picture to make larger, and how."""
    yield picture("image", "Image", IMAGE, Role.IMAGE, optional=False, text="The picture to work on")
    method = choice(offer, "method", "Method", IMAGE, offer.uov_methods, Role.UPSCALER)
    yield (method := replace(method, default=offer.default("method") or _first_upscale(offer)))
    chosen = values.get("method", method.default)
    if chosen == CUSTOM:
        yield replace(number(offer, "upscale", "Times", IMAGE, Role.UPSCALE), default=2.0)
    if chosen != FAST:
        yield replace(
            _share("denoise", "Denoise", None), help="None: as the method has it", role=Role.DENOISE
        )


def prompt_pictures(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """Pictures that speak beside the prompt: one field for each that is there, and an empty one."""
    for slot in range(1, offer.image_prompts + 1):
        address = slot_address("image_prompt", slot)
        label = "Picture" if slot == 1 else f"Picture {slot}"
        yield picture(address, label, IMAGE_PROMPTS, None, text="A picture that speaks beside the prompt")
        if not values.get(address):
            return
        kinds = offer.image_prompt_types
        kind = slot_address("image_prompt", slot, "type")
        yield replace(
            choice(offer, kind, f"{label} as", IMAGE_PROMPTS, kinds), default=kinds[0] if kinds else None
        )
        stop, weight = TYPE_DEFAULTS.get(str(values.get(kind)), TYPE_DEFAULTS["ImagePrompt"])
        yield _of_picture(slot_address("image_prompt", slot, "stop"), f"{label} until", stop, 1.0)
        yield _of_picture(slot_address("image_prompt", slot, "weight"), f"{label} weight", weight, 2.0)


def is_inpaint(values: Mapping[str, Value]) -> bool:
    """Whether the picture is painted in, and not varied as a whole."""
    return bool(values.get("image")) and (bool(values.get("mask")) or bool(outpaints(values)))


def outpaints(values: Mapping[str, Value]) -> tuple[str, ...]:
    """The edges beyond which the picture is continued."""
    return tuple(edge for edge in EDGES if values.get(f"outpaint_{edge}") is True)


def _first_upscale(offer: Offer) -> str | None:
    upscales = (name for name in offer.uov_methods if name.startswith("Upscale"))
    return next(upscales, offer.uov_methods[0] if offer.uov_methods else None)


def _distance(edge: str) -> ParameterSpec:
    return ParameterSpec(
        f"outpaint_{edge}_px",
        f"Beyond {edge}",
        Kind.INTEGER,
        None,
        None,
        IMAGE,
        minimum=8,
        maximum=2048,
        step=8,
        unit="px",
        optional=True,
        help="None: 30 % of the picture",
    )


def _share(address: str, label: str, default: float | None) -> ParameterSpec:
    return ParameterSpec(
        address,
        label,
        Kind.NUMBER,
        default,
        None,
        IMAGE,
        minimum=0.05,
        maximum=1.0,
        step=0.05,
        optional=True,
        help="How much is painted anew",
    )


def _of_picture(address: str, label: str, default: float, maximum: float) -> ParameterSpec:
    # 0 would mean "the default of its kind" to Fooocus-API.
    return ParameterSpec(
        address,
        label,
        Kind.NUMBER,
        default,
        None,
        IMAGE_PROMPTS,
        minimum=0.05,
        maximum=maximum,
        step=0.05,
    )
