"""The requests that it takes, with the real server's limits: pydantic says what is wrong, as there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Performance = Literal["Speed", "Quality", "Extreme Speed", "Lightning", "Hyper-SD"]
Method = Literal[
    "Disabled",
    "Vary (Subtle)",
    "Vary (Strong)",
    "Upscale (1.5x)",
    "Upscale (2x)",
    "Upscale (Fast 2x)",
    "Upscale (Custom)",
]
Edge = Literal["Left", "Right", "Top", "Bottom"]
Unit = Annotated[float, Field(ge=0, le=1)]

SAMPLERS = frozenset(
    {"euler", "euler_ancestral", "heun", "dpmpp_sde", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "lcm"}
)
SCHEDULERS = frozenset({"normal", "karras", "exponential", "sgm_uniform", "simple", "lcm"})
"""Some of the real ones."""

PRESET = {
    "base_model_name": "juggernautXL_v8Rundiffusion.safetensors",
    "lora": "sd_xl_offset_example-lora_1.0.safetensors",
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", protected_namespaces=())


class Lora(_Model):
    enabled: bool
    model_name: str
    weight: Annotated[float, Field(ge=-2, le=2)] = 0.5


class Advanced(_Model):
    adaptive_cfg: Annotated[float, Field(ge=1, le=30)] = 7.0
    adm_scaler_positive: Annotated[float, Field(ge=0.1, le=3)] = 1.5
    adm_scaler_negative: Annotated[float, Field(ge=0.1, le=3)] = 0.8
    adm_scaler_end: Unit = 0.3
    clip_skip: Annotated[int, Field(ge=1, le=12)] = 2
    sampler_name: str = "dpmpp_2m_sde_gpu"
    scheduler_name: str = "karras"
    overwrite_step: Annotated[int, Field(ge=-1, le=200)] = -1
    overwrite_vary_strength: Annotated[float, Field(ge=-1, le=1)] = -1
    overwrite_upscale_strength: Annotated[float, Field(ge=-1, le=1)] = -1
    inpaint_strength: Unit = 1.0
    disable_seed_increment: bool = False
    vae_name: str = "Default (model)"


class ImagePrompt(_Model):
    cn_img: str | None = None
    cn_stop: Unit | None = 0
    cn_weight: Annotated[float | None, Field(ge=0, le=2)] = 0
    cn_type: Literal["ImagePrompt", "FaceSwap", "PyraCanny", "CPDS"] = "ImagePrompt"


class Common(_Model):
    prompt: str = ""
    negative_prompt: str = ""
    style_selections: list[str] = ["Fooocus V2", "Fooocus Enhance", "Fooocus Sharp"]
    performance_selection: Performance = "Speed"
    aspect_ratios_selection: str = "1152*896"
    image_number: Annotated[int, Field(ge=1, le=32)] = 1
    image_seed: int = -1
    sharpness: Annotated[float, Field(ge=0, le=30)] = 2.0
    guidance_scale: Annotated[float, Field(ge=1, le=30)] = 4.0
    base_model_name: str = PRESET["base_model_name"]
    refiner_model_name: str = "None"
    refiner_switch: Annotated[float, Field(ge=0.1, le=1)] = 0.5
    loras: list[Lora] = [Lora(enabled=True, model_name=PRESET["lora"], weight=0.1)]
    advanced_params: Advanced = Advanced()
    save_meta: bool = True
    meta_scheme: str = "fooocus"
    save_extension: str = "png"
    save_name: str = ""
    async_process: bool = False
    image_prompts: list[ImagePrompt] = []
    input_image: str = ""


class VaryOrUpscale(Common):
    uov_method: Method = "Upscale (2x)"
    upscale_value: Annotated[float | None, Field(ge=1, le=5)] = 1.0
    input_image: str = Field()


class Inpaint(Common):
    input_mask: str | None = ""
    inpaint_additional_prompt: str | None = ""
    outpaint_selections: list[Edge] = []
    outpaint_distance_left: int | None = -1
    outpaint_distance_right: int | None = -1
    outpaint_distance_top: int | None = -1
    outpaint_distance_bottom: int | None = -1


KINDS: dict[str, tuple[type[Common], str]] = {
    "/v1/generation/text-to-image": (Common, "Text to Image"),
    "/v2/generation/text-to-image-with-ip": (Common, "Text to Image"),
    "/v2/generation/image-upscale-vary": (VaryOrUpscale, "Image Upscale or Variation"),
    "/v2/generation/image-inpaint-outpaint": (Inpaint, "Image Inpaint or Outpaint"),
}
"""The model of a request and the type of its job, by path."""
