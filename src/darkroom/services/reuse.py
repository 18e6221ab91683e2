"""Settings from elsewhere in the form: an earlier generation's, another server's, those of a picture.

Loaded when it is needed: it brings all of `domain.translate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from darkroom.connectors import registry
from darkroom.domain.parameters import Origin, Role
from darkroom.domain.server import Catalog
from darkroom.domain.service import SERVICES
from darkroom.domain.translate.move import Source, Translation
from darkroom.domain.translate.whole import translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.forms import Forms, FormState

Part = Literal["all", "seed", "prompt"]
"""What of earlier settings goes into the form."""

PARTS: Mapping[Part, frozenset[Role] | None] = {
    "all": None,
    "seed": frozenset({Role.SEED}),
    "prompt": frozenset({Role.PROMPT, Role.NEGATIVE}),
}

ROUNDS = 24
"""More than any form takes to show all its fields: each LoRA or style brings the field for the next."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Settings as a form takes them.

    Attributes:
        state: The form, holding them.
        values: What was put in, by address.
        notes: What was changed or could not be carried over.
    """

    state: FormState
    values: Mapping[str, Value]
    notes: tuple[str, ...]


def carry(forms: Forms, state: FormState, source: Source, part: Part = "all") -> Carried:
    """Puts settings into a form, in the words of its service. Pure; asks no server.

    Args:
        forms: Builds the form anew.
        state: The form as it stands.
        source: The settings.
        part: How much of them.
    """
    values: dict[str, Value] = {}
    found = Translation()
    for _ in range(ROUNDS):
        found = translate(source, state.profile.service, state.form, only=PARTS[part])
        fresh = {**values, **found.values}
        if fresh == values:
            break
        values = fresh
        state = forms.rebuild(state, {**state.values(), **values})
    there = {address: value for address, value in values.items() if state.form.get(address) is not None}
    return Carried(state, there, found.notes)


def of_snapshot(snapshot: Snapshot) -> Source:
    """The settings that a generation was made with; prompts as they were sent.

    A template that a prompt was drawn from stays behind: where nobody asks for templates, its braces would be
    sent as they are, and the seed would repeat another picture.
    """
    return Source(snapshot.service, snapshot.values, snapshot.roles, usual=_usual(snapshot))


def _usual(snapshot: Snapshot) -> frozenset[str]:
    """Addresses of a built-in form that held its defaults, as far as they are known without its server."""
    if snapshot.graph is not None or snapshot.service not in SERVICES:
        return frozenset()
    form = registry.form_for(snapshot.service)(Catalog(), snapshot.mode, None, snapshot.values)
    known = {spec.address: spec.default for spec in form.specs if spec.default is not None}
    return frozenset(a for a, value in snapshot.values.items() if a in known and known[a] == value)


def of_form(state: FormState, values: Mapping[str, Value]) -> Source:
    """The settings that somebody chose in a form: those with a meaning, without mere defaults.

    Args:
        state: The form.
        values: What it holds now, by address.
    """
    roles = {
        spec.address: spec.role
        for spec in state.form.specs
        if spec.role is not None and spec.address in values and not _is_default(state, values, spec.address)
    }
    held = {address: values[address] for address in roles}
    return Source(state.profile.service, held, roles, complete=False)


def _is_default(state: FormState, values: Mapping[str, Value], address: str) -> bool:
    field = state.fields.get(address)
    if field is None or field.value != values[address]:
        return False
    # In a built-in form it is the server's preset, in a graph what its author chose.
    preset = field.origin is Origin.WORKFLOW and state.workflow.built_in
    return preset or field.origin is Origin.SYSTEM
