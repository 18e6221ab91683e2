"""What the inputs of Fooocus's page mean, told by type, label and neighbours.

The page names none of its inputs, and their order changes with release and configuration. What is told here
are the labels, which stay: translations of the page happen in the browser.

Source: Fooocus 2.5.5, `webui.py` (`ctrls`) and `/config`; recordings `config-*`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from darkroom.connectors.fooocus.config import Component

_BY_LABEL = {
    ("checkbox", "generate image grid for each batch"): "grid",
    ("textbox", "negative prompt"): "negative",
    ("checkboxgroup", "selected styles"): "styles",
    ("checkboxgroup", "image style"): "styles",
    ("radio", "performance"): "performance",
    ("radio", "aspect ratios"): "aspect_ratio",
    ("slider", "image number"): "batch_size",
    ("radio", "output format"): "save_format",
    ("textbox", "seed"): "seed",
    ("checkbox", "read wildcards in order"): "wildcards_in_order",
    ("slider", "image sharpness"): "sharpness",
    ("slider", "guidance scale"): "cfg_scale",
    ("dropdown", "base model"): "checkpoint",
    ("dropdown", "sdxl base model"): "checkpoint",
    ("dropdown", "refiner"): "refiner",
    ("slider", "refiner switch at"): "refiner_switch",
    ("checkbox", "input image"): "use_picture",
    ("checkboxgroup", "outpaint direction"): "outpaint",
    ("checkboxgroup", "outpaint"): "outpaint",
    ("textbox", "inpaint additional prompt"): "inpaint_prompt",
    ("image", "mask upload"): "mask_upload",
    ("checkbox", "disable preview"): "disable_preview",
    ("checkbox", "disable intermediate results"): "disable_intermediate",
    ("checkbox", "disable seed increment"): "same_seed",
    ("checkbox", "black out nsfw"): "black_out_nsfw",
    ("slider", "positive adm guidance scaler"): "adm_positive",
    ("slider", "negative adm guidance scaler"): "adm_negative",
    ("slider", "adm guidance end at step"): "adm_end",
    ("slider", "cfg mimicking from tsnr"): "adaptive_cfg",
    ("slider", "clip skip"): "clip_skip",
    ("dropdown", "sampler"): "sampler",
    ("dropdown", "scheduler"): "scheduler",
    ("dropdown", "vae"): "vae",
    ("slider", "forced overwrite of sampling step"): "steps",
    ("slider", "forced overwrite of refiner switch step"): "switch_step",
    ("slider", "forced overwrite of generating width"): "width",
    ("slider", "forced overwrite of generating height"): "height",
    ("slider", "forced overwrite of denoising strength of vary"): "vary_strength",
    ("slider", "forced overwrite of denoising strength of upscale"): "upscale_strength",
    ("checkbox", "mixing image prompt and vary/upscale"): "mix_uov",
    ("checkbox", "mixing image prompt and inpaint"): "mix_inpaint",
    ("checkbox", "debug preprocessors"): "debug_controls",
    ("checkbox", "skip preprocessors"): "skip_preprocessors",
    ("slider", "canny low threshold"): "canny_low",
    ("slider", "canny high threshold"): "canny_high",
    ("dropdown", "refiner swap method"): "refiner_swap",
    ("slider", "softness of controlnet"): "controlnet_softness",
    ("slider", "b1"): "freeu_b1",
    ("slider", "b2"): "freeu_b2",
    ("slider", "s1"): "freeu_s1",
    ("slider", "s2"): "freeu_s2",
    ("checkbox", "disable initial latent in inpaint"): "inpaint_no_initial",
    ("dropdown", "inpaint engine"): "inpaint_engine",
    ("slider", "inpaint denoising strength"): "inpaint_strength",
    ("slider", "inpaint respective field"): "inpaint_field",
    ("checkbox", "enable advanced masking features"): "advanced_masking",
    ("checkbox", "invert mask when generating"): "invert_mask",
    ("slider", "mask erode or dilate"): "inpaint_erode",
    ("checkbox", "save metadata to images"): "save_metadata",
    ("radio", "metadata scheme"): "metadata_scheme",
}
"""By type and plain label. The tabs that enhance repeat some of them further on: the first one counts."""

_BY_ELEMENT = {
    "positive_prompt": "prompt",
    "negative_prompt": "negative",
    "inpaint_canvas": "inpaint_image",
    "inpaint_additional_prompt": "inpaint_prompt",
    "inpaint_mask_canvas": "mask_upload",
}
"""By the element's id on the page, which is surer than a label."""

