"""The parts of a graph that bring pictures in: to begin with, masks, control pictures, image prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.request import rejected
from darkroom.connectors.invokeai.slots import CONTROLS, IMAGE_PROMPTS, control, image_prompt

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.graph import Graph, Source
    from darkroom.connectors.invokeai.offer import Model
    from darkroom.connectors.invokeai.request import Request, Uploaded

Metadata = dict[str, Any]


def cut_to_shape(width: int, height: int, to_width: int, to_height: int) -> tuple[int, int, int, int] | None:
    """The middle part of a picture that has another's shape: x, y, width, height; `None` for all of it."""
    across = min(width, max(1, round(height * to_width / to_height)))
    down = min(height, max(1, round(width * to_height / to_width)))
    if (across, down) == (width, height):
        return None
    return (width - across) // 2, (height - down) // 2, across, down


def fitted(graph: Graph, request: Request, name: str, picture: Uploaded) -> Source:
    """Adds the nodes that cut and scale a picture to the size asked for."""
    width, height = request.whole("width"), request.whole("height")
    resize = graph.add(f"{name}_resize", "img_resize", width=width, height=height, resample_mode="lanczos")
    image = {"image_name": picture.name}
    part = cut_to_shape(picture.width, picture.height, width, height)
    if part is None:
        graph.give(resize, image=image)
        return resize, "image"
    x, y, across, down = part
    crop = graph.add(f"{name}_crop", "img_crop", image=image, x=x, y=y, width=across, height=down)
    graph.join((crop, "image"), resize, "image")
    return resize, "image"


def turned_mask(graph: Graph, request: Request) -> Source:
    """Adds the nodes that make the server's mask of ours: with it black is painted anew, with us white.

    Source: InvokeAI 6.14.2, recording `13_inpaint`, compared pixel by pixel.
    """
    source = fitted(graph, request, "mask", request.pictures["mask"])
    grey = graph.add("mask_grey", "img_conv", mode="L")
    graph.join(source, grey, "image")
    turned = graph.add("mask_turned", "img_lerp", min=255, max=0)
    graph.join((grey, "image"), turned, "image")
    return turned, "image"


def masked(graph: Graph, request: Request, image: Source, vae: Source, unet: Source | None) -> Source:
    """Adds the denoising mask; gives the area that is to be painted anew, as a picture."""
    blur = request.whole("mask_blur", 16)
    node = graph.add(
        "gradient_mask",
        "create_gradient_mask",
        edge_radius=blur,
        coherence_mode="Gaussian Blur",
        minimum_denoise=0.0,
        fp32=True,
    )
    graph.join(turned_mask(graph, request), node, "mask")
    graph.join(image, node, "image")
    graph.join(vae, node, "vae")
    if unet is not None:
        graph.join(unet, node, "unet")
    graph.join((node, "denoise_mask"), "denoise", "denoise_mask")
    fade = graph.add("fade_mask", "expand_mask_with_fade", fade_size_px=blur)
    graph.join((node, "expanded_mask_area"), fade, "mask")
    return fade, "image"


def pasted(graph: Graph, image: Source, painted: Source, area: Source) -> str:
    """Adds the node that puts what was painted into the old picture, which stays as it is elsewhere."""
    node = graph.add("paste", "invokeai_img_blend")
    graph.join(image, node, "layer_base")
    graph.join(painted, node, "layer_upper")
    graph.join(area, node, "mask")
    return node


def add_controls(graph: Graph, request: Request, metadata: Metadata, vae: Source) -> None:
    """Adds ControlNets and T2I adapters, each kind collected into one input of the sampler."""
    for slot in range(1, CONTROLS + 1):
        at = control(slot)
        model = request.model((offer.CONTROLNET, offer.T2I), at.model)
        if model is None:
            break
        if model.type == offer.T2I:
            _add_t2i(graph, request, metadata, slot, model)
        else:
            _add_net(graph, request, metadata, slot, model, vae)


