"""The graph for FLUX.

Source: InvokeAI 6.14.2, `13_validate_flux` and the schema of its nodes. The server checks such graphs
whole; they have been checked by it and never run, for want of a model that fits a test machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.diffusion import (
    DECODE,
    DENOISE,
    LOADER,
    METADATA,
    PROMPT,
    SEED,
    select_loras,
)
from darkroom.connectors.invokeai.graph import Graph
from darkroom.connectors.invokeai.pictures import add_controls, add_image_prompts, fitted, masked, pasted
from darkroom.connectors.invokeai.request import denoise_of, start_of

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.request import Request

CONDITIONING = "pos_cond"


def build(request: Request) -> tuple[Graph, dict[str, Any]]:
    """The graph, and what its metadata say."""
    graph = Graph("darkroom_flux")
    metadata = _load(graph, request)
    _condition(graph, request, metadata)
    _denoise(graph, request, metadata)
    graph.add(DECODE, "flux_vae_decode")
    graph.join((DENOISE, "latents"), DECODE, "latents")
    graph.join((LOADER, "vae"), DECODE, "vae")
    output = DECODE
    if "image" in request.pictures:
        output = _begin_with_picture(graph, request)
    add_controls(graph, request, metadata, (LOADER, "vae"))
    add_image_prompts(graph, request, metadata)
    graph.add(METADATA, "core_metadata", **metadata)
    for source, field in ((SEED, "seed"), (PROMPT, "positive_prompt")):
        graph.join((source, "value"), METADATA, field)
    graph.end_with(output, board=request.board(), metadata=(METADATA, "metadata"))
    return graph, metadata


def _load(graph: Graph, request: Request) -> dict[str, Any]:
    kind = "txt2img"
    if "image" in request.pictures:
        kind = "inpaint" if "mask" in request.pictures else "img2img"
    t5 = request.needed(offer.T5, "t5_encoder").identifier
    clip = request.needed(offer.CLIP_EMBED, "clip_embed").identifier
    vae = request.needed(offer.VAE, "vae").identifier
    main = request.main.identifier
    graph.add(
        LOADER, "flux_model_loader", model=main, t5_encoder_model=t5, clip_embed_model=clip, vae_model=vae
    )
    metadata: dict[str, Any] = {
        "generation_mode": request.base.mode_prefix + kind,
        "width": request.whole("width"),
        "height": request.whole("height"),
        "steps": request.whole("steps"),
        "guidance": request.number("guidance"),
        "scheduler": request.text("scheduler"),
        "model": main,
        "t5_encoder": t5,
        "clip_embed_model": clip,
        "vae": vae,
    }
    if "image" in request.pictures:
        metadata["strength"] = denoise_of(request)
        metadata["init_image"] = request.pictures["image"].name
    return metadata


def _condition(graph: Graph, request: Request, metadata: dict[str, Any]) -> None:
    graph.add(PROMPT, "string", value=request.prompts()[0])
    graph.add(CONDITIONING, "flux_text_encoder")
    ends = {name: (LOADER, name) for name in ("transformer", "clip", "t5_encoder")}
    if entries := select_loras(graph, request):
        metadata["loras"] = entries
        graph.add("lora_loader", "flux_lora_collection_loader")
        graph.join(("loras", "collection"), "lora_loader", "loras")
        for name, source in ends.items():
            graph.join(source, "lora_loader", name)
        ends = {name: ("lora_loader", name) for name in ends}
    graph.join(ends["clip"], CONDITIONING, "clip")
    graph.join(ends["t5_encoder"], CONDITIONING, "t5_encoder")
    graph.join((LOADER, "max_seq_len"), CONDITIONING, "t5_max_seq_len")
    graph.join((PROMPT, "value"), CONDITIONING, "prompt")
    graph.join(ends["transformer"], DENOISE, "transformer")
    graph.join((CONDITIONING, "conditioning"), DENOISE, "positive_text_conditioning")


def _denoise(graph: Graph, request: Request, metadata: dict[str, Any]) -> None:
    start = start_of(denoise_of(request), flux=True) if "image" in request.pictures else 0
    graph.add(SEED, "integer", value=request.whole("seed"))
    graph.add(
        DENOISE,
        "flux_denoise",
        num_steps=metadata["steps"],
        guidance=metadata["guidance"],
        scheduler=metadata["scheduler"],
        width=metadata["width"],
        height=metadata["height"],
        denoising_start=start,
        denoising_end=1,
    )
    graph.join((SEED, "value"), DENOISE, "seed")


def _begin_with_picture(graph: Graph, request: Request) -> str:
    image = fitted(graph, request, "image", request.pictures["image"])
    encode = graph.add("i2l", "flux_vae_encode")
    graph.join(image, encode, "image")
    graph.join((LOADER, "vae"), encode, "vae")
    graph.join((encode, "latents"), DENOISE, "latents")
    if "mask" not in request.pictures:
        return DECODE
    area = masked(graph, request, image, (LOADER, "vae"), None)
    return pasted(graph, image, (DECODE, "image"), area)
