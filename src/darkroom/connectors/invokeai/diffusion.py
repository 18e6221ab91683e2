"""The graph for SD 1, SD 2 and SDXL.

Source: InvokeAI 6.14.2, graphs that ran: `sd1_txt2img`, `sdxl_txt2img`, `sd1_lora`, `sd1_vae`,
`sd1_img2img`, `sd1_controlnet`, `13_inpaint`; validated: `13_validate_sdxl_lora`,
`13_validate_sd1_ip_t2i`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.graph import Graph
from darkroom.connectors.invokeai.pictures import add_controls, add_image_prompts, fitted, masked, pasted
from darkroom.connectors.invokeai.request import denoise_of, start_of
from darkroom.connectors.invokeai.slots import LORAS, lora

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.graph import Source
    from darkroom.connectors.invokeai.request import Request

Ends = dict[str, "Source"]
"""Where the model's parts come from by now: unet, clip, clip2, vae."""

LOADER, SKIP, VAE, LORA_LOADER = "model_loader", "clip_skip", "vae_loader", "lora_loader"
PROMPT, NEGATIVE, SEED, NOISE, DENOISE = "positive_prompt", "negative_prompt", "seed", "noise", "denoise"
POSITIVE_CONDITIONING, NEGATIVE_CONDITIONING, DECODE, METADATA = (
    "pos_cond",
    "neg_cond",
    "l2i",
    "core_metadata",
)


def build(request: Request) -> tuple[Graph, dict[str, Any]]:
    """The graph, and what its metadata say."""
    graph = Graph("darkroom_diffusion")
    metadata = _metadata(request)
    ends = _load(graph, request, metadata)
    _condition(graph, request, ends)
    _denoise(graph, request, ends, metadata)
    fp32 = request.text("vae_precision") != "fp16"
    graph.add(DECODE, "l2i", fp32=fp32)
    graph.join((DENOISE, "latents"), DECODE, "latents")
    graph.join(ends["vae"], DECODE, "vae")
    output = DECODE
    if "image" in request.pictures:
        output = _begin_with_picture(graph, request, ends, fp32)
    add_controls(graph, request, metadata, ends["vae"])
    add_image_prompts(graph, request, metadata)
    graph.add(METADATA, "core_metadata", **metadata)
    for source, field in ((SEED, "seed"), (PROMPT, "positive_prompt"), (NEGATIVE, "negative_prompt")):
        graph.join((source, "value"), METADATA, field)
    graph.end_with(output, board=request.board(), metadata=(METADATA, "metadata"))
    return graph, metadata


def _metadata(request: Request) -> dict[str, Any]:
    kind = "txt2img"
    if "image" in request.pictures:
        kind = "inpaint" if "mask" in request.pictures else "img2img"
    metadata: dict[str, Any] = {
        "generation_mode": request.base.mode_prefix + kind,
        "width": request.whole("width"),
        "height": request.whole("height"),
        "steps": request.whole("steps"),
        "cfg_scale": request.number("cfg_scale", 1),
        "cfg_rescale_multiplier": request.number("cfg_rescale"),
        "scheduler": request.text("scheduler"),
        "rand_device": "cpu",
        "model": request.main.identifier,
    }
    if "image" in request.pictures:
        metadata["strength"] = denoise_of(request)
        metadata["init_image"] = request.pictures["image"].name
    return metadata


def _load(graph: Graph, request: Request, metadata: dict[str, Any]) -> Ends:
    is_xl = request.main.base == offer.SDXL
    graph.add(LOADER, "sdxl_model_loader" if is_xl else "main_model_loader", model=request.main.identifier)
    ends: Ends = {name: (LOADER, name) for name in ("unet", "clip", "vae", *(("clip2",) if is_xl else ()))}
    if not is_xl:
        skipped = max(0, request.whole("clip_skip", 1) - 1)
        graph.add(SKIP, "clip_skip", skipped_layers=skipped)
        graph.join(ends["clip"], SKIP, "clip")
        ends["clip"] = (SKIP, "clip")
        metadata["clip_skip"] = skipped
    _add_loras(graph, request, ends, metadata)
    vae = request.model(offer.VAE, "vae")
    if vae is not None:
        graph.add(VAE, "vae_loader", vae_model=vae.identifier)
        ends["vae"] = (VAE, "vae")
        metadata["vae"] = vae.identifier
    return ends


