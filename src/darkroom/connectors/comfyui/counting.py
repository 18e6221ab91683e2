"""How many pictures a graph will make, where that can be told before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.nodes import Classes
from darkroom.connectors.comfyui.wiring import Wiring
from darkroom.domain.workflow import is_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.workflow import Graph

_ONE_FILE = frozenset(("SaveAnimatedWEBP", "SaveAnimatedPNG", "SaveWEBM", "SaveVideo"))
"""They put a whole batch into one file."""

_SAME_NUMBER = {
    "ImageCompositeMasked": "destination",
    "ImageInvert": "image",
    "ImageScale": "image",
    "ImageScaleBy": "image",
    "ImageScaleToMaxDimension": "image",
    "ImageScaleToTotalPixels": "image",
    "ImageSharpen": "image",
    "ImageUpscaleWithModel": "image",
    "KSampler": "latent_image",
    "KSamplerAdvanced": "latent_image",
    "LatentUpscale": "samples",
    "LatentUpscaleBy": "samples",
    "SamplerCustom": "latent_image",
    "SamplerCustomAdvanced": "latent_image",
    "VAEDecode": "samples",
    "VAEDecodeTiled": "samples",
    "VAEEncode": "pixels",
    "VAEEncodeForInpaint": "pixels",
    "VAEEncodeTiled": "pixels",
}
"""Classes that give as many pictures as they get, and the input that brings them."""

_REPEATS = {"RepeatImageBatch": "image", "RepeatLatentBatch": "samples"}
_BEGINS = frozenset(("EmptyImage", "EmptyLatentImage", "EmptySD3LatentImage"))
_STILL = (".png", ".jpg", ".jpeg", ".bmp")
"""Files that hold one picture; a GIF or WebP may hold many."""

_HOPS = 1000


def expected_outputs(graph: Graph, schema: Mapping[str, Any]) -> int | None:
    """The number of pictures that `graph` makes: batch × savers.

    Returns:
        `None` when it cannot be told: an output of another kind, or a node on the way that may
        change the number.
    """
    wiring = Wiring(graph, Classes(schema))
    total = 0
    for node_id in graph:
        if not wiring.node_class(node_id).known:
            return None
        if not wiring.node_class(node_id).is_output:
            continue
        made = _made_by(wiring, node_id)
        if made is None:
            return None
        total += made
    return total or None


def _class_type(wiring: Wiring, node_id: str) -> str:
    return str(wiring.graph[node_id].get("class_type", ""))


def _made_by(wiring: Wiring, node_id: str) -> int | None:
    if _class_type(wiring, node_id) in _ONE_FILE:
        return 1
    images = wiring.node_class(node_id).inputs.get("images")
    if images is None or images.type != "IMAGE":
        return None
    return _batch(wiring, node_id, "images")


def _batch(wiring: Wiring, node_id: str, name: str) -> int | None:
    """Pictures that come in over an input."""
    factor = 1
    for _ in range(_HOPS):
        link = wiring.inputs(node_id).get(name)
        if not is_link(link) or not isinstance(link, list) or link[0] not in wiring.graph:
            return None
        node_id = link[0]
        class_type, given = _class_type(wiring, node_id), wiring.inputs(node_id)
        if class_type in _BEGINS:
            return _times(factor, given.get("batch_size"))
        if class_type == "LoadImage":
            return factor if str(given.get("image", "")).lower().endswith(_STILL) else None
        if class_type in _REPEATS:
            times = _times(factor, given.get("amount"))
            if times is None:
                return None
            factor, name = times, _REPEATS[class_type]
        elif class_type in _SAME_NUMBER:
            name = _SAME_NUMBER[class_type]
        else:
            return None
    return None


def _times(factor: int, amount: object) -> int | None:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        return None
    return factor * amount
