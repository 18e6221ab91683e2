"""What an InvokeAI offers: the small part of its lists that form and graphs need, kept as JSON.

Pure. `trim` makes it from the server's answers; `Offer` reads it back, or the recorded defaults where
a server was never asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

MAIN, VAE, LORA, CONTROLNET, T2I, IP = "main", "vae", "lora", "controlnet", "t2i_adapter", "ip_adapter"
T5, CLIP_EMBED, UPSCALER = "t5_encoder", "clip_embed", "spandrel_image_to_image"
TYPES = frozenset({MAIN, VAE, LORA, CONTROLNET, T2I, IP, T5, CLIP_EMBED, UPSCALER})
"""The types of models that a graph of ours can hold."""

SD1, SD2, SDXL, FLUX = "sd-1", "sd-2", "sdxl", "flux"
BASES = (SD1, SD2, SDXL, FLUX)
"""The bases that we have graphs for; a main model of another one is left out of the form, with a note."""

OTHER_VARIANTS = frozenset(("dev_fill",))
"""Variants of these bases that need graphs of their own: FLUX Fill takes its picture in another way."""

SCHEDULERS = (
    *(
        "ddim",
        "ddpm",
        "deis",
        "deis_k",
        "lms",
        "lms_k",
        "pndm",
        "heun",
        "heun_k",
        "euler",
        "euler_k",
        "euler_a",
    ),
    *("kdpm_2", "kdpm_2_k", "kdpm_2_a", "kdpm_2_a_k", "dpmpp_2s", "dpmpp_2s_k", "dpmpp_2m", "dpmpp_2m_k"),
    *("dpmpp_2m_sde", "dpmpp_2m_sde_k", "dpmpp_3m", "dpmpp_3m_k", "dpmpp_sde", "dpmpp_sde_k", "er_sde"),
    *("unipc", "unipc_k", "lcm", "tcd"),
)
FLUX_SCHEDULERS = ("euler", "heun", "lcm")
CONTROL_MODES = ("balanced", "more_prompt", "more_control", "unbalanced")
RESIZE_MODES = ("just_resize", "crop_resize", "fill_resize", "just_resize_simple")
METHODS = ("full", "style", "composition", "style_strong", "style_precise")
RESAMPLE_MODES = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")

_ENUMS = {
    "schedulers": ("DenoiseLatentsInvocation", "scheduler", SCHEDULERS),
    "flux_schedulers": ("FluxDenoiseInvocation", "scheduler", FLUX_SCHEDULERS),
    "control_modes": ("ControlNetInvocation", "control_mode", CONTROL_MODES),
    "resize_modes": ("ControlNetInvocation", "resize_mode", RESIZE_MODES),
    "methods": ("IPAdapterInvocation", "method", METHODS),
    "resample_modes": ("ImageResizeInvocation", "resample_mode", RESAMPLE_MODES),
}
"""Lists that no endpoint gives: class and field of the server's schema, and what 6.14.2 had there.

Source: InvokeAI 6.14.2, `/openapi.json`.
"""

PREPROCESSORS = {
    "CannyEdgeDetectionInvocation": "canny_edge_detection",
    "ColorMapInvocation": "color_map",
    "ContentShuffleInvocation": "content_shuffle",
    "DepthAnythingDepthEstimationInvocation": "depth_anything_depth_estimation",
    "DWOpenposeDetectionInvocation": "dw_openpose_detection",
    "HEDEdgeDetectionInvocation": "hed_edge_detection",
    "LineartAnimeEdgeDetectionInvocation": "lineart_anime_edge_detection",
    "LineartEdgeDetectionInvocation": "lineart_edge_detection",
    "MLSDDetectionInvocation": "mlsd_detection",
    "NormalMapInvocation": "normal_map",
    "PiDiNetEdgeDetectionInvocation": "pidi_edge_detection",
}
"""Nodes that make a control map of a picture: class in the schema → type in a graph."""

SCHEMAS = (*(class_name for class_name, _, _ in _ENUMS.values()), *PREPROCESSORS)
"""Classes of the server's schema that `trim_schemas` looks at."""

_SETTINGS = (
    *("scheduler", "steps", "cfg_scale", "cfg_rescale_multiplier", "width", "height", "guidance"),
    *("vae", "vae_precision", "weight"),
)


class Model(NamedTuple):
    """A model on the server. A tuple, because thousands of them are made for each form.

    Attributes:
        key: What a graph names it by.
        label: What the form names it by: its name, with more behind it where several share that.
        settings: The defaults that the server keeps for it.
        triggers: Words that wake a LoRA.
    """

    key: str
    hash: str
    name: str
    base: str
    type: str
    label: str
    variant: str = ""
    settings: Mapping[str, Any] = MappingProxyType({})
    triggers: tuple[str, ...] = ()

    @property
    def identifier(self) -> dict[str, str]:
        """As a graph holds it."""
        return {"key": self.key, "hash": self.hash, "name": self.name, "base": self.base, "type": self.type}


