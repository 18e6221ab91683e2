"""What a text means for a field: values as they are written on a command line, in a sweep or in a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.parameters import RANDOM_SEED, Kind
from darkroom.domain.query import ALIASES
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Value

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def named(form: Form, name: str) -> ParameterSpec:
    """The field that is meant, by its address, role or input name, or by a role's everyday name (`cfg`).

    Raises:
        AmbiguousName: Several fit.
        InputError: None fits; the error names the nearest.
    """
    try:
        return form.resolve(name)
    except AmbiguousName:
        raise
    except InputError:
        role = ALIASES.get(name.strip().lower())
        if role is None or not any(spec.role == role for spec in form.specs):
            raise
        return form.resolve(role)


def entered(spec: ParameterSpec, text: str) -> Value:
    """What `text` means for a field; its limits are another matter (`parameters.check`).

    A choice may be written in another case, without its file ending, or as a part that only it has.

    Raises:
        AmbiguousName: Several choices fit.
        InputError: It is not what the field holds.
    """
    folded = text.strip().lower()
    if spec.optional and folded in ("", "none"):
        return None
    match spec.kind:
        case Kind.SEED if folded == "random":
            return RANDOM_SEED
        case Kind.INTEGER | Kind.SEED:
            return _integer(spec, folded)
        case Kind.NUMBER:
            return _number(spec, folded)
        case Kind.BOOLEAN:
            if folded not in _YES | _NO:
                raise _unfit(spec, text, "yes or no")
            return folded in _YES
        case Kind.CHOICE:
            return _choice(spec, text)
        case _:
            return text


def _integer(spec: ParameterSpec, text: str) -> int:
    # int() of a very long text takes very long; no parameter has so many digits.
    if not re.fullmatch(r"[+-]?[0-9]{1,40}", text):
        raise _unfit(spec, text, "a whole number")
    return int(text)


def _number(spec: ParameterSpec, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _unfit(spec, text, "a number") from error


def _choice(spec: ParameterSpec, text: str) -> str:
    wanted = text.strip()
    if wanted in spec.choices or not spec.choices:
        return wanted
    folded = wanted.lower()
    for fits in (
        [c for c in spec.choices if c.lower() == folded],
        [c for c in spec.choices if c.lower().rpartition(".")[0] == folded],
        [c for c in spec.choices if folded and folded in c.lower()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise AmbiguousName(wanted, tuple(_some(fits)))
    close = nearest(wanted, spec.choices)
    raise InputError(
        f"{spec.label}: the server has no “{excerpt(wanted, 60)}”",
        "It has " + ", ".join(_some(spec.choices)),
        f"Did you mean {close}?" if close else "",
    )


def _some(choices: Iterable[str], most: int = 12) -> list[str]:
    names = list(choices)
    return names if len(names) <= most else [*names[:most], f"… and {len(names) - most} more"]


def _unfit(spec: ParameterSpec, text: str, wanted: str) -> InputError:
    return InputError(f"{spec.label} takes {wanted}, not “{excerpt(text, 40)}”")
