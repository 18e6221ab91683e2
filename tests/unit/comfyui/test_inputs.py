"""One described input becomes one field, whatever a custom node writes into its description."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.comfyui.inputs import as_value, guess_input, label, like, read_input
from darkroom.connectors.comfyui.nodes import UNKNOWN, core_nodes, read_class
from darkroom.domain.parameters import SEED_MAX, Kind, ParameterSpec, Value, check
from tests.unit.comfyui.recorded import object_info


def field(name: str, *described: Any) -> ParameterSpec | None:
    entry = {"input": {"required": {name: list(described)}}}
    one = read_class(entry).inputs.get(name)
    return None if one is None else read_input(f"1.{name}", one)


def made(name: str, *described: Any) -> ParameterSpec:
    spec = field(name, *described)
    assert spec is not None
    return spec


def test_integer_has_the_servers_limits_and_words() -> None:
    spec = made("steps", "INT", {"default": 20, "min": 1, "max": 10000, "tooltip": "How many"})
    assert (spec.kind, spec.default, spec.minimum, spec.maximum) == (Kind.INTEGER, 20, 1, 10000)
    assert (spec.address, spec.label, spec.help, spec.step) == ("1.steps", "Steps", "How many", 1)


@pytest.mark.parametrize(
    ("options", "precision", "step"),
    [
        ({"step": 0.1, "round": 0.01}, 2, 0.1),
        ({"step": 0.5, "round": False}, None, 0.5),
        ({"step": 0.05, "round": 1}, 0, 0.05),
        ({"step": 0, "round": 0}, None, None),
        ({"step": -1, "round": "x"}, None, None),
    ],
)
def test_number_has_step_and_precision(options: dict[str, Any], precision: int | None, step: Any) -> None:
    spec = made("cfg", "FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, **options})
    assert (spec.kind, spec.label) == (Kind.NUMBER, "CFG")
    assert (spec.precision, spec.step) == (precision, step)


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("seed", {"max": SEED_MAX, "control_after_generate": True}, Kind.SEED),
        ("seed", {"max": SEED_MAX}, Kind.SEED),
        ("noise_seed", {}, Kind.SEED),
        ("seed", {"max": SEED_MAX, "control_after_generate": False}, Kind.INTEGER),
        ("seed", {"max": 100}, Kind.INTEGER),
        ("value", {"control_after_generate": True}, Kind.SEED),
        ("steps", {"max": SEED_MAX}, Kind.INTEGER),
    ],
)
def test_seeds_are_told_from_other_integers(name: str, options: dict[str, Any], kind: Kind) -> None:
    assert made(name, "INT", {"default": 0, "min": 0, **options}).kind is kind


def test_a_seed_never_goes_below_zero_or_above_64_bits() -> None:
    spec = made("seed", "INT", {"default": -1, "min": -1, "max": 2**70})
    assert (spec.minimum, spec.maximum, spec.default) == (0, SEED_MAX, 0)


@pytest.mark.parametrize(
    "described", [(["a", "b"], {"default": "b"}), ("COMBO", {"options": ["a", "b"], "default": "b"})]
)
def test_choices_in_both_spellings(described: tuple[Any, ...]) -> None:
    spec = made("mode", *described)
    assert (spec.kind, spec.choices, spec.default) == (Kind.CHOICE, ("a", "b"), "b")


@pytest.mark.parametrize(
    "described", [("COMBO",), ("COMBO", {}), ("COMBO", {"remote": {"route": "/x"}, "options": []})]
)
def test_a_choice_without_a_list_takes_any_text(described: tuple[Any, ...]) -> None:
    assert made("mode", *described).kind is Kind.TEXT


def test_an_empty_list_offers_nothing() -> None:
    spec = made("lora_name", [], {})
    assert spec.kind is Kind.CHOICE
    assert check(spec, "a") == "the server offers none"


def test_choices_of_other_types_become_text_once() -> None:
    spec = made("duration", "COMBO", {"options": [5, 10, 5, 0.5, True, None, ["x"], {}], "default": 10})
    assert (spec.choices, spec.default) == (("5", "10", "0.5", "true"), "10")


def test_a_default_that_is_not_offered_is_none() -> None:
    assert made("mode", ["a"], {"default": "z"}).default is None


def test_thousands_of_choices() -> None:
    names = [f"{number}.safetensors" for number in range(20_000)]
    assert made("lora_name", names).choices == tuple(names)


def test_picture_uploads() -> None:
    assert made("image", ["example.png"], {"image_upload": True}).kind is Kind.IMAGE
    assert made("image", "COMBO", {"image_upload": True, "remote": {}}).kind is Kind.IMAGE


@pytest.mark.parametrize(
    "described",
    [
        ("MODEL",),
        ("INT,FLOAT", {}),
        ("*", {}),
        ("STRING", {"forceInput": True}),
        ("INT", {"forceInput": True}),
        ("STRING", {"rawLink": True}),
        ("COMBO", {"options": ["a"], "multiselect": True}),
    ],
)
def test_what_can_only_be_linked_is_no_field(described: tuple[Any, ...]) -> None:
    assert field("thing", *described) is None


def test_texts_and_flags() -> None:
    assert made("text", "STRING", {"multiline": True}).multiline
    assert made("text", "STRING", {"default": 5}).default == "5"
    assert made("text", "STRING", {"default": None}).default == ""
    assert made("on", "BOOLEAN", {"default": True}).default is True
    assert made("on", "BOOLEAN", {"default": "yes"}).default is False


@pytest.mark.parametrize(
    ("options", "limits", "default"),
    [
        ({"min": 10, "max": 1, "default": 5}, (None, None), 5),
        ({"min": 0, "max": 10, "default": 50}, (0, 10), 10),
        ({"min": 5, "max": 10}, (5, 10), 5),
        ({"min": float("nan"), "max": float("inf"), "default": "x"}, (None, None), 0),
        ({"min": 0.5, "max": 2.5, "default": 1.9}, (1, 2), 1),
        ({"min": True, "max": 10**5000, "default": 3}, (None, None), 3),
        ("nonsense", (None, None), 0),
    ],
)
def test_odd_limits_are_dropped(options: Any, limits: tuple[Any, Any], default: int) -> None:
    spec = made("n", "INT", options)
    assert (spec.minimum, spec.maximum) == limits
    assert spec.default == default
    assert check(spec, spec.default) is None


def test_help_and_labels_cannot_act() -> None:
    spec = made("a\x1b[2Jb", "INT", {"tooltip": "\x1b]0;x\x07" + "y" * 5000})
    assert "\x1b" not in spec.label + spec.help
    assert len(spec.help) <= 1000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ckpt_name", "Checkpoint"),
        ("start_at_step", "Start at step"),
        ("clip_name1", "CLIP name 1"),
        ("", "?"),
        ("x" * 100, "X" + "x" * 38 + "…"),
    ],
)
def test_labels(name: str, shown: str) -> None:
    assert label(name) == shown


@pytest.mark.parametrize(
    ("literal", "kind"),
    [(True, Kind.BOOLEAN), (3, Kind.NUMBER), (0.5, Kind.NUMBER), ("x", Kind.TEXT)],
)
def test_guessed_fields(literal: Value, kind: Kind) -> None:
    spec = guess_input("1.x", "x", literal)
    assert spec is not None
    assert (spec.kind, spec.default) == (kind, literal)
    assert check(spec, literal) is None


@pytest.mark.parametrize("literal", [None, [1, 2, 3], {}, float("nan"), 10**100])
def test_what_no_field_can_hold_is_not_guessed(literal: object) -> None:
    assert guess_input("1.x", "x", literal) is None


@pytest.mark.parametrize(
    ("kind", "literal", "value"),
    [
        (Kind.INTEGER, "20", 20),
        (Kind.INTEGER, 20.9, 20),
        (Kind.INTEGER, True, 1),
        (Kind.INTEGER, "x", None),
        (Kind.INTEGER, "9" * 5000, None),
        (Kind.NUMBER, "0.5", 0.5),
        (Kind.NUMBER, float("nan"), None),
        (Kind.NUMBER, 8, 8),
        (Kind.SEED, SEED_MAX, SEED_MAX),
        (Kind.CHOICE, 5, "5"),
        (Kind.TEXT, 5, "5"),
        (Kind.TEXT, [1], None),
        (Kind.BOOLEAN, 1, True),
        (Kind.BOOLEAN, None, None),
        (Kind.IMAGE, "example.png", None),
    ],
)
def test_literals_are_read_as_the_server_reads_them(kind: Kind, literal: object, value: Value) -> None:
    read = as_value(ParameterSpec("1.x", "X", kind), literal)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("original", "value", "sent"),
    [
        (5, "10", 10),
        (0.5, "0.25", 0.25),
        (True, "false", False),
        ("5", "10", "10"),
        (5, "ten", "ten"),
        (5, 10, 10),
        (None, "x", "x"),
    ],
)
def test_values_go_out_in_the_type_the_graph_had(original: object, value: Value, sent: Value) -> None:
    assert like(original, value) == sent
    assert type(like(original, value)) is type(sent)


def test_every_recorded_input_gives_a_field_that_accepts_its_default() -> None:
    fields = 0
    for class_type, entry in object_info().items():
        described = read_class(entry)
        assert described.known, class_type
        for one in described.inputs.values():
            spec = read_input(f"1.{one.name}", one)
            if spec is not None:
                fields += 1
                assert spec.default is None or check(spec, spec.default) is None, (class_type, one.name)
    assert fields > 1900


def test_the_core_nodes_are_the_recorded_ones_without_files() -> None:
    recorded = object_info()
    for class_type, entry in core_nodes().items():
        assert entry["output"] == recorded[class_type]["output"], class_type
        assert entry["input_order"] == recorded[class_type]["input_order"], class_type
    assert "safetensors" not in str(core_nodes())
    assert core_nodes()["KSampler"] == recorded["KSampler"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
NUMERIC = ("default", "min", "max", "step", "round", "control_after_generate")
OTHER = ("options", "tooltip", "multiline", "image_upload", "remote", "forceInput", "multiselect")
OPTIONS = st.dictionaries(st.sampled_from(NUMERIC + OTHER), JSON, max_size=6)
TYPES = st.sampled_from(["INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "*", "INT,FLOAT", "MODEL"]) | JSON


@given(name=st.sampled_from(["seed", "steps", "text", ""]), kind=TYPES, options=OPTIONS | JSON)
def test_no_description_hurts(name: str, kind: object, options: object) -> None:
    spec = field(name, kind, options)
    if spec is None or spec.default is None:
        return
    assert check(spec, spec.default) is None


@given(JSON)
def test_no_class_entry_hurts(entry: object) -> None:
    described = read_class(entry)
    assert len(described.outputs) == len(described.output_names)
    if not isinstance(entry, dict):
        assert described == UNKNOWN


@given(JSON, st.sampled_from(Kind))
def test_no_literal_hurts(literal: object, kind: Kind) -> None:
    value = as_value(ParameterSpec("1.x", "X", kind), literal)
    assert value is None or isinstance(value, str | int | float | bool)
    guessed = guess_input("1.x", "x", literal)
    assert guessed is None or check(guessed, guessed.default) is None
