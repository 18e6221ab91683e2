"""The second built-in workflow: a picture made larger, by an upscale model where one is chosen.

A model has a factor of its own, which nobody tells before it runs. So that the form's factor holds all the
same, the server measures a plainly scaled copy and brings what the model made to its size.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.inputs import read_input
from darkroom.connectors.comfyui.nodes import Classes
from darkroom.domain.form import Form
from darkroom.domain.parameters import ParameterSpec, Role, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLASSES = (
    "LoadImage",
    "UpscaleModelLoader",
    "ImageUpscaleWithModel",
    "ImageScaleBy",
    "GetImageSize",
    "ImageScale",
    "SaveImage",
)
"""The node classes whose descriptions the form and the graph need."""

FACTOR, METHOD = 2.0, "lanczos"

PREFIX = "darkroom/upscaled"

SAVE, LOAD, MODEL, ENLARGE, SCALE, MEASURE, FIT = "9", "12", "40", "41", "42", "43", "44"

_ADDRESSES = {
    (LOAD, "image"): "image",
    (MODEL, "model_name"): "upscaler",
    (SCALE, "scale_by"): "upscale",
    (SCALE, "upscale_method"): "upscale_method",
    (FIT, "upscale_method"): "upscale_method",
}

_FIELDS = (
    ("upscaler", Role.UPSCALER, "UpscaleModelLoader", "model_name"),
    ("upscale", Role.UPSCALE, "ImageScaleBy", "scale_by"),
    ("upscale_method", None, "ImageScaleBy", "upscale_method"),
    ("image", Role.IMAGE, "LoadImage", "image"),
)
"""Address, role, and the class and input whose description holds."""

Nodes = dict[str, dict[str, Any]]


def address_of(node_id: str, name: str) -> str:
    """The form's address for an input of the graph; "" when no field stands for it."""
    return _ADDRESSES.get((node_id, name), "")


def build(values: Mapping[str, Value]) -> Nodes:
    """The graph for `values` by address; the picture is the name of a file that is already on the server.

    Without a factor a model's own one counts.
    """
    nodes: Nodes = {}

    def add(node_id: str, class_type: str, title: str, **inputs: Any) -> list[Any]:
        nodes[node_id] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}
        return [node_id, 0]

    method = values.get("upscale_method") or METHOD
    factor, model_name = values.get("upscale"), values.get("upscaler")
    picture = made = add(LOAD, "LoadImage", "Image", image=values.get("image") or "")
    if factor or not model_name:
        by = factor or FACTOR
        made = add(SCALE, "ImageScaleBy", "Scale", image=picture, upscale_method=method, scale_by=by)
    if model_name:
        model = add(MODEL, "UpscaleModelLoader", "Upscaler", model_name=model_name)
        large = add(ENLARGE, "ImageUpscaleWithModel", "Enlarge", upscale_model=model, image=picture)
        made = _fitted(add, large, made, method) if factor else large
    add(SAVE, "SaveImage", "Save", filename_prefix=PREFIX, images=made)
    return nodes


def _fitted(add: Callable[..., list[Any]], large: list[Any], like: list[Any], method: Value) -> list[Any]:
    """`large` in the size of `like`."""
    add(MEASURE, "GetImageSize", "Size", image=like)
    size = {"width": [MEASURE, 0], "height": [MEASURE, 1]}
    return add(FIT, "ImageScale", "Fit", image=large, upscale_method=method, crop="disabled", **size)


def upscale_form(schema: Mapping[str, Any], values: Mapping[str, Value]) -> Form:
    """The fields, with the limits and choices of the server at hand; sections go by the roles.

    Source: ComfyUI 0.3.64, `/object_info`; `GetImageSize` is younger than the other classes.
    """
    classes = Classes(schema)
    found = {
        address: replace(spec, role=role)
        for address, role, class_type, name in _FIELDS
        if (described := classes.described(class_type, name)) is not None
        and (spec := read_input(address, described)) is not None
    }
    upscaler = found.pop("upscaler", None)
    specs = []
    notes: tuple[str, ...] = ()
    if upscaler is not None and upscaler.choices:
        first = upscaler.choices[0]
        text = "A model that adds detail; none: plain scaling"
        specs.append(replace(upscaler, optional=True, default=first, help=text))
        if values.get("upscaler", first) and classes.missing("GetImageSize"):
            notes = ("This ComfyUI is too old to measure pictures: the upscaler's own factor counts",)
    if not notes:
        specs += [_with_defaults(found[address]) for address in ("upscale", "upscale_method")]
    specs.append(replace(found["image"], help="The picture that is made larger"))
    return Form(tuple(specs), notes)


def _with_defaults(spec: ParameterSpec) -> ParameterSpec:
    if spec.role is Role.UPSCALE:
        return replace(spec, default=FACTOR, step=0.5, help="Times in width and in height")
    default = METHOD if METHOD in spec.choices else spec.default
    return replace(spec, label="Method", section="Size", default=default)
