"""The form of a group: one server's, with the checkpoints of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.parameters import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Value


def united(forms: Sequence[Form], values: Mapping[str, Value]) -> Form:
    """One form for several servers of one service.

    It is the first whose server has the checkpoint that is chosen: with that go its VAEs, its LoRAs, and
    the fields that a model brings. Checkpoints alone are offered from all: a job goes to a server that
    has its checkpoint.

    Args:
        forms: One or more, made for the same workflow and `values`.
        values: What the form holds.
    """
    first = next((form for form in forms if _has_chosen(form, values)), forms[0])
    specs = tuple(_with_all(spec, forms) for spec in first.specs)
    return replace(first, specs=specs)


def _has_chosen(form: Form, values: Mapping[str, Value]) -> bool:
    chosen = ((spec, values.get(spec.address)) for spec in form.with_role(Role.CHECKPOINT))
    return all(value is None or value in spec.choices for spec, value in chosen)


def _with_all(spec: ParameterSpec, forms: Sequence[Form]) -> ParameterSpec:
    if spec.role is not Role.CHECKPOINT or not spec.choices:
        return spec
    choices = (*spec.choices, *_offered(spec.address, forms))
    return replace(spec, choices=tuple(dict.fromkeys(choices)))


def _offered(address: str, forms: Sequence[Form]) -> Iterator[str]:
    for form in forms:
        spec = form.get(address)
        if spec is not None:
            yield from spec.choices
