"""What batches take for granted about forms: values of plain roles bring no fields and take none away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.connectors import registry
from darkroom.connectors.fooocus.catalog import offer_of
from darkroom.domain.form import Layers, merge
from darkroom.domain.parameters import Kind, check
from darkroom.domain.server import Catalog
from darkroom.domain.service import A1111, COMFYUI, FOOOCUS, FOOOCUS_API, INVOKEAI
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from darkroom.services.batching.shapes import PLAIN
from tests.unit.a1111.recorded import catalog as forge
from tests.unit.comfyui.recorded import catalog as comfyui
from tests.unit.fooocus.recorded import page
from tests.unit.invokeai.offering import CATALOG as INVOKE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Value

CATALOGS = {
    COMFYUI: comfyui(),
    A1111: forge(),
    INVOKEAI: INVOKE,
    FOOOCUS: Catalog("2.5.5", offer_of(page()).to_schema()),
    FOOOCUS_API: Catalog("2.5.5", offer_of(page()).to_schema()),
}

PICTURES: dict[str, Value] = {"image": "blob:" + "a" * 64}


def others(spec: ParameterSpec) -> Iterator[Value]:
    """Values at the ends of what a field takes."""
    found: tuple[Value, ...]
    match spec.kind:
        case Kind.INTEGER | Kind.SEED:
            found = (spec.minimum, spec.maximum, 1, 2, 640)
        case Kind.NUMBER:
            found = (spec.minimum, spec.maximum, 0.25, 1.0)
        case Kind.CHOICE:
            found = spec.choices
        case _:
            found = ("", "other words, (mist:1.2)")
    return (value for value in found if value is not None and check(spec, value) is None)


@pytest.mark.parametrize("base", [{}, PICTURES], ids=["text", "picture"])
@pytest.mark.parametrize("mode", [TXT2IMG, UPSCALE])
@pytest.mark.parametrize("service", CATALOGS)
def test_plain_values_leave_the_form_as_it_is(service: str, mode: str, base: dict[str, Value]) -> None:
    make, catalog = registry.form_for(service), CATALOGS[service]

    def form(**changes: Value) -> Form:
        held: dict[str, Value] = {**base, **changes}
        made = make(catalog, mode, None, held)
        filled = {a: field.value for a, field in merge(made, Layers(workflow=made.own, typed=held)).items()}
        return make(catalog, mode, None, {**filled, **held})

    plain = [spec for spec in form().specs if spec.role in PLAIN]
    tried = 0
    for spec in plain:
        for value in others(spec):
            assert form(**{spec.address: value}).specs == form().specs, (spec.address, value)
            tried += 1
    assert tried > 10 or mode == UPSCALE