def _add_net(
    graph: Graph, request: Request, metadata: Metadata, slot: int, model: Model, vae: Source
) -> None:
    at = control(slot)
    common: dict[str, Any] = {
        "control_model": model.identifier,
        "control_weight": request.number(at.weight, 1),
        **_span(request, at.start, at.end),
        "resize_mode": request.text(at.resize) or offer.RESIZE_MODES[0],
    }
    is_flux = request.main.base == offer.FLUX
    if not is_flux:
        common["control_mode"] = request.text(at.mode) or offer.CONTROL_MODES[0]
    node = graph.add(f"control_{slot}", "flux_controlnet" if is_flux else "controlnet", **common)
    picture = _control_picture(graph, request, slot, node)
    _collect(graph, "controls", (node, "control"), "control")
    if is_flux:
        _join_once(graph, vae, "denoise", "controlnet_vae")
    metadata.setdefault("controlnets", []).append({"image": {"image_name": picture.name}, **common})


def _add_t2i(graph: Graph, request: Request, metadata: Metadata, slot: int, model: Model) -> None:
    at = control(slot)
    common = {
        "t2i_adapter_model": model.identifier,
        "weight": request.number(at.weight, 1),
        **_span(request, at.start, at.end),
        "resize_mode": request.text(at.resize) or offer.RESIZE_MODES[0],
    }
    node = graph.add(f"control_{slot}", "t2i_adapter", **common)
    picture = _control_picture(graph, request, slot, node)
    _collect(graph, "t2i_adapters", (node, "t2i_adapter"), "t2i_adapter")
    metadata.setdefault("t2iAdapters", []).append({"image": {"image_name": picture.name}, **common})


def _control_picture(graph: Graph, request: Request, slot: int, node: str) -> Uploaded:
    at = control(slot)
    picture = _picture(request, at.image)
    image = {"image_name": picture.name}
    preprocessor = request.text(at.preprocessor)
    if not preprocessor:
        graph.give(node, image=image)
        return picture
    if preprocessor not in request.offered.preprocessors():
        raise rejected(request.profile, at.preprocessor, "the server has no such preprocessor")
    made = graph.add(f"control_map_{slot}", preprocessor, image=image)
    graph.join((made, "image"), node, "image")
    return picture


def add_image_prompts(graph: Graph, request: Request, metadata: Metadata) -> None:
    """Adds IP adapters, collected into one input of the sampler."""
    is_flux = request.main.base == offer.FLUX
    for slot in range(1, IMAGE_PROMPTS + 1):
        at = image_prompt(slot)
        model = request.model(offer.IP, at.model)
        if model is None:
            break
        picture = _picture(request, at.image)
        common: dict[str, Any] = {
            "image": {"image_name": picture.name},
            "ip_adapter_model": model.identifier,
            "clip_vision_model": "ViT-L" if is_flux else "ViT-H",
            "weight": request.number(at.weight, 1),
            **_span(request, at.start, at.end),
        }
        method = {} if is_flux else {"method": request.text(at.method) or offer.METHODS[0]}
        kind = "flux_ip_adapter" if is_flux else "ip_adapter"
        node = graph.add(f"image_prompt_{slot}", kind, **common, **method)
        _collect(graph, "image_prompts", (node, "ip_adapter"), "ip_adapter")
        entry = {**common, "method": method.get("method", offer.METHODS[0])}
        metadata.setdefault("ipAdapters", []).append(entry)


def _span(request: Request, start: str, end: str) -> dict[str, float]:
    begins, ends = float(request.number(start, 0)), float(request.number(end, 1))
    if begins > ends:
        raise rejected(request.profile, start, "after its own end")
    return {"begin_step_percent": begins, "end_step_percent": ends}


def _picture(request: Request, address: str) -> Uploaded:
    if address not in request.pictures:
        raise rejected(request.profile, address, "a picture is needed")
    return request.pictures[address]


def _collect(graph: Graph, collector: str, source: Source, field: str) -> None:
    """Joins `source` to a collector before the sampler, which is made for the first of them."""
    if collector not in graph.kinds():
        graph.add(collector, "collect")
        graph.join((collector, "collection"), "denoise", field)
    graph.join(source, collector, "item")


def _join_once(graph: Graph, source: Source, node: str, field: str) -> None:
    if not graph.is_joined(node, field):
        graph.join(source, node, field)