_LORA = re.compile(r"lora \d+")
_IMAGE_PROMPT = ("image", "slider", "slider", "radio")
"""A picture beside the prompt: the picture, where it stops, its weight, its type."""


def plain_label(text: object) -> str:
    """A label as it is compared: small letters, without remarks in brackets, quotes and colons."""
    words = str(text or "").partition("(")[0].replace('"', "").casefold().split()
    return " ".join(words).rstrip(": ")


def meanings(inputs: Sequence[Component]) -> tuple[str, ...]:
    """What each of `inputs` means, in their order; "" for those that are not known.

    Slots are numbered from 1: `lora_2`, `lora_2_enabled`, `lora_2_weight`; `control_1`, `control_1_stop`,
    `control_1_weight`, `control_1_type`. No meaning occurs twice.
    """
    found = [""] * len(inputs)
    known: set[str] = set()
    for at, name in _guesses(inputs):
        if 0 <= at < len(inputs) and not found[at] and name not in known:
            found[at] = name
            known.add(name)
    return tuple(found)


def _guesses(inputs: Sequence[Component]) -> Iterator[tuple[int, str]]:
    """Positions and meanings, the surest first."""
    for at, component in enumerate(inputs):
        if component.element in _BY_ELEMENT:
            yield at, _BY_ELEMENT[component.element]
    yield from _loras(inputs)
    yield from _controls(inputs)
    for at, component in enumerate(inputs):
        label = plain_label(component.label)
        if (component.type, label) in _BY_LABEL:
            yield at, _BY_LABEL[component.type, label]
        elif component.type == "radio" and label == "upscale or variation":
            # The tab that enhances has such a radio too, but no picture behind it.
            if _types(inputs, at + 1, 1) == ("image",):
                yield at, "uov_method"
                yield at + 1, "uov_image"
        elif component.type == "textbox" and not label and _label(inputs, at - 1) == "input image":
            yield at, "tab"
        elif component.type == "checkbox" and label == "enabled" and _label(inputs, at + 1) == "b1":
            yield at, "freeu"


def _loras(inputs: Sequence[Component]) -> Iterator[tuple[int, str]]:
    slot = 0
    for at, component in enumerate(inputs):
        if component.type != "dropdown" or not _LORA.fullmatch(plain_label(component.label)):
            continue
        slot += 1
        yield at, f"lora_{slot}"
        if _types(inputs, at - 1, 1) == ("checkbox",):
            yield at - 1, f"lora_{slot}_enabled"
        if _types(inputs, at + 1, 1) == ("slider",):
            yield at + 1, f"lora_{slot}_weight"


def _controls(inputs: Sequence[Component]) -> Iterator[tuple[int, str]]:
    slot = 0
    for at, component in enumerate(inputs):
        start = at - len(_IMAGE_PROMPT) + 1
        if component.type != "radio" or plain_label(component.label) != "type":
            continue
        if _types(inputs, start, len(_IMAGE_PROMPT)) == _IMAGE_PROMPT:
            slot += 1
            for offset, ending in enumerate(("", "_stop", "_weight", "_type")):
                yield start + offset, f"control_{slot}{ending}"


def _types(inputs: Sequence[Component], start: int, count: int) -> tuple[str, ...]:
    return tuple(component.type for component in inputs[start : start + count]) if start >= 0 else ()


def _label(inputs: Sequence[Component], at: int) -> str:
    return plain_label(inputs[at].label) if 0 <= at < len(inputs) else ""
