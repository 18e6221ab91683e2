"""Whether a picture is what was asked for, by what the server wrote about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from darkroom.domain.text import excerpt

_WORDS = {
    "cfg_scale": "CFG",
    "cfg_rescale_multiplier": "CFG rescale",
    "clip_skip": "CLIP skip",
    "vae": "VAE",
    "loras": "LoRAs",
}


def differences(asked: Mapping[str, Any], seed: int | None, told: Mapping[str, Any] | None) -> Iterator[str]:
    """One line for each thing that was made otherwise than asked.

    Args:
        asked: Metadata as they were sent.
        seed: Of this picture; `None` where it has none.
        told: Metadata of the picture; `None` when the server wrote none.
    """
    if told is None:
        yield "the server wrote no metadata about a picture: it cannot be said how it was made"
        return
    wanted = dict(asked) if seed is None else {**asked, "seed": seed}
    for name, value in wanted.items():
        if not _same(value, told.get(name)):
            word = _WORDS.get(name, name)
            yield f"asked for {word} {_shown(value)}, the server used {_shown(told.get(name))}"


def _same(asked: object, told: object) -> bool:
    if isinstance(asked, Mapping) and isinstance(told, Mapping):
        # A model is what its key says; the server adds fields of its own.
        if "key" in asked:
            return bool(asked["key"] == told.get("key"))
        return all(_same(value, told.get(name)) for name, value in asked.items())
    if isinstance(asked, list) and isinstance(told, list):
        return len(asked) == len(told) and all(map(_same, asked, told))
    if isinstance(asked, int | float) and isinstance(told, int | float):
        return abs(asked - told) <= 1e-6 * max(1.0, abs(asked))
    return asked == told or (told is None and not asked)


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        named = value.get("name") or value.get("model")
        return _shown(named)
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    return "none" if value is None else f"“{excerpt(value, 60)}”" if isinstance(value, str) else str(value)
