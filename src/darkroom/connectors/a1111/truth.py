"""What the server really did, against what it was asked for.

These servers replace names that they do not know, and ignore what they cannot use, without a word; only
the picture's own parameters tell. Source: Forge f2.0.1, recordings `txt2img_bad_sampler`,
`txt2img_override_unknown_ckpt`, `txt2img_lora_missing`, `txt2img_size_not_multiple_of_8`; pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111.programs import ALL
from darkroom.connectors.a1111.request import loras
from darkroom.connectors.a1111.slots import MODULES, STYLES, UNITS, filled
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.a1111.offer import Offer
    from darkroom.domain.infotext import Infotext
    from darkroom.domain.parameters import Value

AUTOMATIC = "automatic"


def asked_for(offer: Offer, values: Mapping[str, Value], prompt: str) -> dict[str, Any]:
    """What a job's pictures are to be compared with, as JSON."""
    model = next((m for m in offer.schema.get("models", ()) if m["name"] == values.get("checkpoint")), None)
    scheduler = str(values.get("scheduler") or "")
    labels = [label for label, name in offer.schema.get("schedulers", ()) if scheduler in (label, name)]
    plain = not values.get("hires") or bool(values.get("image"))
    return {
        "sampler": values.get("sampler"),
        "schedulers": [scheduler, *labels] if scheduler and scheduler.lower() != AUTOMATIC else [],
        "model": model or ({"name": values["checkpoint"]} if values.get("checkpoint") else None),
        "loras": [name for name, _ in loras(values)] if offer.program.lora_tags else [],
        "size": [values.get("width"), values.get("height")] if plain else None,
        "prompt": [prompt, values.get("negative") or ""],
        "styles": [name for _, name in filled("style", STYLES, values)],
        "clip_skip": values.get("clip_skip"),
        "modules": [name for _, name in filled("vae", MODULES, values)] if offer.program.modules else [],
        "vae": None if offer.program.modules else values.get("vae"),
        "refiner": values.get("refiner"),
        "hires_upscaler": None if plain else values.get("hires_upscaler"),
        "script": bool(values.get("script")),
        "control": any(filled("controlnet", UNITS, values)),
        "tells": offer.program.tells,
    }


def differences(asked: Mapping[str, Any], said: Infotext, size_px: tuple[int, int] | None) -> Iterator[str]:
    """One line for each thing that was replaced or left out.

    Args:
        asked: As `asked_for` gave it.
        said: The picture's own parameters.
        size_px: Of the picture; `None` when that was not read.
    """
    # Scripts change anything from picture to picture.
    tells = "" if asked.get("script") else asked.get("tells")
    if tells:
        yield from _names(asked, said.fields)
    if tells == ALL:
        yield from _seconds(asked, said.fields)
        yield from _additions(asked, said)
    yield from _size(asked, size_px)


def _names(asked: Mapping[str, Any], said: Mapping[str, str]) -> Iterator[str]:
    sampler, used = asked.get("sampler"), said.get("Sampler")
    schedulers, schedule = asked.get("schedulers") or [], said.get("Schedule type")
    if sampler and used and used != sampler and used not in {f"{sampler} {name}" for name in schedulers}:
        yield _instead("sampler", sampler, used)
    if schedulers and schedule and schedule.lower() not in {name.lower() for name in schedulers}:
        yield _instead("scheduler", schedulers[0], schedule)
    model = asked.get("model")
    if model and not _is_model(model, said):
        yield _instead("checkpoint", model["name"], said.get("Model") or said.get("Model hash", "another"))


def _seconds(asked: Mapping[str, Any], said: Mapping[str, str]) -> Iterator[str]:
    """The models of later passes."""
    refiner, refined = asked.get("refiner"), said.get("Refiner")
    if refiner and (refined is None or refined.partition(" [")[0] not in (refiner, _stem(refiner))):
        yield _instead("refiner", refiner, refined or "none")
    upscaler, upscaled = asked.get("hires_upscaler"), said.get("Hires upscaler")
    if upscaler and upscaled != upscaler:
        yield _instead("upscaler", upscaler, upscaled or "none")


def _is_model(model: Mapping[str, Any], said: Mapping[str, str]) -> bool:
    """Whether the picture says this checkpoint; a picture that says none is believed."""
    told_hash, told = said.get("Model hash"), said.get("Model")
    if model.get("hash") and told_hash:
        return bool(model["hash"][:10] == told_hash[:10])
    return told is None or told in (model.get("name"), model.get("stem"), _stem(str(model.get("name"))))


def _stem(name: str) -> str:
    """A name without the folder, and without the ending of a file."""
    file = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = file.rpartition(".")
    return stem if dot and ending in ("safetensors", "ckpt", "pt", "pth", "gguf") else file


def _additions(asked: Mapping[str, Any], said: Infotext) -> Iterator[str]:
    applied = said.fields.get("Lora hashes", "")
    known = {pair.partition(":")[0].strip() for pair in applied.split(",")}
    for name in asked.get("loras") or ():
        if name.replace(":", "").replace(",", "") not in known:
            yield f"LoRA “{excerpt(name, 60)}” is not in the picture's parameters: it was not applied"
    # Without styles, the server writes the prompt as it was sent.
    if asked.get("styles") and [said.prompt, said.negative] == [_lines(text) for text in asked["prompt"]]:
        yield "None of the styles was applied: the server does not know them"
    told = _told_modules(said.fields)
    for name in asked.get("modules") or ():
        if _stem(name) not in told:
            yield f"“{excerpt(name, 60)}” is not in the picture's parameters: it was not used"
    vae, used = asked.get("vae"), said.fields.get("VAE")
    if vae not in (None, "Automatic", "None") and used is not None and _stem(used) != _stem(str(vae)):
        yield _instead("VAE", str(vae), used)
    yield from _clip_skip(asked.get("clip_skip"), said.fields.get("Clip skip", "1"))


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _told_modules(said: Mapping[str, str]) -> set[str]:
    return {_stem(value) for key, value in said.items() if key.startswith("Module ")}


def _clip_skip(asked: Any, used: str) -> Iterator[str]:
    if asked is None and used != "1":
        yield f"The server is set to CLIP skip {excerpt(used, 20)}, and used it"
    elif asked is not None and str(asked) != used:
        yield _instead("CLIP skip", str(asked), used)


def _size(asked: Mapping[str, Any], size_px: tuple[int, int] | None) -> Iterator[str]:
    wanted = asked.get("size")
    if wanted and None not in wanted and size_px is not None and list(size_px) != list(wanted):
        yield f"Asked for {wanted[0]}×{wanted[1]}, the picture is {size_px[0]}×{size_px[1]}"


def _instead(what: str, asked: str, used: str) -> str:
    return f"Asked for {what} “{excerpt(asked, 60)}”, the server used “{excerpt(used, 60)}”"
