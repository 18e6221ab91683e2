"""Filters over the history: `steps>=30`, `model=harbour`, `prompt~mist`, `created>2026-01-01`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from darkroom.domain.errors import InputError
from darkroom.domain.generation import Status
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt


class Op(StrEnum):
    """How a field is compared."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    CONTAINS = "~"
    """The text contains the value, whatever the case of its ASCII letters."""


class FieldKind(StrEnum):
    """What a field holds."""

    INTEGER = "a whole number"
    NUMBER = "a number"
    SEED = "a seed"
    TEXT = "text"
    STATUS = "a status"
    TIME = "a date"


FIELDS: dict[str, FieldKind] = {
    "number": FieldKind.INTEGER,
    "status": FieldKind.STATUS,
    "created": FieldKind.TIME,
    "finished": FieldKind.TIME,
    "duration": FieldKind.NUMBER,
    "width": FieldKind.INTEGER,
    "height": FieldKind.INTEGER,
    "steps": FieldKind.INTEGER,
    "cfg_scale": FieldKind.NUMBER,
    "denoise": FieldKind.NUMBER,
    "batch_size": FieldKind.INTEGER,
    "outputs": FieldKind.INTEGER,
    "seed": FieldKind.SEED,
    "sampler": FieldKind.TEXT,
    "scheduler": FieldKind.TEXT,
    "checkpoint": FieldKind.TEXT,
    "lora": FieldKind.TEXT,
    "profile": FieldKind.TEXT,
    "service": FieldKind.TEXT,
    "workflow": FieldKind.TEXT,
    "prompt": FieldKind.TEXT,
    "negative": FieldKind.TEXT,
}
"""Fields that can be asked, and what they hold. Durations are in seconds."""

ALIASES: dict[str, str] = {
    "cfg": "cfg_scale",
    "model": "checkpoint",
    "ckpt": "checkpoint",
    "loras": "lora",
    "batch": "batch_size",
    "date": "created",
    "seconds": "duration",
    "text": "prompt",
}

_INEQUALITIES = (Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST)
_FILTER = re.compile(r"\s*([A-Za-z][\w-]*)\s*(!=|<=|>=|==|=|<|>|~)(.*)", re.DOTALL)
_SEED = re.compile(r"-?[0-9]{1,40}")
_INTEGER_LIMIT = 2**63
_EXAMPLES = "Write it like steps>=30, width=1024, sampler=euler, prompt~mist or created>2026-01-01"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition.

    Attributes:
        field: A key of `FIELDS`.
        op: How it is compared.
        value: An `int`, `float`, `str` or aware `datetime`, as the field holds; a seed is text
            without leading zeros, for seeds go to 2^64-1.
    """

    field: str
    op: Op
    value: str | int | float | datetime


def parse_filter(text: str) -> Filter:
    """The filter that `text` means. Values may stand in double quotes; "==" is "=".

    Raises:
        InputError: No such field (the nearest is named), an operator that does not fit it, or a
            value that is not what it holds.
    """
    match = _FILTER.fullmatch(text)
    if match is None:
        raise InputError(f"“{excerpt(text, 60)}” is no filter", hint=_EXAMPLES)
    name, sign, raw = match.groups()
    field = _field(name)
    kind = FIELDS[field]
    op = Op.EQUAL if sign == "==" else Op(sign)
    if op is Op.CONTAINS and kind is not FieldKind.TEXT:
        raise InputError(f"{field} is {kind}: “~” looks into texts", hint=_EXAMPLES)
    if op in _INEQUALITIES and kind in (FieldKind.TEXT, FieldKind.STATUS):
        raise InputError(
            f"{field} is {kind}: it has no greater and smaller", hint="Use = or !=, or ~ for texts"
        )
    return Filter(field, op, _value(field, kind, _unquoted(raw.strip())))


def _field(name: str) -> str:
    folded = name.lower().replace("-", "_")
    field = ALIASES.get(folded, folded)
    if field in FIELDS:
        return field
    close = nearest(folded, [*FIELDS, *ALIASES])
    raise InputError(
        f"There is no field “{excerpt(name, 40)}”",
        hint=f"Did you mean {close}?" if close else "Fields are " + ", ".join(FIELDS),
    )


def _unquoted(raw: str) -> str:
    return raw[1:-1] if len(raw) >= 2 and raw[0] == raw[-1] == '"' else raw


def _value(field: str, kind: FieldKind, raw: str) -> str | int | float | datetime:
    if kind is FieldKind.TEXT:
        return raw
    if kind is FieldKind.STATUS:
        return _status(raw)
    value = {
        FieldKind.INTEGER: _integer,
        FieldKind.NUMBER: _number,
        FieldKind.SEED: _seed,
        FieldKind.TIME: _time,
    }[kind](raw)
    if value is None:
        example = "2026-01-31 or 2026-01-31T18:30" if kind is FieldKind.TIME else ""
        raise InputError(
            f"{field} is {kind}, not “{excerpt(raw, 40)}”", hint=f"Write it like {example}" if example else ""
        )
    return value


def _status(raw: str) -> str:
    folded = raw.lower()
    known = [str(status) for status in Status]
    if folded in known:
        return folded
    close = nearest(folded, known)
    raise InputError(
        f"There is no status “{excerpt(raw, 40)}”",
        hint=f"Did you mean {close}?" if close else "A status is one of " + ", ".join(known),
    )


def _integer(raw: str) -> int | None:
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", raw):
        return None
    value = int(raw)
    return value if -_INTEGER_LIMIT <= value < _INTEGER_LIMIT else None


def _number(raw: str) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seed(raw: str) -> str | None:
    return str(int(raw)) if _SEED.fullmatch(raw) else None


def _time(raw: str) -> datetime | None:
    """A moment; without a zone it is local time, as people mean it."""
    try:
        return datetime.fromisoformat(raw).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
