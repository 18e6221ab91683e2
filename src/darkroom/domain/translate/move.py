"""What goes from one service to another: the settings there were, and what has been made of them so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain import service as services
from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value, check
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form

SHOWN = 60
"""Most characters of a foreign value that a note repeats."""


@dataclass(frozen=True, slots=True)
class Source:
    """Settings as a service understood them.

    Attributes:
        service: Id of the service.
        values: By address, in the order of the form they came from.
        roles: Role by address, for those that have one.
        typed: Prompts as a person typed them, by address, where they differ from `values`.
        complete: Whether they are all there were: what they do not speak of was not used. If not, what they
            do not speak of stays as it is.
        usual: Addresses whose values are mere defaults of the service: losing them is not worth a note.
    """

    service: str
    values: Mapping[str, Value]
    roles: Mapping[str, Role]
    typed: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    usual: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The service as notes name it."""
        return title_of(self.service)

    def has(self, role: Role) -> bool:
        """Whether it knew such a setting at all."""
        return role in self.roles.values()

    def all(self, role: Role) -> list[Value]:
        """Values with `role`, in their order."""
        return [self.values[a] for a, r in self.roles.items() if r is role and a in self.values]

    def first(self, role: Role) -> Value:
        """The first value with `role`, or `None`."""
        return next(iter(self.all(role)), None)


@dataclass(frozen=True, slots=True)
class Translation:
    """Settings for a form, and what a person should know of the way there.

    Attributes:
        values: By address of the form; what is not there stays as it is.
        notes: One for each thing that was changed or could not be carried over, in the form's order.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _family(service: str) -> str:
    """Fooocus is one service behind two servers."""
    return services.FOOOCUS if service == services.FOOOCUS_API else service


def title_of(service: str) -> str:
    """A service's title; its id when it is none of ours."""
    known = services.SERVICES.get(service)
    return known.title if known is not None else excerpt(service, SHOWN)


class Move:
    """A translation in the making; rules read it and add to it.

    Attributes:
        source: What there was.
        service: Whom it is for.
        form: The fields that can be filled.
        values: What goes into them.
        notes: What is to be said.
    """

    def __init__(self, source: Source, service: str, form: Form, only: frozenset[Role] | None = None) -> None:
        self.source = source
        self.service = service
        self.form = form
        self._only = only
        self.values: dict[str, Value] = {}
        self.notes: list[str] = []

    @property
    def abroad(self) -> bool:
        """Whether it goes to another service; within one, all words stay as they are."""
        return _family(self.source.service) != _family(self.service)

    def wants(self, role: Role) -> bool:
        """Whether settings of `role` are to be carried at all."""
        return self._only is None or role in self._only

    def unsaid(self, role: Role) -> bool:
        """Whether it is known that there was nothing of `role`."""
        return self.source.complete and not self.source.has(role)

    def pairs(self, role: Role) -> list[tuple[ParameterSpec, Value]]:
        """Each field with `role` and the value that was its own: by address at home, else by order."""
        left = [
            (a, self.source.values[a])
            for a, r in self.source.roles.items()
            if r is role and a in self.source.values
        ]
        found: dict[str, Value] = {}
        specs = self.form.with_role(role)
        if not self.abroad:
            at_home = {address: value for address, value in left if self.form.get(address) in specs}
            found = {address: self.source.typed.get(address, value) for address, value in at_home.items()}
            left = [(address, value) for address, value in left if address not in at_home]
        for spec in specs:
            if spec.address not in found and left:
                found[spec.address] = left.pop(0)[1]
        return [(spec, found[spec.address]) for spec in specs if spec.address in found]

    def put(self, spec: ParameterSpec, value: Value) -> bool:
        """Fills a field; whether it takes the value."""
        if check(spec, value) is not None:
            return False
        self.values[spec.address] = value
        return True

    def clear(self, spec: ParameterSpec) -> None:
        """Empties a field, where "none" is one of its values."""
        if spec.optional:
            self.values[spec.address] = None

    def note(self, what: ParameterSpec | Role, text: str) -> None:
        """Says something of a field, or of a setting that has none."""
        label = what.label if isinstance(what, ParameterSpec) else label_of(what)
        self.notes.append(f"{label}: {text}")

    def nowhere(self, role: Role, value: Value) -> None:
        """Says that there is no field for a setting."""
        self.note(role, f"{shown(value)} was left out, there is no such field")


def label_of(role: Role) -> str:
    """A role as notes name it."""
    return _LABELS.get(role) or str(role).replace("_", " ").capitalize()


_LABELS = {
    Role.CFG_SCALE: "CFG",
    Role.HIRES_SCALE: "Hires fix",
    Role.CLIP_SKIP: "CLIP skip",
    Role.LORA: "LoRA",
    Role.VAE: "VAE",
    Role.REFINER_SWITCH: "Refiner from",
}


def shown(value: Value) -> str:
    """A value inside of a note."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return f"“{excerpt(value, SHOWN)}”" if isinstance(value, str) else str(value)


def fitted(spec: ParameterSpec, value: Value) -> Value:
    """The number nearest to `value` that a field takes; `None` for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = value
    if spec.minimum is not None and number < spec.minimum:
        number = spec.minimum
    if spec.maximum is not None and number > spec.maximum:
        number = spec.maximum
    if spec.kind is Kind.NUMBER:
        return number
    return number if isinstance(number, int) else round(number)
