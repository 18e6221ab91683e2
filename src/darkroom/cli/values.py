"""Values as they are written on a command line, for the fields of a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.domain.entered import entered, named
from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import Value

    Grow = Callable[[Mapping[str, Value]], Form]


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
        values[spec.address] = entered(spec, args.seed)
    if args.size is not None:
        for role, text in zip((Role.WIDTH, Role.HEIGHT), split_size(args.size), strict=True):
            spec = form.resolve(role)
            values[spec.address] = entered(spec, text)
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
                spec = named(form, name.strip())
            except AmbiguousName:
                raise
            except InputError as error:
                unknown[text] = error
            else:
                values[spec.address] = entered(spec, value)
        if unknown and (grow is None or len(unknown) == len(waiting)):
            raise next(iter(unknown.values()))
        waiting = list(unknown)
        form = grow(values) if grow is not None else form
    return values, form


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
