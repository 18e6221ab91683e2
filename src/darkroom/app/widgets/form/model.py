"""What the form holds: specs, values, where they came from, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from darkroom.domain.parameters import Kind, Origin, Role, check
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Field, Form
    from darkroom.domain.parameters import ParameterSpec, Value

PROMPT_ROLES = frozenset((Role.PROMPT, Role.NEGATIVE))

PROBLEM_LETTERS = 200
"""Letters of what a server says against a value that can stand beside it."""


class FormSource(Protocol):
    """What a form is loaded from: `services.forms.FormState`."""

    @property
    def form(self) -> Form:
        """The parameters."""
        ...

    @property
    def fields(self) -> Mapping[str, Field]:
        """Values and origins by address."""
        ...


class FormModel:
    """The form without its widgets. Widgets write into it at once, so it is never behind a key press.

    Attributes:
        specs: Specs by address, in the order of the form.
        values: Every value by address.
        origins: Where each value came from.
        notes: What a person should know of the form.
        last_seed: The seed of the newest generation, for "the last one" and "+1".
    """

    def __init__(self) -> None:
        self.specs: dict[str, ParameterSpec] = {}
        self.values: dict[str, Value] = {}
        self.origins: dict[str, Origin] = {}
        self.notes: tuple[str, ...] = ()
        self.last_seed: int | None = None
        self._checked: dict[str, str | None] = {}
        self._marked: dict[str, str] = {}
        self._noted: dict[str, str] = {}

    def load(self, form: Form, fields: Mapping[str, Field]) -> None:
        """Takes another form; marks stay on fields whose values did not change."""
        self.specs = {spec.address: spec for spec in form.specs}
        self.notes = form.notes
        self._checked = {}
        before, self.values = self.values, {}
        for address, spec in self.specs.items():
            field = fields.get(address)
            self.values[address] = field.value if field is not None else spec.default
            self.origins[address] = field.origin if field is not None else Origin.SYSTEM
            if before.get(address) != self.values[address]:
                self._forget(address)

    def typed_since(self, then: Mapping[str, Value]) -> dict[str, Value]:
        """The values that differ from those of `then`."""
        now = self.values
        return {address: now[address] for address in then if address in now and now[address] != then[address]}

    def edit(self, address: str, value: Value) -> bool:
        """Sets what was typed. True when it differs from before in value or type."""
        if address not in self.specs:
            return False
        old = self.values[address]
        if old == value and type(old) is type(value):
            return False
        self.values[address] = value
        self.origins[address] = Origin.TYPED
        self._forget(address)
        return True

    def _forget(self, address: str) -> None:
        self._checked.pop(address, None)
        self._marked.pop(address, None)
        self._noted.pop(address, None)

    def mark(self, problems: Mapping[str, str]) -> None:
        """Remembers what a server refused, until the value changes; replaces the marks before."""
        known = {address: text for address, text in problems.items() if address in self.specs}
        self._marked = {address: excerpt(text, PROBLEM_LETTERS) for address, text in known.items()}

    def note(self, address: str, problem: str) -> None:
        """Remembers what this machine says against a value ("no such file"), until it changes."""
        self._noted[address] = problem

    def problem(self, address: str) -> str | None:
        """What is wrong with a value, or `None`; of a field that has just left the form nothing is."""
        spec = self.specs.get(address)
        if spec is None:
            return None
        if address not in self._checked:
            # Remembered: each repaint asks, and a choice may be one of thousands.
            self._checked[address] = check(spec, self.values[address])
        return self._marked.get(address) or self._checked[address] or self._noted.get(address) or None

    def first_problem(self) -> str | None:
        """Address of the first wrong field in the order of the form."""
        return next((address for address in self.specs if self.problem(address)), None)

    def top(self) -> tuple[ParameterSpec, ...]:
        """Specs that stand above the sections: prompts, and what belongs to no section."""
        return tuple(spec for spec in self.specs.values() if _is_top(spec))

    def sections(self) -> dict[str, tuple[ParameterSpec, ...]]:
        """The other specs by title of their section, in the order of the form."""
        found: dict[str, list[ParameterSpec]] = {}
        for spec in self.specs.values():
            if not _is_top(spec):
                found.setdefault(spec.section, []).append(spec)
        return {title: tuple(specs) for title, specs in found.items()}

    def shapes_form(self, address: str, old: Value) -> bool:
        """Whether the change from `old` may add or remove fields.

        A switch and a choice may at any change: another model has other fields. A picture does by being
        there, and a number by being more than nothing (the strength of a variation).
        """
        if address not in self.specs:
            return False
        kind, new = self.specs[address].kind, self.values[address]
        if kind in (Kind.CHOICE, Kind.BOOLEAN):
            return old != new
        if kind in (Kind.IMAGE, Kind.NUMBER, Kind.INTEGER):
            return bool(old) != bool(new)
        return False


def _is_top(spec: ParameterSpec) -> bool:
    return not spec.section or (spec.kind is Kind.TEXT and spec.role in PROMPT_ROLES)
