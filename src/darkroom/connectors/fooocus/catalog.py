"""What the page offers, in the terms that Fooocus-API shares. Pure.

Source: Fooocus 2.5.5 `/config`, recordings `config-*`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus.offer import DEFAULTS, LIMITS, Limits, Offer
from darkroom.connectors.fooocus.pictures import TYPE_DEFAULTS
from darkroom.connectors.fooocus.slots import STYLE_SLOTS, slot_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.fooocus.config import Page
    from darkroom.domain.parameters import Value

NO_FILE = "None"
"""What stands in the page's lists for "no LoRA" and "no refiner"."""

NO_VAE = "Default (model)"
DISABLED = "Disabled"

NAME_CHARS = 16_384
"""Longer entries of a list are passed over."""

_SIZE = re.compile(r"\s*(\d{1,5})\s*[×x*]\s*(\d{1,5})\b")


def offer_of(page: Page) -> Offer:
    """Lists, limits and defaults of the page."""
    return Offer(
        checkpoints=_choices(page, "checkpoint", but=NO_FILE),
        loras=_choices(page, "lora_1", but=NO_FILE),
        styles=_choices(page, "styles"),
        vaes=_choices(page, "vae", but=NO_VAE),
        aspect_ratios=tuple(
            dict.fromkeys(filter(None, (_ratio(text) for text in _choices(page, "aspect_ratio"))))
        )
        or Offer().aspect_ratios,
        performances=_choices(page, "performance") or Offer().performances,
        samplers=_choices(page, "sampler") or Offer().samplers,
        schedulers=_choices(page, "scheduler") or Offer().schedulers,
        engines=_choices(page, "inpaint_engine") or Offer().engines,
        uov_methods=_choices(page, "uov_method", but=DISABLED) or Offer().uov_methods,
        image_prompt_types=_choices(page, "control_1_type") or tuple(TYPE_DEFAULTS),
        lora_slots=page.slots("lora"),
        image_prompts=page.slots("control"),
        defaults=_defaults(page),
        limits=_limits(page),
    )


def size_of(label: object) -> tuple[int, int] | None:
    """Width and height from "1152×896 <span …>", in pixels; `None` when it names no size."""
    found = _SIZE.match(label[:NAME_CHARS]) if isinstance(label, str) else None
    return (int(found[1]), int(found[2])) if found is not None else None


def _ratio(label: object) -> str:
    size = size_of(label)
    return f"{size[0]}×{size[1]}" if size is not None else ""


def _choices(page: Page, name: str, *, but: str = "") -> tuple[str, ...]:
    """What can be chosen; Gradio writes plain values or pairs of label and value."""
    given = page.props.get(name, {}).get("choices")
    values = (item[-1] if isinstance(item, list) and item else item for item in given or ())
    fit = (value for value in values if isinstance(value, str) and 0 < len(value) <= NAME_CHARS)
    return tuple(value for value in dict.fromkeys(fit) if value != but)


def _defaults(page: Page) -> dict[str, Value]:
    """What the page's elements hold before anybody touched them, by the form's addresses."""
    found: dict[str, Value] = {}
    for name in DEFAULTS:
        value = page.props.get(name, {}).get("value")
        if isinstance(value, str | int | float | bool):
            found[name] = _like(DEFAULTS[name], value)
    for name, nothing in (("refiner", NO_FILE), ("vae", NO_VAE)):
        if found.get(name) == nothing:
            found[name] = None
    for name in ("seed", "steps", "width", "height"):
        # -1 stands there for "by the performance" and "by the aspect ratio"; a seed is drawn by us.
        found.pop(name, None)
    if (size := size_of(page.props.get("aspect_ratio", {}).get("value"))) is not None:
        found["width"], found["height"] = size
    return found | _styles(page) | _loras(page)


def _like(recorded: Value, value: str | float | bool) -> Value:
    """A number as whole as the recorded one: the page writes 7 for 7.0."""
    if isinstance(recorded, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _styles(page: Page) -> dict[str, Value]:
    chosen = page.props.get("styles", {}).get("value")
    names = [name for name in chosen if isinstance(name, str)] if isinstance(chosen, list) else []
    slots = range(1, STYLE_SLOTS + 1)
    return {slot_address("style", n): names[n - 1] if n <= len(names) else None for n in slots}


def _loras(page: Page) -> dict[str, Value]:
    """The preset's LoRAs without the gaps between them."""
    chosen = []
    for slot in range(1, page.slots("lora") + 1):
        name = page.props.get(f"lora_{slot}", {}).get("value")
        on = page.props.get(f"lora_{slot}_enabled", {}).get("value", True)
        if on is True and isinstance(name, str) and name != NO_FILE:
            weight = page.props.get(f"lora_{slot}_weight", {}).get("value")
            chosen.append((name, float(weight) if isinstance(weight, int | float) else 1.0))
    found: dict[str, Value] = {}
    for slot in range(1, page.slots("lora") + 1):
        name, weight = chosen[slot - 1] if slot <= len(chosen) else (None, 1.0)
        found[slot_address("lora", slot)] = name
        found[slot_address("lora", slot, "strength")] = weight
    return found


def _limits(page: Page) -> dict[str, Limits]:
    found = {}
    for name, recorded in LIMITS.items():
        props = page.props.get("lora_1_weight" if name == "lora_strength" else name, {})
        low, high = _end(props, "minimum", recorded[0]), _end(props, "maximum", recorded[1])
        if low is None or high is None or low >= high:
            continue
        # -1 is the page's "off" there, not a number of steps or pixels.
        off = name in ("steps", "width", "height")
        found[name] = (recorded[0] if off else low, high)
    return found


def _end(props: Mapping[str, Any], side: str, recorded: float | int) -> float | int | None:
    value = props.get(side)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e9:
        return None
    return float(value) if isinstance(recorded, float) else int(value)