def trim(
    models: Iterable[Mapping[str, Any]],
    boards: Iterable[Mapping[str, Any]],
    styles: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """The part of the server's lists that is kept; what lacks a name or a key is left out."""
    return {
        "models": [_model(model) for model in models if _is_model(model)],
        "boards": [
            {"id": board["board_id"], "name": board["board_name"]}
            for board in boards
            if isinstance(board.get("board_id"), str)
            and isinstance(board.get("board_name"), str)
            and not board.get("archived")
        ],
        "styles": [kept for style in styles if (kept := _style(style)) is not None],
    }


def trim_schemas(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The few lists in the schema of nodes that no endpoint gives."""
    kept: dict[str, Any] = {}
    for name, (class_name, field_name, _) in _ENUMS.items():
        values = _property(schemas.get(class_name), field_name).get("enum")
        if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
            kept[name] = values
    kept["preprocessors"] = [node for class_name, node in PREPROCESSORS.items() if class_name in schemas]
    return kept


def _property(schema: object, name: str) -> Mapping[str, Any]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    found = properties.get(name) if isinstance(properties, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _is_model(model: Mapping[str, Any]) -> bool:
    texts = ("key", "hash", "name", "base", "type")
    return all(isinstance(model.get(name), str) for name in texts) and model["type"] in TYPES


def _model(model: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: model[name] for name in ("key", "hash", "name", "base", "type")}
    if isinstance(model.get("variant"), str):
        kept["variant"] = model["variant"]
    given = model.get("default_settings")
    settings = {
        name: value
        for name, value in (given.items() if isinstance(given, Mapping) else ())
        if name in _SETTINGS and isinstance(value, str | int | float) and not isinstance(value, bool)
    }
    if settings:
        kept["settings"] = settings
    triggers = model.get("trigger_phrases")
    if isinstance(triggers, list) and triggers:
        kept["triggers"] = [str(trigger) for trigger in triggers[:20]]
    return kept


def _style(style: Mapping[str, Any]) -> dict[str, str] | None:
    data = style.get("preset_data")
    if not isinstance(style.get("name"), str) or not isinstance(data, Mapping):
        return None
    return {
        "name": style["name"],
        "prompt": str(data.get("positive_prompt") or ""),
        "negative": str(data.get("negative_prompt") or ""),
    }


class Offer:
    """The kept lists, read."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Reads a catalog's schema; an empty one is a server that was never asked."""
        self._schema = schema
        self._models = _labelled(schema.get("models", ()))
        self._by_type: dict[str, list[Model]] = {}
        for model in self._models:
            self._by_type.setdefault(model.type, []).append(model)

    def models(self, kinds: str | tuple[str, ...], base: str = "") -> tuple[Model, ...]:
        """The models of one or more types, in the server's order; of `base` or of any, when it is given."""
        if isinstance(kinds, str):
            wanted = self._by_type.get(kinds, [])
        else:
            wanted = [model for model in self._models if model.type in kinds]
        return tuple(model for model in wanted if not base or model.base in (base, "any"))

    def find(self, kinds: str | tuple[str, ...], label: object, base: str = "") -> Model | None:
        """The model that the form calls `label`."""
        return next((model for model in self.models(kinds, base) if model.label == label), None)

    def labels(self, kinds: str | tuple[str, ...], base: str = "") -> tuple[str, ...]:
        """What the form offers."""
        return tuple(model.label for model in self.models(kinds, base))

    def mains(self) -> tuple[Model, ...]:
        """The main models that we have graphs for."""
        return tuple(model for model in self.models(MAIN) if not _is_strange(model))

    def strangers(self) -> Counter[str]:
        """How many main models there are of each kind that we have no graph for."""
        return Counter(
            f"{model.base} {model.variant}" if model.base in BASES else model.base
            for model in self.models(MAIN)
            if _is_strange(model)
        )

    def boards(self) -> dict[str, str]:
        """Id by label."""
        boards = self._schema.get("boards", ())
        count = Counter(board["name"] for board in boards)
        return {
            board["name"] if count[board["name"]] == 1 else f"{board['name']} ({board['id'][:8]})": board[
                "id"
            ]
            for board in boards
        }

    def styles(self) -> dict[str, tuple[str, str]]:
        """Templates of prompt and negative prompt, by name."""
        return {s["name"]: (s["prompt"], s["negative"]) for s in self._schema.get("styles", ())}

    def listed(self, name: str) -> tuple[str, ...]:
        """One of the lists of `_ENUMS`; the recorded one where the server's is not known."""
        return tuple(self._schema.get(name, ())) or _ENUMS[name][2]

    def preprocessors(self) -> tuple[str, ...]:
        """Nodes of the server that make a control map of a picture."""
        if "preprocessors" not in self._schema:
            return tuple(PREPROCESSORS.values())
        return tuple(self._schema["preprocessors"])


def _is_strange(model: Model) -> bool:
    return model.base not in BASES or model.variant in OTHER_VARIANTS


def _labelled(records: Iterable[Mapping[str, Any]]) -> tuple[Model, ...]:
    plain = [
        Model(
            r["key"],
            r["hash"],
            r["name"],
            r["base"],
            r["type"],
            r["name"],
            r.get("variant", ""),
            r.get("settings", {}),
            tuple(r.get("triggers", ())),
        )
        for r in records
    ]
    names = Counter((model.type, model.name) for model in plain)
    if len(names) == len(plain):
        return tuple(plain)
    in_base = Counter((model.type, model.base, model.name) for model in plain)
    return tuple(_label(model, names, in_base) for model in plain)


def _label(model: Model, names: Counter[tuple[str, str]], in_base: Counter[tuple[str, str, str]]) -> Model:
    if names[model.type, model.name] == 1:
        return model
    if in_base[model.type, model.base, model.name] == 1:
        return model._replace(label=f"{model.name} ({model.base})")
    return model._replace(label=f"{model.name} ({model.base}, {model.key[:8]})")
