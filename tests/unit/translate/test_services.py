"""The forms of all services, each filled from each: what goes in is taken, and stays what it was."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.connectors.registry import form_for
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Layers, merge
from darkroom.domain.parameters import Role, check
from darkroom.domain.server import Catalog
from darkroom.domain.service import SERVICES
from darkroom.domain.translate.dialects import of_service
from darkroom.domain.translate.move import Source
from darkroom.domain.workflow import TXT2IMG
from tests.unit.translate.forms import into_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

PAIRS = list(itertools.product(SERVICES, repeat=2))
PROMPTS = {"invokeai": "a (cat)1.3 on a roof"}


def filled(service: str, **more: Value) -> Source:
    """A service's own form with its defaults, a weighted prompt, and `more` by address."""
    values: Mapping[str, Value] = {"prompt": PROMPTS.get(service, "a (cat:1.3) on a roof"), "seed": 7, **more}
    specs: tuple[Any, ...] = ()
    for _ in range(4):
        form = form_for(service)(Catalog(), TXT2IMG, None, values)
        layers = Layers(system=SYSTEM_DEFAULTS, workflow=form.own, typed=values)
        values = {address: field.value for address, field in merge(form, layers).items()}
        specs = form.specs
    return Source(service, values, {spec.address: spec.role for spec in specs if spec.role is not None})


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{a} to {b}" for a, b in PAIRS])
def test_all_that_is_put_in_is_taken(source: str, target: str) -> None:
    made = into_service(filled(source), target)
    form = form_for(target)(Catalog(), TXT2IMG, None, made.values)
    by_address = {spec.address: spec for spec in form.specs}
    for address, value in made.values.items():
        if address in by_address:
            assert check(by_address[address], value) is None, address
    assert made.values["seed"] == 7
    prompt = made.values["prompt"]
    assert isinstance(prompt, str)
    assert of_service(target).parse(prompt) == of_service("comfyui").parse("a (cat:1.3) on a roof")


@pytest.mark.parametrize("target", [name for name in SERVICES if name != "comfyui"])
def test_there_and_back_is_where_it_was(target: str) -> None:
    values = {"width": 832, "height": 1216, "steps": 22, "cfg_scale": 5.5, "batch_size": 2}
    samplers = {"sampler": "dpmpp_2m", "scheduler": "karras"}
    out = filled("comfyui", **values, **samplers)
    there = into_service(out, target)
    form = form_for(target)(Catalog(), TXT2IMG, None, there.values)
    roles = {spec.address: spec.role for spec in form.specs if spec.role is not None}
    back = into_service(Source(target, there.values, roles), "comfyui")
    assert {name: back.values[name] for name in (*values, *samplers)} == {**values, **samplers}
    assert back.values["prompt"] == out.values["prompt"]
    assert back.notes == ()


def test_a_second_pass_is_turned_on_where_it_has_a_switch() -> None:
    roles = {"Hires upscale": Role.HIRES_SCALE, "Hires steps": Role.HIRES_STEPS}
    made = into_service(Source("comfyui", {"Hires upscale": 1.5, "Hires steps": 9}, roles), "a1111")
    assert (made.values["hires"], made.values["hires_scale"], made.values["hires_steps"]) == (True, 1.5, 9)
    assert made.notes == ()
    without = into_service(Source("comfyui", {"seed": 1}, {"seed": Role.SEED}), "a1111")
    assert without.values["hires"] is False
