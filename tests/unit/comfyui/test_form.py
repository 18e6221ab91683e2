"""The form: sections, labels, values and remarks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.comfyui.form import SECTIONS, form, graph_values
from darkroom.connectors.comfyui.nodes import read_class
from darkroom.connectors.comfyui.payload import expected_outputs, graph_for
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Form, Layers, merge, problems
from darkroom.domain.parameters import Kind, Role, check
from darkroom.domain.server import Catalog
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import TXT2IMG, WORKFLOW
from tests.unit.comfyui.recorded import (
    WORKFLOWS,
    Graph,
    base,
    catalog,
    encode,
    node,
    object_info,
    sampler,
    workflow,
)


def of(graph: Graph, known: Catalog | None = None) -> Form:
    return form(known or catalog(), WORKFLOW, graph, {})


def builtin(**values: Any) -> Form:
    return form(catalog(), TXT2IMG, None, values)


def labels(made: Form, section: str) -> list[str]:
    return [spec.label for spec in made.specs if spec.section == section]


def test_a_graph_in_sections() -> None:
    made = of(base())
    assert made.sections() == ("Prompt", "Model", "Sampling", "Size", "Save Image")
    assert labels(made, "Prompt") == ["Prompt", "Negative"]
    assert labels(made, "Model") == ["Checkpoint"]
    assert labels(made, "Sampling") == ["Steps", "CFG", "Sampler", "Scheduler", "Seed", "Denoise"]
    assert labels(made, "Size") == ["Width", "Height", "Batch size"]
    assert [spec.advanced for spec in made.specs] == [spec.section not in SECTIONS for spec in made.specs]
    assert made.with_role(Role.PROMPT)[0].multiline


def test_fields_that_look_alike_are_told_apart() -> None:
    graph = base() | {
        "pos2": encode("detail"),
        "hires": sampler("pos2", "neg", "sample", "Second pass"),
        "save2": node("SaveImage", filename_prefix="y", images=["decode", 0]),
    }
    made = of(graph)
    assert labels(made, "Sampling")[:2] == ["Steps", "CFG"]
    assert labels(made, "Sampling")[6:8] == ["Steps 2", "CFG 2"]
    graph["sample"]["_meta"] = {"title": "First pass"}
    made = of(graph)
    assert labels(made, "Prompt") == ["Prompt", "Prompt 2", "Negative"]
    assert labels(made, "Sampling")[:2] == ["Steps · First pass", "CFG · First pass"]
    assert labels(made, "Sampling")[6:8] == ["Steps · Second pass", "CFG · Second pass"]
    assert made.sections()[-2:] == ("Save Image", "Save Image 2")
    graph["pos"]["_meta"], graph["pos2"]["_meta"] = {"title": "Scene"}, {"title": "Detail"}
    assert labels(of(graph), "Prompt") == ["Prompt · Scene", "Prompt · Detail", "Negative"]


def test_titles_of_the_class_tell_nothing_apart() -> None:
    graph = base() | {
        "pos2": encode("detail", "CLIP Text Encode (Prompt)"),
        "hires": sampler("pos2", "neg", "sample"),
    }
    graph["pos"]["_meta"] = {"title": "CLIPTextEncode"}
    assert labels(of(graph), "Prompt") == ["Prompt", "Prompt 2", "Negative"]


def test_texts_of_one_node_are_told_apart_by_input() -> None:
    size = dict.fromkeys(("width", "height", "target_width", "target_height"), 1024) | {
        "crop_w": 0,
        "crop_h": 0,
    }
    graph = base() | {"pos": node("CLIPTextEncodeSDXL", clip=["ckpt", 1], text_g="a", text_l="b", **size)}
    assert labels(of(graph), "Prompt") == ["Prompt (text_g)", "Prompt (text_l)", "Negative"]


def test_addresses_are_unique_and_point_into_the_graph() -> None:
    graph = workflow("flux1_dev_uso_reference_image_gen")
    made = of(graph)
    addresses = [spec.address for spec in made.specs]
    assert len(set(addresses)) == len(addresses)
    assert {address.rpartition(".")[0] for address in addresses} <= graph.keys()
    assert "57:35.guidance" in addresses


@pytest.mark.parametrize("name", WORKFLOWS)
def test_all_scalars_of_the_recorded_workflows_can_be_edited(name: str) -> None:
    graph = workflow(name)
    made = of(graph)
    values = graph_values(graph, made)
    for node_id, one in graph.items():
        for key, literal in one["inputs"].items():
            spec = made.get(f"{node_id}.{key}")
            assert (spec is None) is isinstance(literal, list), f"{node_id}.{key}"
            if spec is not None and spec.kind is not Kind.IMAGE:
                assert values[spec.address] == literal


def test_each_recorded_class_alone_gives_a_form() -> None:
    for class_type, entry in object_info().items():
        described = read_class(entry)
        made = of({"1": node(class_type)})
        for spec in made.specs:
            assert described.inputs[spec.address.removeprefix("1.")].required
            assert spec.default is None or check(spec, spec.default) is None
            assert spec.label
            assert spec.section


def test_optional_inputs_the_workflow_leaves_out_are_no_fields() -> None:
    graph = {"1": node("CLIPLoader", clip_name="a", type="sd1")}
    assert [spec.address for spec in of(graph).specs] == ["1.clip_name", "1.type"]


def test_required_inputs_the_workflow_lacks_are_fields() -> None:
    graph = base()
    del graph["sample"]["inputs"]["denoise"]
    spec = of(graph).get("sample.denoise")
    assert spec is not None
    assert spec.default == 1.0


def test_classes_the_server_lacks_are_named_and_stay_editable() -> None:
    graph = base() | {
        "x": node("Fancy\x1b[2J", words="hello", strength=0.5, on=True, things=[1, 2, 3], nothing=None)
    }
    made = of(graph, Catalog("0.3.64", {**object_info(), "Fancy\x1b[2J": {}}))
    assert "node class Fancy\ufffd[2J is not installed on this server" in made.notes
    found = {spec.address: spec.kind for spec in made.specs if spec.address.startswith("x.")}
    assert found == {"x.words": Kind.TEXT, "x.strength": Kind.NUMBER, "x.on": Kind.BOOLEAN}
    assert graph_values(graph, made)["x.words"] == "hello"


def test_a_server_that_was_never_asked_lacks_nothing() -> None:
    made = of(base() | {"x": node("Fancy", words="hello")}, Catalog())
    assert made.notes == ()
    assert made.get("x.words") is not None
    assert [spec.maximum for spec in made.with_role(Role.STEPS)] == [10000]


def test_choices_the_server_lacks_are_named() -> None:
    graph = base()
    graph["ckpt"]["inputs"]["ckpt_name"] = "gone.safetensors"
    assert of(graph).notes == ("Load Checkpoint: the server has no “gone.safetensors” (Checkpoint)",)


def test_pictures_on_the_server_stay_the_graphs_own() -> None:
    graph = workflow("image2image")
    made = of(graph)
    (spec,) = made.with_role(Role.IMAGE)
    assert spec.optional
    assert "example.png" in spec.help
    assert spec.address not in graph_values(graph, made)
    assert problems(made.specs, {**graph_values(graph, made), "14.ckpt_name": spec.default}).keys() == {
        "14.ckpt_name"
    }


def test_the_graphs_values_are_the_weakest_but_one() -> None:
    graph = base()
    made = of(graph)
    layers = Layers(system=SYSTEM_DEFAULTS, session={"steps": 99}, workflow=graph_values(graph, made))
    assert merge(made, layers)["sample.steps"].value == 20
    assert graph_values({}, made) == {}
    assert graph_values(None, made) == {}


NAMES = ("a", "b", "c", "a.b", "")
LITERALS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([])
)
LINKS = st.tuples(st.sampled_from((*NAMES, "gone")), st.integers(-2, 5)).map(list)
INPUTS = (
    "positive",
    "negative",
    "conditioning",
    "text",
    "seed",
    "steps",
    "cfg",
    "model",
    "latent_image",
    "samples",
)
OTHER_INPUTS = ("width", "height", "batch_size", "image", "value", "guider", "sigmas", "lora_name", "x.y", "")
CLASSES = ("KSampler", "CLIPTextEncode", "ConditioningCombine", "ControlNetApplyAdvanced", "CFGGuider")
OTHER_CLASSES = ("SamplerCustomAdvanced", "LatentUpscale", "PrimitiveString", "StringConcatenate", "Unheard")
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {
            "class_type": st.sampled_from(CLASSES + OTHER_CLASSES),
            "inputs": st.dictionaries(st.sampled_from(INPUTS + OTHER_INPUTS), LITERALS | LINKS, max_size=8),
        }
    ),
    min_size=1,
)


@given(GRAPHS)
def test_no_wiring_hurts(graph: Graph) -> None:
    made = of(graph)
    addresses = [spec.address for spec in made.specs]
    assert all(spec.section and spec.label for spec in made.specs)
    values = graph_values(graph, made)
    assert values.keys() <= set(addresses)
    assert expected_outputs(graph, object_info()) is None
    sent = graph_for(Snapshot("comfyui", "", WORKFLOW, "", values, graph=graph), {})
    for node_id, one in graph.items():
        for name, given_value in one["inputs"].items():
            if isinstance(given_value, list):
                assert sent[node_id]["inputs"][name] == given_value


def test_the_builtin_form() -> None:
    made = builtin()
    assert [spec.address for spec in made.specs] == [
        "prompt",
        "negative",
        "checkpoint",
        "vae",
        "lora",
        "clip_skip",
        "steps",
        "cfg_scale",
        "sampler",
        "scheduler",
        "seed",
        "width",
        "height",
        "batch_size",
        "image",
        "refiner",
    ]
    assert made.sections() == (*SECTIONS, "Refiner")
    assert [spec.address for spec in made.specs if spec.advanced] == ["refiner"]
    assert all(made.resolve(str(role)).role is role for role in Role if made.with_role(role))
    width = made.resolve("width")
    assert (width.minimum, width.maximum, width.step, width.unit) == (16, 16384, 8, "px")
    skip = made.resolve("clip_skip")
    assert (skip.minimum, skip.maximum, skip.optional) == (1, 24, True)


def test_system_defaults_fill_the_builtin_form() -> None:
    made = builtin()
    fields = merge(made, Layers(system=SYSTEM_DEFAULTS))
    values = {address: field.value for address, field in fields.items()}
    assert problems(made.specs, values) == {}
    assert (values["width"], values["height"], values["steps"], values["cfg_scale"]) == (1024, 1024, 20, 7.0)
    assert (values["sampler"], values["scheduler"], values["seed"]) == ("euler", "normal", -1)
    assert (values["lora"], values["vae"], values["clip_skip"], values["image"]) == (None, None, None, None)


def test_a_lora_brings_its_strength_and_the_next_slot() -> None:
    loras = [spec.address for spec in builtin(lora="a", lora_2="b").specs if "lora" in spec.address]
    assert loras == ["lora", "lora_strength", "lora_2", "lora_2_strength", "lora_3"]
    assert labels(builtin(lora="a"), "Model")[2:5] == ["LoRA", "LoRA strength", "LoRA 2"]
    every = {"lora": "a", **{f"lora_{slot}": "a" for slot in range(2, 20)}}
    assert [s.address for s in builtin(**every).specs if s.role is Role.LORA][-1] == "lora_8"


def test_an_image_brings_denoise_and_limits_the_batch() -> None:
    made = builtin(image="a.png")
    assert made.resolve("mask").optional
    assert builtin().get("mask") is None
    denoise = made.resolve("denoise")
    assert merge(made, Layers(system=SYSTEM_DEFAULTS))[denoise.address].value == 0.75
    assert made.resolve("batch_size").maximum == 64
    assert builtin().resolve("batch_size").maximum == 4096
    without = Catalog("x", {**object_info(), "RepeatLatentBatch": {}})
    assert form(without, TXT2IMG, None, {"image": "a.png"}).resolve("batch_size").maximum == 1


def test_a_refiner_brings_when_it_takes_over() -> None:
    made = builtin(refiner="b.safetensors")
    switch = made.resolve("refiner_switch")
    assert (switch.default, switch.minimum, switch.maximum) == (0.8, 0.05, 1.0)
    assert builtin().get("refiner_switch") is None
    assert builtin().resolve("refiner").optional
    masked = builtin(image="a.png", mask="m.png", refiner="b.safetensors")
    assert (masked.get("refiner"), masked.get("refiner_switch")) == (None, None)
    assert builtin(mask="m.png").get("refiner") is not None


def test_the_builtin_form_before_any_server_was_seen() -> None:
    made = form(Catalog(), TXT2IMG, None, {})
    assert made.resolve("checkpoint").choices == ()
    assert "euler" in made.resolve("sampler").choices
    assert made.notes == ()
