"""Prompts are found by following the conditioning back to its texts, whatever the classes are called."""

from __future__ import annotations

from typing import Any

import pytest

from darkroom.domain.parameters import Role
from tests.unit.comfyui.recorded import Graph, base, encode, node, object_info, roles, sampler


def prompts(graph: Graph, schema: dict[str, Any] | None = None) -> dict[str, str]:
    return {a: r for a, r in roles(graph, schema).items() if r in (Role.PROMPT, Role.NEGATIVE)}


def test_swapped_node_order_and_titles_change_nothing() -> None:
    graph = dict(reversed(base().items()))
    graph["neg"]["_meta"] = {"title": "Positive prompt"}
    assert prompts(graph) == {"pos.text": "prompt", "neg.text": "negative"}


def test_chains_of_combine_concat_and_average() -> None:
    graph = base() | {
        "p2": encode("and boats"),
        "p3": encode("and mist"),
        "combine": node("ConditioningCombine", conditioning_1=["pos", 0], conditioning_2=["concat", 0]),
        "concat": node("ConditioningConcat", conditioning_to=["p2", 0], conditioning_from=["p3", 0]),
        "range": node("ConditioningSetTimestepRange", conditioning=["combine", 0], start=0.0, end=1.0),
        "sample": sampler("range", "neg"),
    }
    assert prompts(graph) == {
        "pos.text": "prompt",
        "p2.text": "prompt",
        "p3.text": "prompt",
        "neg.text": "negative",
    }


def test_two_sided_nodes_keep_the_sides_apart() -> None:
    graph = base() | {
        "control": node(
            "ControlNetApplyAdvanced",
            positive=["pos", 0],
            negative=["neg", 0],
            control_net=["loader", 0],
            image=["image", 0],
            strength=1.0,
            start_percent=0.0,
            end_percent=1.0,
        ),
        "loader": node("ControlNetLoader", control_net_name="x"),
        "image": node("LoadImage", image="example.png"),
    }
    graph["sample"]["inputs"] |= {"positive": ["control", 0], "negative": ["control", 1]}
    assert prompts(graph) == {"pos.text": "prompt", "neg.text": "negative"}


def test_texts_of_two_sided_nodes_are_no_prompts() -> None:
    graph = base() | {
        "track": node(
            "WanTrackToVideo", positive=["pos", 0], negative=["neg", 0], vae=["ckpt", 2], tracks="[]"
        )
    }
    graph["sample"]["inputs"] |= {"positive": ["track", 0], "negative": ["track", 1]}
    assert prompts(graph) == {"pos.text": "prompt", "neg.text": "negative"}


def test_two_sides_may_be_crossed_on_purpose() -> None:
    graph = base()
    graph["sample"]["inputs"] |= {"positive": ["neg", 0], "negative": ["pos", 0]}
    assert prompts(graph) == {"neg.text": "prompt", "pos.text": "negative"}


def test_a_text_used_on_both_sides_is_a_prompt() -> None:
    graph = base() | {"zero": node("ConditioningZeroOut", conditioning=["pos", 0])}
    graph["sample"]["inputs"]["negative"] = ["zero", 0]
    del graph["neg"]
    assert prompts(graph) == {"pos.text": "prompt"}


def test_several_texts_in_one_node() -> None:
    sdxl = {
        "width": 1024,
        "height": 1024,
        "crop_w": 0,
        "crop_h": 0,
        "target_width": 1024,
        "target_height": 1024,
    }
    graph = base() | {
        "pos": node("CLIPTextEncodeSDXL", clip=["ckpt", 1], text_g="wide", text_l="near", **sdxl),
        "neg": node("CLIPTextEncodeSDXL", clip=["ckpt", 1], text_g="bad", text_l=["string", 0], **sdxl),
        "string": node("PrimitiveStringMultiline", value="worse"),
    }
    found = roles(graph)
    assert {a: r for a, r in found.items() if r in ("prompt", "negative")} == {
        "pos.text_g": "prompt",
        "pos.text_l": "prompt",
        "neg.text_g": "negative",
        "string.value": "negative",
    }
    assert found["latent.width"] == "width"
    assert "pos.width" not in found


@pytest.mark.parametrize("primitive", ["PrimitiveString", "PrimitiveStringMultiline"])
def test_a_text_from_a_primitive_node(primitive: str) -> None:
    graph = base() | {"pos": encode(["words", 0]), "words": node(primitive, value="a harbour")}
    assert prompts(graph) == {"words.value": "prompt", "neg.text": "negative"}


def test_a_text_put_together_from_others() -> None:
    graph = base() | {
        "pos": encode(["both", 0]),
        "both": node("StringConcatenate", string_a="a harbour", string_b=["more", 0], delimiter=", "),
        "more": node("PrimitiveString", value="at dawn"),
    }
    assert prompts(graph) == {"both.string_a": "prompt", "more.value": "prompt", "neg.text": "negative"}


def test_conditioning_through_reroutes_and_pipes() -> None:
    schema = {
        **object_info(),
        "Reroute": {"input": {"required": {"": ["*"]}}, "output": ["*"], "output_name": [""]},
        "ToPipe": {
            "input": {
                "required": {"positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "model": ["MODEL"]}
            },
            "output": ["BASIC_PIPE"],
            "output_name": ["pipe"],
        },
    }
    graph = base()
    graph["route"] = {"class_type": "Reroute", "inputs": {"": ["pos", 0]}}
    graph["pipe"] = node("ToPipe", positive=["route", 0], negative=["neg", 0], model=["ckpt", 0])
    graph["sample"] = node("PipeSampler", pipe=["pipe", 0], seed=5)
    schema["PipeSampler"] = {"input": {"required": {"pipe": ["BASIC_PIPE"]}}, "output": ["LATENT"]}
    assert prompts(graph, schema) == {"pos.text": "prompt", "neg.text": "negative"}


def test_circles_and_loose_ends_are_survived() -> None:
    graph = base() | {
        "a": node("ConditioningCombine", conditioning_1=["b", 0], conditioning_2=["gone", 0]),
        "b": node("ConditioningCombine", conditioning_1=["a", 0], conditioning_2=["pos", 9]),
        "words": node("StringConcatenate", string_a=["words", 0], string_b="x", delimiter=""),
        "neg": encode(["words", 0]),
    }
    graph["sample"]["inputs"] |= {"positive": ["a", 0], "seed": ["sample", 0], "latent_image": ["sample", 0]}
    assert prompts(graph) == {"pos.text": "prompt", "words.string_b": "negative"}
