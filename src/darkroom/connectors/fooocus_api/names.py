"""What the form's fields are called in a request.

Source: Fooocus-API 0.5.0.1 `/openapi.json`, schemas `CommonRequest` and `AdvancedParams`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMON: Mapping[str, str] = MappingProxyType(
    {
        "prompt": "prompt",
        "negative": "negative_prompt",
        "performance": "performance_selection",
        "batch_size": "image_number",
        "seed": "image_seed",
        "sharpness": "sharpness",
        "cfg_scale": "guidance_scale",
        "checkpoint": "base_model_name",
        "refiner": "refiner_model_name",
        "refiner_switch": "refiner_switch",
        "wildcards_in_order": "read_wildcards_in_order",
    }
)
"""Fields of the request itself, by address."""

ADVANCED: Mapping[str, str] = MappingProxyType(
    {
        "steps": "overwrite_step",
        "sampler": "sampler_name",
        "scheduler": "scheduler_name",
        "clip_skip": "clip_skip",
        "adaptive_cfg": "adaptive_cfg",
        "adm_positive": "adm_scaler_positive",
        "adm_negative": "adm_scaler_negative",
        "adm_end": "adm_scaler_end",
        "refiner_swap": "refiner_swap_method",
        "controlnet_softness": "controlnet_softness",
        "canny_low": "canny_low_threshold",
        "canny_high": "canny_high_threshold",
        "skip_preprocessors": "skipping_cn_preprocessor",
        "freeu": "freeu_enabled",
        "freeu_b1": "freeu_b1",
        "freeu_b2": "freeu_b2",
        "freeu_s1": "freeu_s1",
        "freeu_s2": "freeu_s2",
        "inpaint_engine": "inpaint_engine",
        "inpaint_field": "inpaint_respective_field",
        "inpaint_erode": "inpaint_erode_or_dilate",
        "inpaint_no_initial": "inpaint_disable_initial_latent",
        "black_out_nsfw": "black_out_nsfw",
        "same_seed": "disable_seed_increment",
    }
)
"""Fields of `advanced_params`, by address.

Never `debugging_cn_preprocessor` or `debugging_inpaint_preprocessor`: with either the worker never ends the
job and begins it anew for ever. Source: Fooocus-API 0.5.0.1, `worker.py`, `process_generate`.
"""

MORE: Mapping[str, str] = MappingProxyType(
    {
        "aspect_ratios_selection": "width",
        "uov_method": "method",
        "upscale_value": "upscale",
        "input_image": "image",
        "input_mask": "mask",
        "inpaint_additional_prompt": "inpaint_prompt",
        "overwrite_vary_strength": "denoise",
        "overwrite_upscale_strength": "denoise",
        "inpaint_strength": "denoise",
        "save_extension": "save_format",
        "meta_scheme": "metadata_scheme",
        "style_selections": "style",
        "vae_name": "vae",
    }
)
"""Addresses by the request's names, where one field becomes another or several."""
