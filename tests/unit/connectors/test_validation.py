from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.comfyui.validation import dropped_outputs, read_refusal
from tests.unit.connectors.recordings import load

RECORDED: dict[str, Any] = load("validation.json")

PROBLEMS = {
    "03-bad-checkpoint": {"4.ckpt_name": "the server has no “nope.safetensors”"},
    "03-bad-sampler": {"3.sampler_name": "the server has no “nope”"},
    "03-bad-link-length": {"9.images": "the link is damaged"},
    "03-bad-type": {"3.steps": "“many” is not of the right kind"},
    "03-missing-input": {"3.steps": "needed"},
    "03-missing-link": {"3.positive": "needed"},
    "03-out-of-range-high": {"3.steps": "at most 10000"},
    "03-out-of-range-low": {"5.width": "at least 16"},
    "03-seed-negative": {"3.seed": "at least 0"},
    "03-seed-too-big": {"3.seed": "at most 18446744073709551615"},
    "03-type-mismatch": {"7.clip": "linked to IMAGE, needs CLIP"},
    "03-loadimage-missing": {"1.image": "Invalid image file: nope.png"},
    "03-link-to-missing-node": {"9": "could not be checked: '88'"},
    "03-link-slot-out-of-range": {"9": "could not be checked: tuple index out of range"},
    "03-link-int-node-id": {"9": "could not be checked: 8"},
    "03-node-no-inputs": {"9": "could not be checked: 'inputs'"},
    "03-missing-class": {"3": "Cannot execute because node NoSuchNode does not exist"},
    "03-no-class_type": {"3": "Cannot execute because a node is missing the class_type property"},
    "03-ui-format-posted": {"nodes": "Cannot execute because a node is missing the class_type property"},
    "03-cycle": {"": "Prompt outputs failed validation"},
    "03-self-cycle": {"": "Prompt outputs failed validation"},
    "03-empty-prompt": {"": "Prompt has no outputs"},
    "03-no-outputs": {"": "Prompt has no outputs"},
    "03-partial-targets-unknown": {"": "Prompt has no outputs"},
    "03-prompt-is-list": {"": "Prompt has no outputs"},
    "03-raw-number-nan": {"": "Prompt has no outputs"},
    "03-raw-json-array": {"": "No prompt provided"},
    "03-raw-no-prompt-key": {"": "No prompt provided"},
}


def address(node_id: str, name: str) -> str:
    return f"{node_id}.{name}" if name else node_id


def test_every_recorded_refusal_is_in_the_table() -> None:
    refused = {name for name, answer in RECORDED.items() if answer["status"] == 400}
    assert refused == {*PROBLEMS, "03-two-errors"}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_refusal_is_told_by_field(name: str) -> None:
    refusal = read_refusal(RECORDED[name]["body"], address)
    assert refusal.problems == PROBLEMS[name]
    assert refusal.title
    assert not refusal.title.endswith(".")


def test_two_errors_are_both_told() -> None:
    refusal = read_refusal(RECORDED["03-two-errors"]["body"], address)
    assert refusal.problems == {
        "4.ckpt_name": "the server has no “zz”",
        "3.cfg": "at least 0.0",
        "3.steps": "at least 1",
    }


def test_an_input_without_a_field_names_its_node() -> None:
    refusal = read_refusal(RECORDED["03-missing-link"]["body"], lambda _node, _name: "")
    assert refusal.problems == {"": "KSampler (node 3) positive: needed"}


@pytest.mark.parametrize(
    "body",
    [None, [], "no", {}, {"error": "text"}, {"error": {}, "node_errors": []}, {"node_errors": {"3": None}},
     {"node_errors": {"3": {"errors": [None, {}, {"extra_info": 1}]}}}],
)  # fmt: skip
def test_a_body_of_any_shape_gives_a_title_and_a_problem(body: object) -> None:
    refusal = read_refusal(body, address)
    assert refusal.title
    assert refusal.problems


def test_a_dropped_output_is_named() -> None:
    body = RECORDED["03-one-of-two-outputs-bad"]["body"]
    assert dropped_outputs(body["node_errors"], {"20": "SaveImage"}) == (
        "SaveImage (node 20) was left out by the server: images: needed",
    )


def test_nothing_dropped_says_nothing() -> None:
    assert dropped_outputs({}, {}) == ()
    assert dropped_outputs(None, {}) == ()


def test_an_output_dropped_for_an_earlier_node_says_which() -> None:
    errors = {"4": {"errors": [{"type": "required_input_missing", "extra_info": {"input_name": "x"}}],
                    "dependent_outputs": ["9", "12"], "class_type": "A"}}  # fmt: skip
    lines = dropped_outputs(errors, {"9": "SaveImage", "12": "PreviewImage"})
    assert lines == (
        "SaveImage (node 9) was left out by the server: node 4: x: needed",
        "PreviewImage (node 12) was left out by the server: node 4: x: needed",
    )
