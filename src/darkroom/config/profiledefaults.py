"""A server's own defaults as people write them: `steps=30`, `size=1024x768`, `model=…`."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.query import ALIASES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from darkroom.domain.parameters import Value


def defaults_from(texts: Iterable[str]) -> dict[str, Value]:
    """Values by role from texts of the form NAME=VALUE.

    Everyday names are understood (`cfg`, `model`), and `size=1024x768` is width and height. Whether a name
    is a role is for `profilecheck`; whether a value fits is for the form, by the server's own limits.

    Raises:
        InputError: A text has no `=`, or a size is none.
    """
    found: dict[str, Value] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            raise InputError(
                f"“{excerpt(text, 60)}” sets nothing",
                hint="Write NAME=VALUE, such as steps=30 or size=1024x768",
            )
        if name == "size":
            found.update(_size(value))
        else:
            found[str(ALIASES.get(name, name))] = _value(value)
    return found


def defaults_text(defaults: Mapping[str, Value]) -> str:
    """The same as lines of text; `defaults_from` reads them back."""
    return "\n".join(f"{name}={_shown(value)}" for name, value in defaults.items())


def _size(text: str) -> dict[str, Value]:
    sides = re.fullmatch(r"(\d{1,6})\s*[x×*]\s*(\d{1,6})", text, re.IGNORECASE)
    if sides is None:
        raise InputError(f"“{excerpt(text, 40)}” is no size", hint="Write it like size=1024x768")
    return {"width": int(sides[1]), "height": int(sides[2])}


def _value(text: str) -> Value:
    """A value in the type that it looks like."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return text


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
