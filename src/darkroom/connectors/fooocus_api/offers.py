"""What a server offers, from its lists and from the defaults and limits in its own description. Pure.

The description (150 kB) is the only place where the defaults of the server's preset stand; of it are kept
a few dozen values. Whatever it lacks is as it was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from darkroom.connectors.fooocus.offer import LIMITS, Offer
from darkroom.connectors.fooocus.slots import STRENGTH, STYLE_SLOTS, slot_address
from darkroom.connectors.fooocus_api.names import ADVANCED, COMMON

if TYPE_CHECKING:
    from darkroom.connectors.fooocus.offer import Limits
    from darkroom.domain.parameters import Value

_T = TypeVar("_T", str, list[Any])

_REQUEST = "Text2ImgRequestWithPrompt"
_UNSET = ("None", "Default (model)", "")


def read_offers(openapi: object, checkpoints: list[str], loras: list[str], styles: list[str]) -> Offer:
    """The offer.

    Args:
        openapi: `/openapi.json`, untrusted.
        checkpoints: As `all-models` lists them.
        loras: Likewise.
        styles: As `styles` lists them.
    """
    schemas = _at(openapi, "components", "schemas")
    common = _at(schemas, _REQUEST, "properties")
    advanced = _at(schemas, "AdvancedParams", "properties")
    methods = tuple(name for name in _choices(schemas, "UpscaleOrVaryMethod") if name != "Disabled")
    recorded = Offer()
    return Offer(
        checkpoints=tuple(checkpoints),
        loras=tuple(loras),
        styles=tuple(styles),
        performances=_choices(schemas, "PerformanceSelection") or recorded.performances,
        uov_methods=methods or recorded.uov_methods,
        image_prompt_types=_choices(schemas, "ControlNetType") or recorded.image_prompt_types,
        lora_slots=len(_default(common, "loras", list)) or recorded.lora_slots,
        types_vae=True,
        distances=True,
        defaults={**_plain(common, COMMON), **_plain(advanced, ADVANCED), **_size(common), **_lists(common)},
        limits={
            **_limits(common, COMMON),
            **_limits(advanced, ADVANCED),
            **_limits(_at(schemas, "Lora", "properties"), {"lora_strength": "weight"}),
        },
    )


def _at(document: object, *path: str) -> Mapping[str, Any]:
    """What stands at `path`, if that is an object; an empty one otherwise."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, Mapping) else {}


def _choices(schemas: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = _at(schemas, name).get("enum")
    return tuple(item for item in given if isinstance(item, str)) if isinstance(given, list) else ()


def _default(properties: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    """The default of a property; an empty one when it has none of this kind."""
    given = _at(properties, name).get("default")
    return given if isinstance(given, kind) else kind()


def _plain(properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for address, name in names.items():
        given = _at(properties, name).get("default")
        if address == "steps" or (address == "refiner" and given in _UNSET):
            # -1 means "as many as the performance says".
            found[address] = given if isinstance(given, int) and given > 0 else None
        elif isinstance(given, str | int | float):
            found[address] = given
    return found


def _size(common: Mapping[str, Any]) -> dict[str, Value]:
    """From "1152*896"."""
    width, _, height = _default(common, "aspect_ratios_selection", str).partition("*")
    if not (width.isdecimal() and height.isdecimal()):
        return {}
    return {"width": int(width), "height": int(height)}


def _lists(common: Mapping[str, Any]) -> dict[str, Value]:
    """The preset's styles and LoRAs, as slots; those beyond its own are empty."""
    found: dict[str, Value] = {}
    styles = [name for name in _default(common, "style_selections", list) if isinstance(name, str)]
    for slot in range(1, STYLE_SLOTS + 1):
        found[slot_address("style", slot)] = styles[slot - 1] if slot <= len(styles) else None
    loras = [item for item in _default(common, "loras", list) if _is_chosen(item)]
    for slot in range(1, len(_default(common, "loras", list)) + 1):
        lora = loras[slot - 1] if slot <= len(loras) else {}
        found[slot_address("lora", slot)] = lora.get("model_name")
        weight = lora.get("weight")
        found[slot_address("lora", slot, "strength")] = (
            float(weight) if isinstance(weight, int | float) else STRENGTH
        )
    return found


def _is_chosen(lora: object) -> bool:
    if not isinstance(lora, Mapping) or lora.get("enabled") is False:
        return False
    return isinstance(lora.get("model_name"), str) and lora["model_name"] not in _UNSET


def _limits(properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Limits]:
    """Limits of the numbers that have both; whole ones for integers."""
    found: dict[str, Limits] = {}
    for address, name in names.items():
        about = _at(properties, name)
        low, high = about.get("minimum"), about.get("maximum")
        if address not in LIMITS or not isinstance(low, int | float) or not isinstance(high, int | float):
            continue
        if about.get("type") == "integer":
            found[address] = (max(int(low), int(LIMITS[address][0])), int(high))
        else:
            found[address] = (float(low), float(high))
    return found
