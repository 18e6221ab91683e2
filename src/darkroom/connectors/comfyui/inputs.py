"""One described input → one field of the form, for any node class.

Descriptions come from servers and their custom nodes: odd limits are dropped, odd defaults are
brought into range, and what cannot be edited gives no field. Nothing here raises.

Source: ComfyUI 0.3.64, `GET /object_info`, 496 classes.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.nodes import COMBO
from darkroom.domain.parameters import SEED_MAX, Kind, ParameterSpec, Value
from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.connectors.comfyui.nodes import Input

_SEED_NAMES = frozenset(("seed", "noise_seed"))
_SEED_AT_LEAST = 2**31 - 1
"""A maximum below this is a counter that happens to be called seed."""

_LIMIT = 2**72
"""Limits beyond are no limits; far above every seed."""

_HELP_LENGTH = 1000
_LAST_NUMBER = re.compile(r"(?<=[a-z])(\d+)$")

_ABBREVIATIONS = {"cfg": "CFG", "vae": "VAE", "clip": "CLIP", "lora": "LoRA", "fps": "FPS", "unet": "UNet"}

LABELS = {
    "batch_size": "Batch size",
    "ckpt_name": "Checkpoint",
    "control_net_name": "ControlNet",
    "filename_prefix": "File name prefix",
    "lora_name": "LoRA",
    "noise_seed": "Seed",
    "sampler_name": "Sampler",
    "stop_at_clip_layer": "Stop at CLIP layer",
    "strength_clip": "CLIP strength",
    "strength_model": "Model strength",
    "unet_name": "Diffusion model",
    "vae_name": "VAE",
}
"""Words of the field for input names that say it less well."""


def label(name: str) -> str:
    """What stands before the field of an input called `name`: "start_at_step" is "Start at step"."""
    if name in LABELS:
        return LABELS[name]
    words = _LAST_NUMBER.sub(r" \1", printable(name).replace("_", " ")).split()
    named = [_ABBREVIATIONS.get(word.lower(), word) for word in words]
    text = excerpt(" ".join(named), 40) or "?"
    return text if text[0].isupper() else text[0].upper() + text[1:]


def read_input(address: str, one: Input) -> ParameterSpec | None:
    """The field for an input, without role and section; `None` when it can only be linked."""
    if any(one.options.get(flag) for flag in ("forceInput", "rawLink", "multiselect")):
        return None
    match one.type:
        case "INT":
            return _integer(address, one)
        case "FLOAT":
            return _number(address, one)
        case "BOOLEAN":
            return _spec(address, one, Kind.BOOLEAN, default=one.options.get("default") is True)
        case "STRING":
            return _text(address, one)
        case _ if one.type == COMBO:
            return _combo(address, one)
    return None


def guess_input(address: str, name: str, literal: object) -> ParameterSpec | None:
    """A plain field for a value that nothing describes; `None` when it is no single value."""
    match literal:
        case bool():
            return ParameterSpec(address, label(name), Kind.BOOLEAN, literal)
        case int() if name in _SEED_NAMES and 0 <= literal <= SEED_MAX:
            return ParameterSpec(address, label(name), Kind.SEED, literal, minimum=0, maximum=SEED_MAX)
        case int() if abs(literal) < _LIMIT:
            # A whole number may stand where fractions are welcome: 8 for a CFG of 7.5.
            return ParameterSpec(address, label(name), Kind.NUMBER, literal)
        case float() if math.isfinite(literal):
            return ParameterSpec(address, label(name), Kind.NUMBER, literal)
        case str():
            many = "\n" in literal or len(literal) > 60 or "text" in name or "prompt" in name
            return ParameterSpec(address, label(name), Kind.TEXT, literal, multiline=many)
    return None


def as_value(spec: ParameterSpec, literal: object) -> Value:
    """What a graph's own literal means to the field, or `None` when it means nothing to it.

    The server converts numbers, texts and flags; the same is done here.
    Source: ComfyUI 0.3.64, `POST /prompt`, recording `03-string-number-coerced`.
    """
    if spec.kind is Kind.IMAGE:
        return None  # a file name on the server, no picture of ours: the graph keeps it
    if spec.kind in (Kind.CHOICE, Kind.TEXT):
        return choice_text(literal)
    if spec.kind is Kind.BOOLEAN:
        return bool(literal) if isinstance(literal, bool | int | float | str) else None
    number = _to_number(literal)
    if number is None or spec.kind is Kind.NUMBER:
        return number
    return int(number)


def choice_text(literal: object) -> str | None:
    """A choice as text: 5 is "5", true is "true"; `None` for what is neither text nor number."""
    match literal:
        case str():
            return literal
        case bool():
            return "true" if literal else "false"
        case int() if abs(literal) < _LIMIT:
            return str(literal)
        case float():
            return repr(literal)
    return None


def like(original: object, value: Value) -> Value:
    """`value` in the JSON type that the graph had at its place.

    Choices are texts to the form, but a server that lists 5 and 10 takes no "5".
    """
    if not isinstance(value, str) or isinstance(original, str):
        return value
    if isinstance(original, bool):
        return {"true": True, "false": False}.get(value, value)
    if isinstance(original, int | float):
        number = _to_number(value)
        return value if number is None else number
    return value


def _to_number(literal: object) -> int | float | None:
    if isinstance(literal, str):
        text = literal.strip()
        if len(text) > 40:
            return None
        try:
            literal = int(text)
        except ValueError:
            try:
                literal = float(text)
            except ValueError:
                return None
    return _limit(literal) if not isinstance(literal, bool) else int(literal)


def _limit(number: object) -> int | float | None:
    """`number` when it is one that can be compared and printed."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    return number if abs(number) < _LIMIT else None


