"""Forms to translate into: small ones, made for a test, and those of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.registry import form_for
from darkroom.domain.form import Form
from darkroom.domain.parameters import Kind, ParameterSpec, Role
from darkroom.domain.server import Catalog
from darkroom.domain.translate.move import Source, Translation
from darkroom.domain.translate.whole import translate
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

ROUNDS = 12


def field(role: Role, kind: Kind = Kind.TEXT, address: str = "", **more: Any) -> ParameterSpec:
    return ParameterSpec(address or str(role), str(role).capitalize(), kind, role=role, **more)


def choice(role: Role, *choices: str, address: str = "", optional: bool = False) -> ParameterSpec:
    return field(role, Kind.CHOICE, address, choices=choices, optional=optional)


def whole(role: Role, minimum: int = 1, maximum: int = 100, step: int = 1) -> ParameterSpec:
    return field(role, Kind.INTEGER, minimum=minimum, maximum=maximum, step=step)


def real(role: Role, minimum: float = 0.0, maximum: float = 30.0) -> ParameterSpec:
    return field(role, Kind.NUMBER, minimum=minimum, maximum=maximum)


def of(*specs: ParameterSpec) -> Form:
    return Form(specs)


def source(service: str, values: Mapping[str, Value], **roles: Role) -> Source:
    """Settings whose addresses are roles, but for those that are told by name."""
    known = {str(role): role for role in Role}
    told = {address: known[address] for address in values if address in known}
    return Source(service, values, {**told, **roles})


def into_service(settings: Source, service: str, catalog: Catalog | None = None) -> Translation:
    """`settings` for a service's own form, built anew until it stays as it is."""
    values: dict[str, Value] = {}
    found = Translation()
    for _ in range(ROUNDS):
        form = form_for(service)(catalog or Catalog(), TXT2IMG, None, values)
        found = translate(settings, service, form)
        if {**values, **found.values} == values:
            break
        values = {**values, **found.values}
    return Translation(values, found.notes)
