"""The graph that makes a picture larger: by a model of the server, or by a plain filter.

Source: InvokeAI 6.14.2, schemas of `img_resize` and `spandrel_image_to_image_autoscale`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.diffusion import METADATA
from darkroom.connectors.invokeai.graph import Graph
from darkroom.connectors.invokeai.request import rejected
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.invokeai.offer import Offer
    from darkroom.connectors.invokeai.request import Uploaded
    from darkroom.domain.parameters import Value

NODE = "upscale"


def build(
    values: Mapping[str, Value], offered: Offer, pictures: Mapping[str, Uploaded], profile: str
) -> tuple[Graph, dict[str, Any]]:
    """The graph, and what its metadata say.

    Raises:
        Rejected: There is no picture, or no such upscaler or board.
    """
    if "image" not in pictures:
        raise rejected(profile, "image", "a picture is needed")
    picture, upscaler = pictures["image"], str(values.get("upscaler") or "")
    given = values.get("upscale")
    scale = float(given) if isinstance(given, int | float) else 2.0
    graph = Graph("darkroom_upscale")
    image = {"image_name": picture.name}
    width, height = round(picture.width * scale), round(picture.height * scale)
    metadata: dict[str, Any] = {
        "width": width,
        "height": height,
        "upscale_method": upscaler,
        "upscale_scale": scale,
        "upscale_initial_image": picture.name,
    }
    model = offered.find(offer.UPSCALER, upscaler)
    if model is not None:
        tile = values.get("tile_size")
        graph.add(
            NODE,
            "spandrel_image_to_image_autoscale",
            image=image,
            image_to_image_model=model.identifier,
            scale=scale,
            tile_size=tile if isinstance(tile, int) else 512,
        )
        metadata["upscale_model"] = model.identifier
    elif upscaler in offered.listed("resample_modes"):
        graph.add(NODE, "img_resize", image=image, width=width, height=height, resample_mode=upscaler)
    else:
        raise rejected(profile, "upscaler", f"the server has no “{excerpt(upscaler, 60)}”")
    board = str(values.get("board") or "")
    boards = {"": "", **offered.boards()}
    if board not in boards:
        raise rejected(profile, "board", f"the server has no board “{excerpt(board, 60)}”")
    graph.add(METADATA, "core_metadata", **metadata)
    graph.end_with(NODE, board=boards[board], metadata=(METADATA, "metadata"))
    return graph, metadata
