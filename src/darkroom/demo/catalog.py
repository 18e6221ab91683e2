"""What the demo offers: the node classes as recorded, filled with the demo's own lists."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom.demo.folders import Folders

NodeInfo = dict[str, Any]
"""One entry of `/object_info`."""

CHECKPOINTS = ("demo-dusk.safetensors", "demo-ink.safetensors", "demo-sketch.safetensors")
LORAS = ("demo-glow.safetensors", "demo-grain.safetensors", "demo-mist.safetensors")
UPSCALERS = ("demo-crisp-x2.safetensors",)
VAES = ("demo-soft.safetensors", "demo-vivid.safetensors", "pixel_space")

FOLDERS = (
    *("checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision"),
    *("style_models", "embeddings", "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models"),
    *("custom_nodes", "hypernetworks", "photomaker", "classifiers", "model_patches", "audio_encoders"),
)
"""Model folders in the order of the real `/models`."""

_FILES = {"checkpoints": CHECKPOINTS, "loras": LORAS, "vae": VAES[:-1], "upscale_models": UPSCALERS}

MODELS: dict[str, tuple[str, ...]] = {folder: _FILES.get(folder, ()) for folder in FOLDERS}
"""Files by model folder."""

LISTS: dict[str, tuple[str, ...]] = {
    "ckpt_name": CHECKPOINTS,
    "lora_name": LORAS,
    "model_name": UPSCALERS,
    "vae_name": VAES,
}
"""Choices by input name; every class that has the input gets them."""

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


class Catalog:
    """Node classes with today's choices."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        resource = resources.files("darkroom.connectors.comfyui") / "core_nodes.json"
        self._classes: dict[str, NodeInfo] = json.loads(resource.read_text(encoding="utf-8"))
        for info in self._classes.values():
            _fill(info)
        self.strange_names: tuple[str, ...] = ()
        """Names that stand in the lists of models beside the demo's own; for tests."""

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def info(self, name: str) -> NodeInfo:
        """One class's entry; the choices of uploaded pictures are read anew.

        Raises:
            KeyError: There is no such class.
        """
        info = self._classes[name]
        strange = self.strange_names and not LISTS.keys().isdisjoint(inputs(info))
        if not strange and not any(_is_upload(spec) for spec in inputs(info).values()):
            return info
        info = copy.deepcopy(info)
        for input_name, spec in inputs(info).items():
            if _is_upload(spec):
                spec[0] = self._pictures()
            elif (choices := _choices(input_name, spec)) is not None:
                choices += self.strange_names
        return info

    def all(self) -> dict[str, NodeInfo]:
        """Every class's entry, by name."""
        return {name: self.info(name) for name in self._classes}

    def _pictures(self) -> list[str]:
        """Pictures at the top of the input folder.

        Source: ComfyUI 0.3.64 lists neither subfolders nor other files, and the list gates nothing.
        """
        entries = self._folders.input.iterdir()
        return sorted(p.name for p in entries if p.is_file() and p.suffix.lower() in PICTURES)


def inputs(info: NodeInfo) -> dict[str, Any]:
    """Required and optional inputs of a class: name to `[type, options?]`, in declared order."""
    groups = info["input"]
    return {**groups.get("required", {}), **groups.get("optional", {})}


def _fill(info: NodeInfo) -> None:
    for name, spec in inputs(info).items():
        if (choices := _choices(name, spec)) is not None:
            choices[:] = LISTS[name]


def _choices(name: str, spec: list[Any]) -> list[str] | None:
    """The list of files in an input's description, in either of its two forms; `None` for other inputs."""
    if name not in LISTS:
        return None
    choices = spec[1].get("options") if spec[0] == "COMBO" else spec[0]
    return choices if isinstance(choices, list) else None


def _is_upload(spec: list[Any]) -> bool:
    return len(spec) > 1 and bool(spec[1].get("image_upload"))
