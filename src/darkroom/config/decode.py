"""Values from TOML and from text (environment, flags), checked against a dataclass field.

The type of a field is that of its default; `metadata` may add `choices`, `minimum`, and `booleans`: what
false and true mean for a field that was yes or no once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from dataclasses import Field

    Scalar = str | bool | int | float

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class Unusable(ValueError):
    """A value that does not fit; the message continues "trash_days …"."""


def from_toml(field: Field[Any], value: object) -> Scalar:
    """`value` as the field holds it.

    Raises:
        Unusable: It is of another type, or outside of what the field takes.
    """
    wanted: type = type(field.default)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is bool and (meanings := field.metadata.get("booleans")):
        value = meanings[value]
    # `type`, not `isinstance`: TOML's true is no 1.
    if type(value) is not wanted:
        raise Unusable(f"must be {_NAMES[wanted]}, not {_describe(value)}")
    return _check(field, value)


def from_text(field: Field[Any], text: str) -> Scalar:
    """What `text` means for the field.

    Raises:
        Unusable: It means nothing, or something outside of what the field takes.
    """
    wanted: type = type(field.default)
    value: Scalar
    if wanted is bool:
        folded = text.strip().lower()
        if folded not in _YES | _NO:
            raise Unusable(f"must be yes or no, not “{excerpt(text, 40)}”")
        value = folded in _YES
    elif wanted is str:
        folded = text.strip().lower()
        meanings = field.metadata.get("booleans") if folded in _YES | _NO else None
        value = meanings[folded in _YES] if meanings else text
    else:
        try:
            value = wanted(text)
        except ValueError as error:
            raise Unusable(f"must be {_NAMES[wanted]}, not “{excerpt(text, 40)}”") from error
    return _check(field, value)


def _check(field: Field[Any], value: Any) -> Scalar:
    choices = field.metadata.get("choices")
    if choices and value not in choices:
        close = nearest(value, choices)
        raise Unusable(
            f"must be one of {', '.join(choices)}, not “{excerpt(value, 40)}”"
            + (f"; did you mean {close}?" if close else "")
        )
    minimum = field.metadata.get("minimum")
    if minimum is not None and not (math.isfinite(value) and value >= minimum):
        raise Unusable(f"must be at least {minimum}, not {value}")
    return value  # type: ignore[no-any-return]  # one of the four types, as both callers saw to


def _describe(value: object) -> str:
    if isinstance(value, str):
        return f"“{excerpt(value, 40)}”"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else str(value)
