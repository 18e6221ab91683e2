"""The form: which parameters there are, in which order, holding what, and where each value came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.parameters import Origin, ParameterSpec, Role, Value, check
from darkroom.domain.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Form:
    """The parameters that a workflow has on a server.

    Attributes:
        specs: In the order they are shown: prompts first, then section by section.
        notes: What the person should know ("node class X is not installed on this server").
        own: The values that the workflow itself holds, by address.
    """

    specs: tuple[ParameterSpec, ...] = ()
    notes: tuple[str, ...] = ()
    own: Mapping[str, Value] = field(default_factory=dict)

    def sections(self) -> tuple[str, ...]:
        """Titles of the sections, each once, in the order of the specs."""
        return tuple(dict.fromkeys(spec.section for spec in self.specs))

    def get(self, address: str) -> ParameterSpec | None:
        """The spec at `address`, or `None`."""
        return next((spec for spec in self.specs if spec.address == address), None)

    def with_role(self, role: Role) -> tuple[ParameterSpec, ...]:
        """All specs that mean `role`; several when a graph has several samplers, say."""
        return tuple(spec for spec in self.specs if spec.role is role)

    def resolve(self, name: str) -> ParameterSpec:
        """The one parameter that a person means by `name`.

        Args:
            name: An address ("3.steps"), a role ("steps") or an unambiguous input name.

        Raises:
            AmbiguousName: Several fit; the error lists their addresses.
            InputError: None fits; the error names the nearest.
        """
        exact = self.get(name)
        if exact is not None:
            return exact
        folded = name.strip().lower().replace("-", "_")
        by_role = [spec for spec in self.specs if spec.role == folded]
        found = by_role or [s for s in self.specs if s.address.rpartition(".")[2].lower() == folded]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(name, tuple(spec.address for spec in found))
        known = [*(str(s.role) for s in self.specs if s.role), *(s.address for s in self.specs)]
        close = nearest(folded, known)
        raise InputError(
            f"No parameter is called “{name}”",
            hint=f"Did you mean {close}?"
            if close
            else "`darkroom workflows show NAME` lists the parameters of a workflow",
        )


class Field(NamedTuple):
    """One value of the form and where it came from."""

    value: Value
    origin: Origin


@dataclass(frozen=True, slots=True)
class Layers:
    """The sources of a form's values, weakest first. Keys are addresses or roles, as noted.

    Attributes:
        system: Darkroom's own defaults, by role.
        session: What this session used last, by role, whichever the workflow.
        workflow: Defaults of the workflow, by address.
        session_workflow: What this session used last with this workflow, by address.
        typed: What was typed and not yet sent, by address.
    """

    system: Mapping[str, Value] = field(default_factory=dict)
    session: Mapping[str, Value] = field(default_factory=dict)
    workflow: Mapping[str, Value] = field(default_factory=dict)
    session_workflow: Mapping[str, Value] = field(default_factory=dict)
    typed: Mapping[str, Value] = field(default_factory=dict)


def merge(form: Form, layers: Layers) -> dict[str, Field]:
    """The value of each field by address, the strongest layer that has a usable one winning.

    A remembered value that the server no longer takes (a checkpoint that was deleted) is passed
    over for the next weaker one. What was typed, and what the workflow says, is kept and shown as
    wrong: another checkpoint in its place would be another picture.
    What a session remembers by role may come from another service: a choice that means the same there
    under another name is taken for it.
    A role that several fields share takes no value by role, save prompts' own defaults.
    """
    counts = Counter(spec.role for spec in form.specs if spec.role is not None)
    shared = {role for role, count in counts.items() if count > 1}
    return {spec.address: _pick(spec, layers, alone=spec.role not in shared) for spec in form.specs}


def _pick(spec: ParameterSpec, layers: Layers, *, alone: bool) -> Field:
    if spec.address in layers.typed:
        return Field(layers.typed[spec.address], Origin.TYPED)
    by_role = str(spec.role) if spec.role is not None and alone else ""
    for origin, layer, key in (
        (Origin.SESSION_WORKFLOW, layers.session_workflow, spec.address),
        (Origin.WORKFLOW, layers.workflow, spec.address),
        (Origin.SESSION, layers.session, by_role),
        (Origin.SYSTEM, layers.system, by_role),
    ):
        if key in layer:
            value = _spelled(spec, layer[key]) if origin is Origin.SESSION else layer[key]
            if origin is Origin.WORKFLOW or check(spec, value) is None:
                return Field(value, origin)
    return Field(_last_resort(spec), Origin.SYSTEM)


def _spelled(spec: ParameterSpec, value: Value) -> Value:
    """A remembered choice as this server spells it: ComfyUI's `euler` is `Euler` with A1111."""
    if not isinstance(value, str) or not spec.choices or value in spec.choices:
        return value
    # Only who changes servers needs it.
    from darkroom.domain.translate.names import equivalent

    return equivalent(spec.role, value, spec.choices) or value


def _last_resort(spec: ParameterSpec) -> Value:
    if spec.default is not None or spec.optional:
        return spec.default
    return spec.choices[0] if spec.choices else None


def problems(specs: Iterable[ParameterSpec], values: Mapping[str, Value]) -> dict[str, str]:
    """What is wrong, by address, in the order of the form; empty when all of it can be sent."""
    found = {spec.address: check(spec, values.get(spec.address)) for spec in specs}
    return {address: message for address, message in found.items() if message is not None}
