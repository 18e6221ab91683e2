"""The fields for pictures that steer: ControlNets, T2I adapters, image prompts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors import specs
from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.fields import CONTROL, IMAGE_PROMPT
from darkroom.connectors.invokeai.slots import CONTROLS, IMAGE_PROMPTS, control, image_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.invokeai.offer import Offer
    from darkroom.domain.parameters import ParameterSpec, Value


def control_specs(offered: Offer, base: str, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each control picture chosen, and an empty one after them."""
    kinds = offer.CONTROLNET if base == offer.FLUX else (offer.CONTROLNET, offer.T2I)
    models = {model.label: model for model in offered.models(kinds, base)}
    for slot in range(1, CONTROLS + 1) if models else ():
        at = control(slot)
        label = "ControlNet" if slot == 1 else f"ControlNet {slot}"
        yield specs.choice(at.model, label, CONTROL, tuple(models), optional=True, advanced=True)
        if not values.get(at.model):
            return
        chosen = models.get(str(values[at.model]))
        is_net = chosen is None or chosen.type == offer.CONTROLNET
        yield from _numbered(slot, _control(offered, slot, is_net=is_net, base=base))


def _control(offered: Offer, slot: int, *, is_net: bool, base: str) -> Iterator[ParameterSpec]:
    at = control(slot)
    yield specs.picture(at.image, "Control picture", CONTROL, None, optional=False)
    yield specs.choice(
        at.preprocessor,
        "Preprocessor",
        CONTROL,
        offered.preprocessors(),
        optional=True,
        advanced=True,
        help="Makes the control map; none: the picture is one. Some load a model from the internet first",
    )
    yield specs.number(at.weight, "Weight", CONTROL, 1.0, (-1.0, 2.0, 0.05), advanced=True)
    yield specs.part(
        at.start, "From", CONTROL, 0.0, help="Part of the steps after which it begins", advanced=True
    )
    yield specs.part(at.end, "To", CONTROL, 1.0, help="Part of the steps after which it ends", advanced=True)
    if is_net and base != offer.FLUX:
        modes = offered.listed("control_modes")
        yield specs.choice(at.mode, "Mode", CONTROL, modes, modes[0], advanced=True)
    resizes = offered.listed("resize_modes")
    yield specs.choice(at.resize, "Fit", CONTROL, resizes, resizes[0], advanced=True)


def image_prompt_specs(offered: Offer, base: str, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each image prompt chosen, and an empty one after them."""
    models = offered.labels(offer.IP, base)
    for slot in range(1, IMAGE_PROMPTS + 1) if models else ():
        at = image_prompt(slot)
        label = "IP-Adapter" if slot == 1 else f"IP-Adapter {slot}"
        yield specs.choice(at.model, label, IMAGE_PROMPT, models, optional=True, advanced=True)
        if not values.get(at.model):
            return
        yield from _numbered(slot, _image_prompt(offered, slot, base=base))


def _image_prompt(offered: Offer, slot: int, *, base: str) -> Iterator[ParameterSpec]:
    at = image_prompt(slot)
    yield specs.picture(at.image, "Image prompt", IMAGE_PROMPT, None, optional=False)
    yield specs.number(at.weight, "Weight", IMAGE_PROMPT, 1.0, (-1.0, 2.0, 0.05), advanced=True)
    if base != offer.FLUX:
        methods = offered.listed("methods")
        yield specs.choice(at.method, "Method", IMAGE_PROMPT, methods, methods[0], advanced=True)
    yield specs.part(at.start, "From", IMAGE_PROMPT, 0.0, help="Part of the steps", advanced=True)
    yield specs.part(at.end, "To", IMAGE_PROMPT, 1.0, help="Part of the steps", advanced=True)


def _numbered(slot: int, made: Iterator[ParameterSpec]) -> Iterator[ParameterSpec]:
    """The fields of a slot, with its number behind their labels from the second on."""
    return (replace(spec, label=f"{spec.label} {slot}") if slot > 1 else spec for spec in made)
