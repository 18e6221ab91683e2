"""Scripts and extensions of the server: their positional arguments as named fields, and back.

What a script takes is known from `/sdapi/v1/script-info`: label, value, limits and choices of each control,
in their order. Two things it does not tell: which choices are sent as numbers, and which control is only
another way to fill in the one before; for the scripts that come with the web page both are known here.
Source: Forge f2.0.1, recordings `get_script_info`, `txt2img_xyz`; `scripts/*.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import Kind, ParameterSpec, Value
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Script = Mapping[str, Any]
    Argument = Mapping[str, Any]

INDEXED = {
    "x/y/z plot": ("X type", "Y type", "Z type"),
    "sd upscale": ("Upscaler",),
    "poor man's outpainting": ("Masked content",),
}
"""Controls whose choice is sent as its place among the choices, by script."""

OWN = frozenset(("controlnet", "refiner", "seed", "sampler", "extra options", "comments"))
"""Always-on scripts that are part of the form by fields of their own, or do nothing on their own."""

EXTENSION_SLOTS = 4


def offered(scripts: Sequence[Script], *, always: bool, img2img: bool) -> dict[str, Script]:
    """The scripts that can be chosen, by name.

    Args:
        scripts: As `lists.condense` gives them.
        always: Those that run in any case when their fields say so; otherwise those of which one is chosen.
        img2img: For a picture to begin with; the same script may take other values then.
    """
    return {
        script["name"]: script
        for script in scripts
        if script["always"] is always
        and script["img2img"] in (None, img2img)
        and script["name"] not in OWN
        and (not always or any(_is_shown(argument) for argument in script["args"]))
    }


def specs(script: Script) -> Iterator[ParameterSpec]:
    """A field for each control of a script that can be filled in; they stand in a section of its own."""
    section = excerpt(script["name"].capitalize(), 40)
    labels: set[str] = set()
    for address, argument in _addressed(script):
        if address:
            spec = _spec(script, address, argument, section)
            again = spec.label in labels
            labels.add(spec.label)
            yield replace(spec, label=f"{spec.label} ({address.rpartition('_')[2]})") if again else spec


def arguments(script: Script, values: Mapping[str, Value]) -> list[Any]:
    """The positional arguments: what the form holds, the server's own values for the rest."""
    sent: list[Any] = []
    for address, argument in _addressed(script):
        held = values.get(address) if address else None
        if _is_twin(script, len(sent)):
            sent.append(_parts(sent[-1]))
        elif held is None or (held == "" and argument.get("value") is None):
            # The server gives empty texts to scripts as nothing, too.
            sent.append(_sent(script, argument, argument.get("value")))
        else:
            sent.append(_sent(script, argument, held))
    return sent


def is_changed(script: Script, values: Mapping[str, Value]) -> bool:
    """Whether the form says anything else than the server's own values."""
    return arguments(script, values) != arguments(script, {})


def _addressed(script: Script) -> Iterator[tuple[str, Argument]]:
    """Each control with its address; "" for those that have no field."""
    taken: dict[str, int] = {}
    for place, argument in enumerate(script["args"]):
        if not _is_shown(argument) or _is_twin(script, place):
            yield "", argument
            continue
        name = f"{_slug(script['name'])}.{_slug(argument['label'])}"
        taken[name] = taken.get(name, 0) + 1
        yield (name if taken[name] == 1 else f"{name}_{taken[name]}"), argument


def _slug(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")[:60] or "value"


def _is_shown(argument: Argument) -> bool:
    value = argument.get("value")
    label = argument.get("label")
    if not isinstance(label, str) or not label or isinstance(value, dict):
        return False
    return value != [] or "choices" in argument


def _is_twin(script: Script, place: int) -> bool:
    """Whether a control is the list that goes with the text before it: "X values" and "X values"."""
    if place == 0 or script["name"] != "x/y/z plot":
        return False
    before, this = script["args"][place - 1], script["args"][place]
    return bool(before.get("label")) and before.get("label") == this.get("label")


def _parts(text: object) -> list[str]:
    return [part.strip() for part in str(text or "").split(",") if part.strip()]


def _spec(script: Script, address: str, argument: Argument, section: str) -> ParameterSpec:
    value, choices = argument.get("value"), _choices(argument)
    kind, default = Kind.TEXT, value
    if isinstance(value, bool):
        kind = Kind.BOOLEAN
    elif isinstance(value, list):
        default = ", ".join(map(str, value))
    elif choices:
        kind, default = Kind.CHOICE, str(value) if str(value) in choices else None
    elif isinstance(value, int | float):
        kind = Kind.INTEGER if _is_whole(argument) else Kind.NUMBER
    else:
        default = value if isinstance(value, str) else ""
    is_number = kind in (Kind.INTEGER, Kind.NUMBER)
    return ParameterSpec(
        address,
        excerpt(argument["label"], 80),
        kind,
        default,
        section=section,
        minimum=_number(argument.get("minimum")) if is_number else None,
        maximum=_number(argument.get("maximum")) if is_number else None,
        step=_number(argument.get("step")) if is_number else None,
        choices=choices if kind is Kind.CHOICE else (),
        optional=kind is Kind.CHOICE and default is None,
        help=_help(script, argument, choices),
    )


def _help(script: Script, argument: Argument, choices: Sequence[str]) -> str:
    if isinstance(argument.get("value"), list) and choices:
        return f"Any of {', '.join(choices)}; commas between"
    if script["name"] == "x/y/z plot" and argument["label"].endswith("values"):
        return "Commas between; numbers also as 1-5 or 1-10 (+3)"
    return ""


def _choices(argument: Argument) -> tuple[str, ...]:
    """The choices as texts; of a pair of name and value, the value."""
    found = argument.get("choices")
    items = found if isinstance(found, list) else []
    return tuple(dict.fromkeys(str(item[-1] if isinstance(item, list) and item else item) for item in items))


def _is_whole(argument: Argument) -> bool:
    step = argument.get("step")
    return isinstance(argument["value"], int) and (step is None or float(step).is_integer())


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _sent(script: Script, argument: Argument, value: Any) -> Any:
    """A value as the script takes it."""
    choices = _choices(argument)
    if isinstance(argument.get("value"), list) and isinstance(value, str):
        return _parts(value)
    if argument.get("label") in INDEXED.get(script["name"], ()):
        return choices.index(value) if value in choices else 0
    if choices and isinstance(value, str):
        raw = argument["choices"]
        plain = [item[-1] if isinstance(item, list) and item else item for item in raw]
        return next((item for item in plain if str(item) == value), value)
    return value
