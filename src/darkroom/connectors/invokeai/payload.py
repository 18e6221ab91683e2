"""From a snapshot to the exact batch that is sent, and back from its nodes to the fields of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai import diffusion, flux, offer, upscale
from darkroom.connectors.invokeai.handle import JobHandle, destination
from darkroom.connectors.invokeai.request import Uploaded, make_request, with_defaults
from darkroom.domain.snapshot import to_json
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.connectors.invokeai.graph import Graph
    from darkroom.domain.server import Catalog
    from darkroom.domain.snapshot import Snapshot

ORIGIN = "darkroom"

RECIPE, JOB = "darkroom", "darkroom_job"
"""Keys of our recipe and of our name for the job among the metadata of every picture.

The server keeps keys that it does not know. By the second a picture is found again when the queue has
forgotten its job. Source: InvokeAI 6.14.2, recording `13_inpaint_meta`.
"""

_COMPARED = (
    *("width", "height", "steps", "cfg_scale", "cfg_rescale_multiplier", "guidance", "scheduler", "model"),
    *("vae", "clip_skip", "strength", "loras"),
)
"""Metadata that are compared with what came back."""

_ADDRESSES = {
    (diffusion.LOADER, "model"): "checkpoint",
    (diffusion.LOADER, "t5_encoder_model"): "t5_encoder",
    (diffusion.LOADER, "clip_embed_model"): "clip_embed",
    (diffusion.LOADER, "vae_model"): "vae",
    (diffusion.VAE, "vae_model"): "vae",
    (diffusion.SKIP, "skipped_layers"): "clip_skip",
    (diffusion.PROMPT, "value"): "prompt",
    (diffusion.NEGATIVE, "value"): "negative",
    (diffusion.SEED, "value"): "seed",
    (diffusion.NOISE, "width"): "width",
    (diffusion.NOISE, "height"): "height",
    (diffusion.DENOISE, "steps"): "steps",
    (diffusion.DENOISE, "num_steps"): "steps",
    (diffusion.DENOISE, "cfg_scale"): "cfg_scale",
    (diffusion.DENOISE, "cfg_rescale_multiplier"): "cfg_rescale",
    (diffusion.DENOISE, "guidance"): "guidance",
    (diffusion.DENOISE, "scheduler"): "scheduler",
    (diffusion.DENOISE, "denoising_start"): "denoise",
    (diffusion.DENOISE, "width"): "width",
    (diffusion.DENOISE, "height"): "height",
    (upscale.NODE, "scale"): "upscale",
    (upscale.NODE, "width"): "upscale",
    (upscale.NODE, "height"): "upscale",
    (upscale.NODE, "resample_mode"): "upscaler",
    (upscale.NODE, "image_to_image_model"): "upscaler",
    (upscale.NODE, "tile_size"): "tile_size",
    ("gradient_mask", "edge_radius"): "mask_blur",
}


def address_of(node: str, field: str) -> str:
    """The form's address for an input of a node; "" when no field stands for it."""
    if (node, field) in _ADDRESSES:
        return _ADDRESSES[node, field]
    name, _, slot = node.rpartition("_")
    suffix = "" if slot == "1" else f"_{slot}"
    match name, field:
        case "lora", "lora":
            return f"lora{suffix}"
        case "lora", "weight":
            return f"lora{suffix}_strength"
        case "control", "control_model" | "t2i_adapter_model":
            return f"controlnet{suffix}"
        case "control", "control_weight" | "weight":
            return f"controlnet{suffix}_weight"
        case "image_prompt", "ip_adapter_model":
            return f"ip_adapter{suffix}"
        case "image_prompt", "weight":
            return f"ip_adapter{suffix}_weight"
    return ""


def make_job(
    generation_id: str,
    snapshot: Snapshot,
    catalog: Catalog,
    pictures: Mapping[str, Uploaded],
    profile: str,
) -> tuple[dict[str, Any], JobHandle]:
    """The body of the request, and the handle of the job it makes.

    Raises:
        Rejected: The server would refuse it, or fail on it.
    """
    recipe = to_json(snapshot, with_graph=False)
    recipe.pop("document", None)
    seeds: list[int] = []
    board = ""
    if snapshot.mode == UPSCALE:
        offered = offer.Offer(catalog.schema)
        values = with_defaults(snapshot, catalog)
        graph, metadata = upscale.build(values, offered, pictures, profile)
        board = offered.boards().get(str(values.get("board") or ""), "")
    else:
        request = make_request(generation_id, snapshot, catalog, pictures, profile)
        build = flux.build if request.main.base == offer.FLUX else diffusion.build
        graph, metadata = build(request)
        seeds, board = request.seeds(), request.board()
    graph.give(diffusion.METADATA, **{RECIPE: _without_surrogates(recipe), JOB: generation_id})
    handle = JobHandle(
        generation_id,
        max(1, len(seeds)),
        graph.output,
        graph.kinds(),
        int(metadata.get("steps", 0)),
        {name: metadata[name] for name in _COMPARED if name in metadata},
        tuple(seeds),
        board,
    )
    return _body(generation_id, graph, seeds), handle


def _body(generation_id: str, graph: Graph, seeds: Sequence[int]) -> dict[str, Any]:
    """The request. A batch counts its seeds in the one node from which noise and metadata take them.

    What a batch puts in place is not checked by the server before the item runs, and a value that
    does not fit blocks the whole queue for ever; so nothing but seeds within the range is put there.
    Source: InvokeAI 6.14.2, recordings `07b_*`, `18_sweep_meta_unsynced`, `18_sweep_meta_edges`.
    """
    batch: dict[str, Any] = {
        "batch_id": generation_id,
        "graph": graph.to_json(),
        "runs": 1,
        "origin": ORIGIN,
        "destination": destination(generation_id),
    }
    if len(seeds) > 1:
        batch["data"] = [[{"node_path": diffusion.SEED, "field_name": "value", "items": list(seeds)}]]
    return {"prepend": False, "batch": batch}


def _without_surrogates(value: Any) -> Any:
    """`value` with lone surrogates replaced in every text: the server cannot store them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value
