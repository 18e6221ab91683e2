"""Shapes: the form that each job of a batch fills, and what the values on its axes mean there.

Most values change nothing but themselves: a form is made once for all jobs that differ in those. Others bring
further fields (a LoRA its strength, another server another form): each combination of them is a `Shape`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain.entered import entered, named
from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.parameters import Kind, Role, check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.services.forms import FormState

PROMPTS = frozenset({Role.PROMPT, Role.NEGATIVE})

PLAIN = PROMPTS | {
    Role.SEED,
    Role.STEPS,
    Role.CFG_SCALE,
    Role.GUIDANCE,
    Role.SAMPLER,
    Role.SCHEDULER,
    Role.WIDTH,
    Role.HEIGHT,
    Role.BATCH_SIZE,
    Role.DENOISE,
    Role.CLIP_SKIP,
}
"""Roles whose values never change which fields a form has; a test holds all forms to it."""


_EXACT = 2**53
"""Below it every whole number is a float; far above, none is."""


class Wrong(Exception):
    """A value that its field does not take; `str` is a short phrase."""


@dataclass(slots=True)
class Shape:
    """A form as some of a batch's jobs fill it.

    Attributes:
        state: The form, filled but for what is plain.
        filled: The names that it was filled under, by address.
        wrong: Why it cannot be filled so, by the name that was typed.
    """

    state: FormState
    filled: Mapping[str, str]
    wrong: Mapping[str, str]
    _read: dict[tuple[str, type, Value], tuple[tuple[str, Value], ...] | Wrong] = field(default_factory=dict)

    def read(self, name: str, value: Value) -> tuple[tuple[str, Value], ...]:
        """What a plain value means here: the addresses that it sets, each with what it holds then.

        Raises:
            Wrong: The field does not take it, or there is no such field.
        """
        key = (name, type(value), value)  # 1 and True are equal, and not the same to a field
        found = self._read.get(key)
        if found is None:
            try:
                found = tuple(
                    (spec.address, _meant(spec, value)) for spec in fields_of(self.state.form, name)
                )
            except Wrong as error:
                # Kept as well: to find the nearest of thousands of names takes long.
                found = error
            self._read[key] = found
        if isinstance(found, Wrong):
            raise found
        return found

    def seeds(self) -> list[ParameterSpec]:
        """The fields of seeds."""
        return [spec for spec in self.state.form.specs if spec.kind is Kind.SEED]

    def prompts(self) -> list[ParameterSpec]:
        """The fields of prompts."""
        return [spec for spec in self.state.form.specs if spec.role in PROMPTS]


def shaped(
    state: FormState,
    values: Mapping[str, Value],
    rebuild: Callable[[FormState, Mapping[str, Value]], FormState],
) -> Shape:
    """The form with what is not plain among a job's values; fields may come with the values of others.

    Args:
        state: The server's form.
        values: By the names that were typed.
        rebuild: Makes the form for changed values.
    """
    waiting = dict(values)
    wrong: dict[str, str] = {}
    filled: dict[str, str] = {}
    while waiting:
        read: dict[str, Value] = {}
        missing: dict[str, str] = {}
        for name, value in waiting.items():
            try:
                specs = fields_of(state.form, name)
            except Wrong as error:
                missing[name] = str(error)
                continue
            try:
                for spec in specs:
                    if filled.setdefault(spec.address, name) != name:
                        raise Wrong(f"“{filled[spec.address]}” is the same field")
                    read[spec.address] = _meant(spec, value)
            except Wrong as error:
                wrong[name] = str(error)
        if read:
            state = rebuild(state, read)
        if len(missing) == len(waiting):
            return Shape(state, filled, wrong | missing)
        waiting = {name: waiting[name] for name in missing}
    return Shape(state, filled, wrong)


def role_of(form: Form, name: str) -> Role | None:
    """What a name means on a form; `None` when it has no such field, or none with a meaning."""
    try:
        return fields_of(form, name)[0].role
    except Wrong:
        return None


def fields_of(form: Form, name: str) -> list[ParameterSpec]:
    """The fields of a name: one, or the several of one prompt in one node (`text_g` and `text_l`).

    Raises:
        Wrong: There is none, or several are meant.
    """
    try:
        return [named(form, name)]
    except AmbiguousName as error:
        specs = [spec for spec in form.specs if spec.address in error.candidates]
        nodes = {spec.address.rpartition(".")[0] for spec in specs}
        if len(nodes) == 1 and {spec.role for spec in specs} <= PROMPTS and len({s.role for s in specs}) == 1:
            return specs
        raise Wrong(f"it could be {', '.join(error.candidates)}") from error
    except InputError as error:
        raise Wrong(f"there is no such field. {error.hint}".strip()) from error


def _meant(spec: ParameterSpec, value: Value) -> Value:
    """What a value means for a field; text is read as if typed.

    Raises:
        Wrong: The field does not take it.
    """
    if isinstance(value, str):
        try:
            value = _read_text(spec, value)
        except AmbiguousName as error:
            raise Wrong(f"it could be {', '.join(error.candidates)}") from error
        except InputError as error:
            raise Wrong(f"{error.title}. {error.hint}".strip(". ")) from error
    elif type(value) is int and spec.kind is Kind.NUMBER and abs(value) < _EXACT:
        value = float(value)
    wrong = check(spec, value)
    if wrong is not None:
        raise Wrong(wrong)
    return value


def _read_text(spec: ParameterSpec, text: str) -> Value:
    try:
        return entered(spec, text)
    except InputError:
        if spec.kind is not Kind.CHOICE:
            raise
        # A sampler or scheduler may have another name with the service of another server.
        from darkroom.domain.translate.names import equivalent

        known = equivalent(spec.role, text, spec.choices)
        if known is None:
            raise
        return known
