"""The exact request for a snapshot. Pure; pictures stand in it as `blob:HASH` until it is sent.

Source: Fooocus-API 0.5.0.1 `/openapi.json`, `models/requests_v2.py`, `utils/api_utils.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.connectors.fooocus.parameters import METADATA_SCHEMES, SAVE_FORMATS
from darkroom.connectors.fooocus.pictures import CUSTOM, EDGES, FAST, VARY, is_inpaint, outpaints
from darkroom.connectors.fooocus.slots import STYLE_SLOTS, filled, slot_address
from darkroom.connectors.fooocus_api.names import ADVANCED, COMMON
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot

SLOTS_MAX = 32
"""More LoRAs or pictures than any server has slots for."""

TEXT = "/v1/generation/text-to-image"
TEXT_AND_PICTURES = "/v2/generation/text-to-image-with-ip"
VARY_OR_UPSCALE = "/v2/generation/image-upscale-vary"
INPAINT = "/v2/generation/image-inpaint-outpaint"

KINDS = {
    TEXT: "Text to Image",
    TEXT_AND_PICTURES: "Text to Image",
    VARY_OR_UPSCALE: "Image Upscale or Variation",
    INPAINT: "Image Inpaint or Outpaint",
}
"""`job_type` of the record, by the path that was asked. Source: `models/common/task.py`."""

_STRONG = 0.675
"""Between the 0.5 of "Vary (Subtle)" and the 0.85 of "Vary (Strong)"; only the strength tells them apart."""

_RATIO = re.compile(r"([1-9][0-9]{0,4})×([1-9][0-9]{0,4})")
_NOT_COMPARED = frozenset({"negative", "wildcards_in_order", "batch_size"})


class Request(NamedTuple):
    """One request: where it goes, and its body as JSON values."""

    path: str
    body: dict[str, Any]

    @property
    def expected(self) -> int:
        """Pictures that it asks for."""
        return 1 if self.body.get("uov_method") == FAST else int(self.body.get("image_number", 1))


def request_for(snapshot: Snapshot, name: str) -> Request:
    """The request for `snapshot`, whose files' names will begin with `name`."""
    values = snapshot.values
    body = _common(values, name)
    if snapshot.mode == UPSCALE:
        return Request(VARY_OR_UPSCALE, _upscale(values, body))
    body["aspect_ratios_selection"] = _size(values)
    prompts = _prompt_pictures(values)
    if not values.get("image"):
        return (
            Request(TEXT_AND_PICTURES, {**body, "image_prompts": prompts}) if prompts else Request(TEXT, body)
        )
    body["image_prompts"] = prompts
    if is_inpaint(values):
        return Request(INPAINT, _inpaint(values, body))
    strength = _real(values.get("denoise"), VARY)
    body["advanced_params"]["overwrite_vary_strength"] = strength
    method = "Vary (Strong)" if strength >= _STRONG else "Vary (Subtle)"
    return Request(VARY_OR_UPSCALE, {**body, "uov_method": method, "input_image": values["image"]})


def asked(values: Mapping[str, Value]) -> dict[str, Value]:
    """What of the request is compared with the metadata of what comes back."""
    kept = {
        address: value
        for address, value in values.items()
        if (address in COMMON or address in ADVANCED) and address not in _NOT_COMPARED
    }
    if values.get("vae"):
        kept["vae"] = values["vae"]
    for name in ("lora", "style"):
        kept |= {name: values[name]} if name in values else {}
        for slot, value in filled(values, name, SLOTS_MAX):
            kept[slot_address(name, slot)] = value
            strength = slot_address(name, slot, "strength")
            if strength in values:
                kept[strength] = values[strength]
    return kept


def _common(values: Mapping[str, Value], name: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        sent: _writable(values[address])
        for address, sent in COMMON.items()
        if values.get(address) is not None
    }
    if "refiner" in values and not values["refiner"]:
        body["refiner_model_name"] = "None"
    body["style_selections"] = [style for _, style in filled(values, "style", STYLE_SLOTS)]
    body["loras"] = [
        {
            "enabled": True,
            "model_name": lora,
            "weight": _real(values.get(slot_address("lora", slot, "strength")), 1.0),
        }
        for slot, lora in filled(values, "lora", SLOTS_MAX)
    ]
    body["advanced_params"] = {
        sent: values[address] for address, sent in ADVANCED.items() if values.get(address) is not None
    }
    if values.get("vae"):
        body["advanced_params"]["vae_name"] = values["vae"]
    scheme, ending = values.get("metadata_scheme"), values.get("save_format")
    return {
        **body,
        "async_process": True,
        "require_base64": False,
        "save_meta": True,
        # Nothing but these ever: see `METADATA_SCHEMES` and `SAVE_FORMATS` for what others do.
        "meta_scheme": scheme if scheme in METADATA_SCHEMES else METADATA_SCHEMES[0],
        "save_extension": ending if ending in SAVE_FORMATS else SAVE_FORMATS[0],
        "save_name": name,
    }


def _writable(value: Value) -> Value:
    """`value` without lone surrogates: the server writes prompts into its log, and would fail on them."""
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, str)
        else value
    )


def _size(values: Mapping[str, Value]) -> str:
    """`W*H`; anything else ends in an empty result. Source: recordings `aspect_*`."""
    ratio = values.get("aspect_ratio")
    if isinstance(ratio, str) and (found := _RATIO.fullmatch(ratio)) is not None:
        return f"{found[1]}*{found[2]}"
    return f"{_whole(values.get('width'), 1152)}*{_whole(values.get('height'), 896)}"


def _upscale(values: Mapping[str, Value], body: dict[str, Any]) -> dict[str, Any]:
    method = str(values.get("method") or "Upscale (2x)")
    body |= {
        "uov_method": method,
        "input_image": values.get("image"),
        "image_prompts": _prompt_pictures(values),
    }
    if method == CUSTOM:
        body["upscale_value"] = _real(values.get("upscale"), 2.0)
    if values.get("denoise") is not None:
        kind = "vary" if method.startswith("Vary") else "upscale"
        body["advanced_params"][f"overwrite_{kind}_strength"] = values["denoise"]
    return body


def _inpaint(values: Mapping[str, Value], body: dict[str, Any]) -> dict[str, Any]:
    body |= {
        "input_image": values["image"],
        "outpaint_selections": [edge.title() for edge in outpaints(values)],
        "inpaint_additional_prompt": _writable(str(values.get("inpaint_prompt") or "")),
    }
    body["advanced_params"]["inpaint_strength"] = _real(values.get("denoise"), 1.0)
    if values.get("mask"):
        body["input_mask"] = values["mask"]
    for edge in EDGES:
        # -1: 30 % of the picture.
        body[f"outpaint_distance_{edge}"] = _whole(values.get(f"outpaint_{edge}_px"), -1)
    return body


def _prompt_pictures(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [
        {
            "cn_img": picture,
            "cn_type": str(values.get(slot_address("image_prompt", slot, "type")) or "ImagePrompt"),
            # 0 means "the default of its kind".
            "cn_stop": _real(values.get(slot_address("image_prompt", slot, "stop")), 0.0),
            "cn_weight": _real(values.get(slot_address("image_prompt", slot, "weight")), 0.0),
        }
        for slot, picture in filled(values, "image_prompt", SLOTS_MAX)
    ]


def _real(value: Value, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _whole(value: Value, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
