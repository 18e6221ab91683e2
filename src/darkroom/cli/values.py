"""Values as they are written on a command line, for the fields of a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.parameters import RANDOM_SEED, Kind, Role
from darkroom.domain.query import ALIASES
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Value

    Grow = Callable[[Mapping[str, Value]], Form]

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def given(form: Form, args: Namespace, prompt: str | None, grow: Grow | None = None) -> dict[str, Value]:
    """What the options of `generate` set, by address.

    Args:
        form: The fields there are.
        args: `set`, `negative`, `seed` and `size` as parsed.
        prompt: The prompt, when there is one.
        grow: The form when it holds some values: a picture brings further fields, whichever is said first.

    Raises:
        InputError: A name fits no field, or a value is not what its field holds.
        AmbiguousName: A name fits several fields.
    """
    values, form = setting(form, args.set, grow)
    if args.seed is not None:
        spec = form.resolve(Role.SEED)
        values[spec.address] = parse(spec, args.seed)
    if args.size is not None:
        for role, text in zip((Role.WIDTH, Role.HEIGHT), split_size(args.size), strict=True):
            spec = form.resolve(role)
            values[spec.address] = parse(spec, text)
    for role, said in ((Role.PROMPT, prompt), (Role.NEGATIVE, args.negative)):
        if said is not None:
            values.update(dict.fromkeys(_prompt_addresses(form, role), said))
    return values


def setting(form: Form, texts: Iterable[str], grow: Grow | None) -> tuple[dict[str, Value], Form]:
    """The values of `NAME=VALUE` texts by address, and the form that has all their fields.

    Raises:
        InputError: As `given`.
    """
    values: dict[str, Value] = {}
    waiting = list(texts)
    while waiting:
        unknown: dict[str, InputError] = {}
        for text in waiting:
            name, equals, value = text.partition("=")
            if not equals:
                raise InputError(
                    f"“{excerpt(text, 60)}” sets nothing", hint="Write NAME=VALUE, such as steps=30"
                )
            try:
                spec = _resolve(form, name.strip())
            except AmbiguousName:
                raise
            except InputError as error:
                unknown[text] = error
            else:
                values[spec.address] = parse(spec, value)
        if unknown and (grow is None or len(unknown) == len(waiting)):
            raise next(iter(unknown.values()))
        waiting = list(unknown)
        form = grow(values) if grow is not None else form
    return values, form


def _resolve(form: Form, name: str) -> ParameterSpec:
    """The field that is meant, by its address, role or input name, or by a role's everyday name (`cfg`)."""
    try:
        return form.resolve(name)
    except AmbiguousName:
        raise
    except InputError:
        role = ALIASES.get(name.lower())
        if role is None or not any(spec.role == role for spec in form.specs):
            raise
        return form.resolve(role)


def _prompt_addresses(form: Form, role: Role) -> list[str]:
    """The fields of one prompt: one, or the several of one node (`text_g` and `text_l`).

    Raises:
        AmbiguousName: Several nodes have such a prompt.
        InputError: There is none.
    """
    specs = form.with_role(role)
    if len({spec.address.rpartition(".")[0] for spec in specs}) > 1:
        raise AmbiguousName(role, tuple(spec.address for spec in specs))
    if not specs:
        raise InputError(
            f"This workflow has no field for a {role}",
            hint="Leave it out, or name the field: --set ADDRESS=TEXT. `darkroom workflows show` lists them",
        )
    return [spec.address for spec in specs]


def split_size(text: str) -> tuple[str, str]:
    """Width and height in "1024x768".

    Raises:
        InputError: It is no size.
    """
    found = re.fullmatch(r"\s*(\d+)\s*[xX×*]\s*(\d+)\s*", text)
    if found is None:
        raise InputError(f"“{excerpt(text, 40)}” is no size", hint="Write it like 1024x768")
    return found[1], found[2]


def parse(spec: ParameterSpec, text: str) -> Value:
    """What `text` means for a field; limits are checked later, with all other fields.

    Raises:
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
    """The choice that is meant: itself, in another case, without its ending, or by a part only it has."""
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
