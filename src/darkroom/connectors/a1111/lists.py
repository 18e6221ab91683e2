"""The server's lists, cut down to what the form and the request need. Pure.

Whatever a server leaves out, answers with an error or in another shape is an empty list here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATHS = {
    "models": "/sdapi/v1/sd-models",
    "vaes": "/sdapi/v1/sd-vae",
    "modules": "/sdapi/v1/sd-modules",
    "schedulers": "/sdapi/v1/schedulers",
    "upscalers": "/sdapi/v1/upscalers",
    "latent": "/sdapi/v1/latent-upscale-modes",
    "loras": "/sdapi/v1/loras",
    "styles": "/sdapi/v1/prompt-styles",
    "scripts": "/sdapi/v1/script-info",
    "faces": "/sdapi/v1/face-restorers",
    "control_models": "/controlnet/model_list",
    "control_modules": "/controlnet/module_list",
    "options": "/sdapi/v1/options",
}
"""Where each list of a catalog comes from; the samplers come first, by themselves.

`sd-vae` is missing from Forge, `sd-modules` from all others, `/controlnet` without the extension.
Source: recordings; Forge f2.0.1.
"""

UPSCALE_PATHS = ("upscalers",)
"""All that the upscale mode needs."""

CHECKPOINT = "sd_model_checkpoint"
"""The one setting that the form begins with."""


def condense(name: str, document: Any) -> Any:
    """What is kept of the answer for one of `PATHS`."""
    match name:
        case "models":
            return [_model(item) for item in _items(document, "model_name")]
        case "loras":
            return [{"name": item["name"], "path": _text(item, "path")} for item in _items(document, "name")]
        case "schedulers":
            return [[_text(item, "label") or item["name"], item["name"]] for item in _items(document, "name")]
        case "upscalers":
            return [[item["name"], _is_absent(item)] for item in _items(document, "name")]
        case "vaes" | "modules":
            return [item["model_name"] for item in _items(document, "model_name")]
        case "styles":
            return [item["name"] for item in _items(document, "name") if _is_style(item)]
        case "scripts":
            return [script for item in _items(document, "name") if (script := _script(item))]
        case "control_models" | "control_modules":
            found = document.get(PATHS[name].rpartition("/")[2]) if isinstance(document, dict) else None
            return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
        case "options":
            held = document if isinstance(document, dict) else {}
            return {CHECKPOINT: held[CHECKPOINT]} if isinstance(held.get(CHECKPOINT), str) else {}
        case _:
            return [item["name"] for item in _items(document, "name")]


def _items(document: Any, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list that have a name."""
    for item in document if isinstance(document, list) else ():
        if isinstance(item, dict) and isinstance(item.get(key), str) and item[key]:
            yield item


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _model(item: Mapping[str, Any]) -> dict[str, str]:
    """A checkpoint by the names it goes by.

    Its title changes when it is loaded for the first time: the hash is added. In infotexts it goes by
    the stem of its file's name.
    """
    file = _text(item, "filename").replace("\\", "/").rpartition("/")[2]
    stem = file.rpartition(".")[0] or file
    return {"name": item["model_name"], "hash": _text(item, "hash"), "stem": stem}


def _is_absent(item: Mapping[str, Any]) -> bool:
    """Whether an upscaler's weights are not on the server: it would fetch them, or resize plainly."""
    return _text(item, "model_path").startswith(("http:", "https:"))


def _is_style(item: Mapping[str, Any]) -> bool:
    """Forge puts dividers between its styles: rows with a name alone."""
    return item.get("prompt") is not None or item.get("negative_prompt") is not None


def _script(item: Mapping[str, Any]) -> dict[str, Any] | None:
    arguments = item.get("args")
    if not isinstance(arguments, list):
        return None
    return {
        "name": item["name"],
        "always": item.get("is_alwayson") is True,
        "img2img": item.get("is_img2img") is True,
        "args": [_argument(argument) for argument in arguments if isinstance(argument, dict)],
    }


def _argument(argument: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("label", "value", "minimum", "maximum", "step", "choices")
    return {key: argument[key] for key in keys if argument.get(key) is not None}
