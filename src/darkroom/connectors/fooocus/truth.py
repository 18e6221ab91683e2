"""What the server did otherwise than asked, as a picture's own metadata tells it. Pure.

Fooocus replaces names that it does not have without a word: a model by its default, a LoRA or a style by
nothing, a sampler by its default, a seed out of range by a random one.
Source: Fooocus-API 0.5.0.1, recordings `err_unknown_model`, `err_unknown_lora`, `err_bad_style`,
`err_bad_sampler`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.parameters import RESTRICTED
from darkroom.connectors.fooocus.slots import filled, slot_address
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.fooocus_metadata import FooocusMetadata
    from darkroom.domain.parameters import Value

RANDOM_STYLE = "Random Style"
EXPANSION = "Fooocus V2"
"""A style that makes the prompt longer; without a prompt it is left out, and nothing is lost by it."""

_SLOTS = 64
_CLOSE = 1e-6


def differences(asked: Mapping[str, Value], told: FooocusMetadata) -> tuple[str, ...]:
    """One line for each thing that was replaced or left out; the seed has `seed_difference`.

    Args:
        asked: Values by address; what is missing was not asked for, and is not compared.
        told: The metadata of the first picture.
    """
    prompt = asked.get("prompt")
    text = prompt if isinstance(prompt, str) else ""
    return (
        *_names(asked, told),
        *_styles(asked, told, has_prompt=bool(text.strip())),
        *_loras(asked, told, tagged="<lora:" in text),
        *_numbers(asked, told),
    )


def seed_difference(asked: Mapping[str, Value], seed: str) -> tuple[str, ...]:
    """A line when the first picture has another seed than asked; `seed` is what the server says."""
    wanted = asked.get("seed")
    if (
        not isinstance(wanted, int)
        or isinstance(wanted, bool)
        or wanted < 0
        or not seed
        or seed == str(wanted)
    ):
        return ()
    return (_line("seed", str(wanted), seed),)


def _names(asked: Mapping[str, Value], told: FooocusMetadata) -> Iterator[str]:
    restricted = asked.get("performance") in RESTRICTED
    for address, word, used in (
        ("checkpoint", "checkpoint", told.checkpoint),
        ("performance", "performance", told.performance),
        *(
            ()
            if restricted
            else (("sampler", "sampler", told.sampler), ("scheduler", "scheduler", told.scheduler))
        ),
    ):
        wanted = asked.get(address)
        if isinstance(wanted, str) and wanted and used and not _same(address, wanted, used, told.scheme):
            yield _line(word, wanted, used)
    for address, word, used in (
        ("vae", "VAE", told.vae),
        *(() if restricted else (("refiner", "refiner", told.refiner),)),
    ):
        wanted = asked.get(address)
        if isinstance(wanted, str) and wanted and stem(wanted) != used:
            yield _line(word, wanted, used or "none")


def _same(address: str, wanted: str, used: str, scheme: str) -> bool:
    if address == "checkpoint":
        return stem(wanted) == used
    if address == "sampler" and scheme == "a1111":
        # This scheme does not tell the two apart.
        return wanted.removesuffix("_gpu") == used.removesuffix("_gpu")
    return wanted == used


def _styles(asked: Mapping[str, Value], told: FooocusMetadata, *, has_prompt: bool) -> Iterator[str]:
    if told.styles is None:
        return
    for _, wanted in filled(asked, "style", _SLOTS):
        if wanted in told.styles or wanted == RANDOM_STYLE or (wanted == EXPANSION and not has_prompt):
            continue
        yield f"asked for style {excerpt(wanted, 80)}, the server left it out"


def _loras(asked: Mapping[str, Value], told: FooocusMetadata, *, tagged: bool) -> Iterator[str]:
    used = dict(told.loras)
    if "lora" not in asked:
        return
    wanted = {}
    for slot, name in filled(asked, "lora", _SLOTS):
        wanted[stem(name)] = asked.get(slot_address("lora", slot, "strength"))
        if stem(name) not in used:
            yield f"asked for LoRA {excerpt(name, 80)}, the server left it out"
    for name, strength in wanted.items():
        if name in used and isinstance(strength, int | float) and abs(used[name] - strength) > _CLOSE:
            yield _line(f"strength of LoRA {excerpt(name, 80)}", f"{strength:g}", f"{used[name]:g}")
    if tagged or asked.get("performance") in RESTRICTED:
        # LoRAs of the prompt, and of the performance, come on top.
        return
    for name in used:
        if name not in wanted:
            yield f"the server added LoRA {excerpt(name, 80)}"


def _numbers(asked: Mapping[str, Value], told: FooocusMetadata) -> Iterator[str]:
    restricted = asked.get("performance") in RESTRICTED
    for address, word, used in (
        ("steps", "steps", told.steps),
        ("clip_skip", "CLIP skip", told.clip_skip),
        *(
            ()
            if restricted
            else (("cfg_scale", "guidance", told.cfg_scale), ("sharpness", "sharpness", told.sharpness))
        ),
    ):
        wanted = asked.get(address)
        if isinstance(wanted, bool) or not isinstance(wanted, int | float) or used is None:
            continue
        if abs(used - wanted) > _CLOSE:
            yield _line(word, f"{wanted:g}", f"{used:g}")


def stem(name: str) -> str:
    """A model's name as metadata has it: without folder and ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return last.rpartition(".")[0] or last


def _line(what: str, wanted: str, used: str) -> str:
    return f"asked for {what} {excerpt(wanted, 80)}, the server used {excerpt(used, 80)}"
