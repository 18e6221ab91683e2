"""What a Fooocus offers: lists, limits and defaults, however its connector learned them.

A connector asks its server and keeps the answer as plain JSON (`Offer.to_schema`, the catalog's schema);
`read_offer` makes the offer from it again. What a server does not say is as it was recorded.

Source: Fooocus-API 0.5.0.1 `/openapi.json`, Fooocus 2.5.5 `/config`, recordings `schemas`,
`gradio_generate_inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import RANDOM_SEED

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

SEED_MAX = 2**63 - 1
"""Larger ones become random ones without a word. Source: Fooocus 2.5, `modules/constants.py`."""

Limits = tuple[float | int, float | int]
"""Least and greatest value, both inclusive."""

SAMPLERS = (
    *("euler", "euler_ancestral", "heun", "heunpp2", "dpm_2", "dpm_2_ancestral", "lms", "dpm_fast"),
    *("dpm_adaptive", "dpmpp_2s_ancestral", "dpmpp_sde", "dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_sde"),
    *("dpmpp_2m_sde_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "ddpm", "lcm", "tcd", "restart", "ddim"),
    *("uni_pc", "uni_pc_bh2"),
)
SCHEDULERS = (
    *("normal", "karras", "exponential", "sgm_uniform", "simple", "ddim_uniform", "lcm", "turbo"),
    *("align_your_steps", "tcd", "edm_playground_v2.5"),
)
_RATIOS = (
    *("704×1408", "704×1344", "768×1344", "768×1280", "832×1216", "832×1152", "896×1152", "896×1088"),
    *("960×1088", "960×1024", "1024×1024", "1024×960", "1088×960", "1088×896", "1152×896", "1152×832"),
    *("1216×832", "1280×768", "1344×768", "1344×704", "1408×704", "1472×704", "1536×640", "1600×640"),
    *("1664×576", "1728×576"),
)

DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        "prompt": "",
        "negative": "",
        "checkpoint": "juggernautXL_v8Rundiffusion.safetensors",
        "refiner": None,
        "refiner_switch": 0.5,
        "vae": None,
        "lora": "sd_xl_offset_example-lora_1.0.safetensors",
        "lora_strength": 0.1,
        "style": "Fooocus V2",
        "style_2": "Fooocus Enhance",
        "style_3": "Fooocus Sharp",
        "performance": "Speed",
        "steps": None,
        "cfg_scale": 4.0,
        "sharpness": 2.0,
        "seed": RANDOM_SEED,
        "sampler": "dpmpp_2m_sde_gpu",
        "scheduler": "karras",
        "clip_skip": 2,
        "width": 1152,
        "height": 896,
        "batch_size": 1,
        "adaptive_cfg": 7.0,
        "adm_positive": 1.5,
        "adm_negative": 0.8,
        "adm_end": 0.3,
        "refiner_swap": "joint",
        "controlnet_softness": 0.25,
        "canny_low": 64,
        "canny_high": 128,
        "freeu_b1": 1.01,
        "freeu_b2": 1.02,
        "freeu_s1": 0.99,
        "freeu_s2": 0.95,
        "inpaint_engine": "v2.6",
        "inpaint_field": 0.618,
        "inpaint_erode": 0,
        "save_format": "png",
        "metadata_scheme": "fooocus",
    }
)
"""By address, where the server says nothing else."""

LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "refiner_switch": (0.1, 1.0),
        "lora_strength": (-2.0, 2.0),
        "steps": (1, 200),
        "cfg_scale": (1.0, 30.0),
        "sharpness": (0.0, 30.0),
        "clip_skip": (1, 12),
        "width": (64, 2048),
        "height": (64, 2048),
        "batch_size": (1, 32),
        "adaptive_cfg": (1.0, 30.0),
        "adm_positive": (0.1, 3.0),
        "adm_negative": (0.1, 3.0),
        "adm_end": (0.0, 1.0),
        "controlnet_softness": (0.0, 1.0),
        "canny_low": (1, 255),
        "canny_high": (1, 255),
        "freeu_b1": (0.0, 2.0),
        "freeu_b2": (0.0, 2.0),
        "freeu_s1": (0.0, 4.0),
        "freeu_s2": (0.0, 4.0),
        "inpaint_field": (0.0, 1.0),
        "inpaint_erode": (-64, 64),
        "upscale": (1.0, 5.0),
    }
)
"""By address, where the server says nothing else."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one server offers. The fields' own defaults are what was recorded.

    Attributes:
        checkpoints: Base models, which are the refiners too; () before the server was asked.
        loras: LoRA files.
        styles: Named styles.
        vaes: VAE files; () when the server does not list them.
        aspect_ratios: `W×H`, with the sign ×.
        performances: Modes of speed.
        samplers: In the server's order.
        schedulers: Likewise.
        engines: Inpaint engines.
        uov_methods: What can be done with a picture to upscale or vary, "Disabled" left out.
        image_prompt_types: What a picture can mean beside the prompt.
        lora_slots: So many LoRAs at once.
        image_prompts: So many pictures beside the prompt at once.
        types_vae: Where VAEs are not listed, one may be named all the same.
        distances: How far to paint beyond each edge can be said, and not only which edge.
        defaults: By address, above `DEFAULTS`.
        limits: By address, above `LIMITS`.
    """

    checkpoints: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    vaes: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...] = _RATIOS
    performances: tuple[str, ...] = ("Speed", "Quality", "Extreme Speed", "Lightning", "Hyper-SD")
    samplers: tuple[str, ...] = SAMPLERS
    schedulers: tuple[str, ...] = SCHEDULERS
    engines: tuple[str, ...] = ("None", "v1", "v2.5", "v2.6")
    uov_methods: tuple[str, ...] = (
        "Vary (Subtle)",
        "Vary (Strong)",
        "Upscale (1.5x)",
        "Upscale (2x)",
        "Upscale (Fast 2x)",
    )
    image_prompt_types: tuple[str, ...] = ("ImagePrompt", "PyraCanny", "CPDS", "FaceSwap")
    lora_slots: int = 5
    image_prompts: int = 4
    types_vae: bool = False
    distances: bool = False
    defaults: Mapping[str, Value] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)

    def default(self, address: str) -> Value:
        """What stands in the field before anybody chose; `None` when nothing does."""
        return self.defaults[address] if address in self.defaults else DEFAULTS.get(address)

    def limit(self, address: str) -> Limits:
        """Least and greatest value of a number."""
        return self.limits.get(address) or LIMITS[address]

    def to_schema(self) -> dict[str, Any]:
        """The offer as JSON values, for `Catalog.schema`."""
        # By hand: `asdict` copies every name of every list by itself, which takes long for thousands.
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["defaults"] = dict(self.defaults)
        plain["limits"] = {address: list(limits) for address, limits in self.limits.items()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def read_offer(schema: Mapping[str, Any]) -> Offer:
    """The offer that `to_schema` wrote; whatever is missing or unlike it is as recorded. Pure."""
    plain = {f.name: getattr(_RECORDED, f.name) for f in fields(Offer)}
    for name, recorded in plain.items():
        given = schema.get(name)
        if isinstance(recorded, tuple) and isinstance(given, list | tuple):
            plain[name] = tuple(item for item in given if isinstance(item, str))
        elif isinstance(recorded, bool | int) and type(given) is type(recorded):
            plain[name] = given
    plain["defaults"] = _mapping(schema.get("defaults"), _is_value)
    limits = _mapping(schema.get("limits"), _is_pair)
    plain["limits"] = {address: (low, high) for address, (low, high) in limits.items()}
    return Offer(**plain)


def _mapping(given: object, fits: Any) -> dict[str, Any]:
    items = given.items() if isinstance(given, Mapping) else ()
    return {str(key): value for key, value in items if fits(value)}


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(end, int | float) and not isinstance(end, bool) for end in value)
    )


_RECORDED = Offer()
