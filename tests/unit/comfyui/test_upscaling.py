"""The built-in workflow that makes pictures larger."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.comfyui.counting import expected_outputs
from darkroom.connectors.comfyui.form import form
from darkroom.connectors.comfyui.upscaling import CLASSES, address_of, build
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Layers, merge, problems
from darkroom.domain.parameters import Role
from darkroom.domain.server import Catalog
from darkroom.domain.workflow import UPSCALE
from tests.unit.comfyui.checker import complaints
from tests.unit.comfyui.recorded import catalog, object_info

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

MODEL = "tiny-x4.safetensors"
OLD = Catalog("0.3.30", {**object_info(), "GetImageSize": {}})
PLAIN = Catalog("x", {**object_info(), "UpscaleModelLoader": {}})


@pytest.mark.parametrize(
    ("model", "factor", "method"), itertools.product((None, MODEL), (None, 0.5, 4.0), (None, "area"))
)
def test_every_combination_is_a_legal_graph(
    model: str | None, factor: float | None, method: str | None
) -> None:
    values: dict[str, Value] = {"image": "example.png", "upscaler": model}
    graph = build({**values, "upscale": factor, "upscale_method": method})
    assert complaints(graph, object_info()) == []
    used = {node["class_type"] for node in graph.values()}
    assert used <= set(CLASSES)
    assert ("ImageUpscaleWithModel" in used) is (model is not None)
    assert expected_outputs(graph, object_info()) == 1


def test_what_a_model_made_is_brought_to_the_size_of_a_plain_copy() -> None:
    graph = build({"image": "a.png", "upscaler": MODEL, "upscale": 1.5, "upscale_method": "area"})
    assert graph["42"]["inputs"] == {"image": ["12", 0], "upscale_method": "area", "scale_by": 1.5}
    assert graph["43"]["inputs"] == {"image": ["42", 0]}
    fit = graph["44"]["inputs"]
    assert (fit["image"], fit["width"], fit["height"]) == (["41", 0], ["43", 0], ["43", 1])
    assert graph["9"]["inputs"]["images"] == ["44", 0]


def test_the_models_own_factor_counts_without_another() -> None:
    graph = build({"image": "a.png", "upscaler": MODEL, "upscale": None})
    assert graph["9"]["inputs"]["images"] == ["41", 0]
    assert "GetImageSize" not in str(graph)


def test_the_form() -> None:
    made = form(catalog(), UPSCALE, None, {})
    assert [(spec.address, spec.section, spec.label) for spec in made.specs] == [
        ("upscaler", "Model", "Upscaler"),
        ("upscale", "Size", "Factor"),
        ("upscale_method", "Size", "Method"),
        ("image", "Image", "Image"),
    ]
    values = {a: field.value for a, field in merge(made, Layers(system=SYSTEM_DEFAULTS)).items()}
    assert values == {"upscaler": MODEL, "upscale": 2.0, "upscale_method": "lanczos", "image": None}
    assert problems(made.specs, values) == {"image": "needed"}
    assert made.notes == ()


def test_a_server_without_models_scales_plainly() -> None:
    made = form(PLAIN, UPSCALE, None, {})
    assert made.with_role(Role.UPSCALER) == ()
    assert made.resolve("upscale").maximum == 8.0
    assert form(Catalog(), UPSCALE, None, {}).with_role(Role.UPSCALER) == ()


def test_an_old_server_says_that_the_models_own_factor_counts() -> None:
    made = form(OLD, UPSCALE, None, {})
    assert [spec.address for spec in made.specs] == ["upscaler", "image"]
    assert "too old" in made.notes[0]
    plain = form(OLD, UPSCALE, None, {"upscaler": None})
    assert plain.get("upscale") is not None
    assert plain.notes == ()


def test_every_field_is_found_from_its_node() -> None:
    values: dict[str, Value] = {"image": "a.png", "upscaler": MODEL, "upscale": 2.0, "upscale_method": "area"}
    found = {address_of(node_id, name) for node_id, node in build(values).items() for name in node["inputs"]}
    assert found - {""} == set(values)