def _add_loras(graph: Graph, request: Request, ends: Ends, metadata: dict[str, Any]) -> None:
    entries = list(select_loras(graph, request))
    if not entries:
        return
    metadata["loras"] = entries
    is_xl = request.main.base == offer.SDXL
    graph.add(LORA_LOADER, "sdxl_lora_collection_loader" if is_xl else "lora_collection_loader")
    graph.join(("loras", "collection"), LORA_LOADER, "loras")
    for name in ("unet", "clip", *(("clip2",) if is_xl else ())):
        graph.join(ends[name], LORA_LOADER, name)
        ends[name] = (LORA_LOADER, name)


def select_loras(graph: Graph, request: Request) -> list[dict[str, Any]]:
    """Adds a selector for each LoRA chosen and collects them; gives their entries for the metadata."""
    entries: list[dict[str, Any]] = []
    for slot in range(1, LORAS + 1):
        address, strength = lora(slot)
        model = request.model(offer.LORA, address)
        if model is None:
            continue
        weight = request.number(strength, 0.75)
        if not entries:
            graph.add("loras", "collect")
        node = graph.add(f"lora_{slot}", "lora_selector", lora=model.identifier, weight=weight)
        graph.join((node, "lora"), "loras", "item")
        entries.append({"model": model.identifier, "weight": weight})
    return entries


def _condition(graph: Graph, request: Request, ends: Ends) -> None:
    prompt, negative = request.prompts()
    graph.add(PROMPT, "string", value=prompt)
    graph.add(NEGATIVE, "string", value=negative)
    for source, node in ((PROMPT, POSITIVE_CONDITIONING), (NEGATIVE, NEGATIVE_CONDITIONING)):
        graph.join((source, "value"), node, "prompt")
        graph.join(ends["clip"], node, "clip")
        if "clip2" not in ends:
            graph.add(node, "compel")
            continue
        width, height = request.whole("width"), request.whole("height")
        sizes = {"original_width": width, "original_height": height, "target_width": width}
        graph.add(node, "sdxl_compel_prompt", **sizes, target_height=height)
        graph.join(ends["clip2"], node, "clip2")
        graph.join((source, "value"), node, "style")


def _denoise(graph: Graph, request: Request, ends: Ends, metadata: dict[str, Any]) -> None:
    graph.add(SEED, "integer", value=request.whole("seed"))
    graph.add(NOISE, "noise", width=metadata["width"], height=metadata["height"], use_cpu=True)
    graph.join((SEED, "value"), NOISE, "seed")
    start = start_of(denoise_of(request), flux=False) if "image" in request.pictures else 0
    graph.add(
        DENOISE,
        "denoise_latents",
        steps=metadata["steps"],
        cfg_scale=metadata["cfg_scale"],
        cfg_rescale_multiplier=metadata["cfg_rescale_multiplier"],
        scheduler=metadata["scheduler"],
        denoising_start=start,
        denoising_end=1,
    )
    graph.join(ends["unet"], DENOISE, "unet")
    graph.join((NOISE, "noise"), DENOISE, "noise")
    graph.join((POSITIVE_CONDITIONING, "conditioning"), DENOISE, "positive_conditioning")
    graph.join((NEGATIVE_CONDITIONING, "conditioning"), DENOISE, "negative_conditioning")


def _begin_with_picture(graph: Graph, request: Request, ends: Ends, fp32: bool) -> str:
    """Adds what makes latents of a picture, and with a mask what keeps the rest; gives the output."""
    image = fitted(graph, request, "image", request.pictures["image"])
    encode = graph.add("i2l", "i2l", fp32=fp32)
    graph.join(image, encode, "image")
    graph.join(ends["vae"], encode, "vae")
    graph.join((encode, "latents"), DENOISE, "latents")
    if "mask" not in request.pictures:
        return DECODE
    area = masked(graph, request, image, ends["vae"], ends["unet"])
    return pasted(graph, image, (DECODE, "image"), area)