def _spec(address: str, one: Input, kind: Kind, **more: Any) -> ParameterSpec:
    tip = one.options.get("tooltip")
    help_text = printable(tip[:_HELP_LENGTH], keep_lines=True) if isinstance(tip, str) else ""
    return ParameterSpec(address, label(one.name), kind, help=help_text, **more)


def _integer(address: str, one: Input) -> ParameterSpec:
    low, high = _range(one.options, whole=True)
    default = _default(one.options, low, high)
    step = _limit(one.options.get("step"))
    if _is_seed(one, high):
        low = 0 if low is None or low < 0 else low
        high = SEED_MAX if high is None or high < low else min(high, SEED_MAX)
        default = int(min(max(default, low), high))
        return _spec(address, one, Kind.SEED, default=default, minimum=low, maximum=high)
    return _spec(
        address,
        one,
        Kind.INTEGER,
        default=int(default),
        minimum=low,
        maximum=high,
        step=max(int(step), 1) if step is not None else 1,
    )


def _is_seed(one: Input, high: int | float | None) -> bool:
    control = one.options.get("control_after_generate")
    if control is False:
        return False
    return bool(control) or (one.name in _SEED_NAMES and (high is None or high >= _SEED_AT_LEAST))


def _number(address: str, one: Input) -> ParameterSpec:
    low, high = _range(one.options, whole=False)
    step = _limit(one.options.get("step"))
    grain = _limit(one.options.get("round"))
    return _spec(
        address,
        one,
        Kind.NUMBER,
        default=_default(one.options, low, high),
        minimum=low,
        maximum=high,
        step=step if step is not None and step > 0 else None,
        precision=_digits(grain),
    )


def _digits(grain: int | float | None) -> int | None:
    """Digits behind the point for a grain of 0.01: 2."""
    if grain is None or grain < 1e-12:
        return None
    return max(0, math.ceil(-math.log10(grain) - 1e-9))


def _range(options: Mapping[str, Any], *, whole: bool) -> tuple[int | float | None, int | float | None]:
    low, high = _limit(options.get("min")), _limit(options.get("max"))
    if whole:
        low = None if low is None else math.ceil(low)
        high = None if high is None else math.floor(high)
    if low is not None and high is not None and low > high:
        return None, None
    return low, high


def _default(options: Mapping[str, Any], low: float | None, high: float | None) -> int | float:
    """The server's default within its own limits; 0, or the limit nearest to it, without one."""
    default = _limit(options.get("default"))
    default = 0 if default is None else default
    if low is not None and default < low:
        return low
    return high if high is not None and default > high else default


def _text(address: str, one: Input) -> ParameterSpec:
    default = choice_text(one.options.get("default")) or ""
    return _spec(address, one, Kind.TEXT, default=default, multiline=one.options.get("multiline") is True)


def _combo(address: str, one: Input) -> ParameterSpec:
    if one.options.get("image_upload"):
        return _spec(address, one, Kind.IMAGE)
    listed = _choices(one.choices or ())
    default = choice_text(one.options.get("default"))
    if not listed and (one.choices is None or "remote" in one.options):
        # The list lives behind another route (`remote`): any text may be right.
        return _spec(address, one, Kind.TEXT, default=default or "")
    return _spec(address, one, Kind.CHOICE, default=default if default in listed else None, choices=listed)


def _choices(listed: Sequence[Any]) -> tuple[str, ...]:
    # Thousands of names, as a rule: what is text already is taken as it is.
    texts = dict.fromkeys([item if type(item) is str else choice_text(item) for item in listed])
    return tuple(text for text in texts if text is not None)
