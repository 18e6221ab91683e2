"""What the server refuses and what it offers, as they were recorded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.fooocus.offer import Offer, read_offer
from darkroom.connectors.fooocus_api import refusals
from darkroom.connectors.fooocus_api.offers import read_offers
from tests.unit.fooocus_api.recorded import body, document, record


def test_refusals_name_the_field() -> None:
    refused = refusals.invalid(body("err_guidance"), "p")
    assert refused.problems == {"cfg_scale": "Input should be greater than or equal to 1"}
    assert refusals.invalid(body("err_lora_weight"), "p").problems == {
        "lora_strength": "Input should be less than or equal to 2"
    }
    assert list(refusals.invalid(body("err_bad_performance"), "p").problems) == ["performance"]
    assert list(refusals.invalid(body("v2_upscale_bad_method"), "p").problems) == ["method"]


@pytest.mark.parametrize(
    ("loc", "address"),
    [
        (["body", "loras", 2, "weight"], "lora_3_strength"),
        (["body", "loras", 0, "model_name"], "lora"),
        (["body", "advanced_params", "clip_skip"], "clip_skip"),
        (["body", "advanced_params", "overwrite_step"], "steps"),
        (["body", "image_prompts", 1, "cn_weight"], "image_prompt_2_weight"),
        (["body", "image_prompts", 0, "cn_img"], "image_prompt"),
        (["body", "image_prompts", 1, "ImagePromptJson", "cn_stop"], "image_prompt_2_stop"),
        (["body", "style_selections", 0], "style"),
        (["body", "unheard_of"], ""),
        (["query", "job_id"], ""),
        ("body", ""),
        (None, ""),
    ],
)
def test_the_field_of_a_place_in_the_request(loc: object, address: str) -> None:
    assert refusals.address_of(loc) == address


def test_a_full_queue_is_a_record_without_an_id() -> None:
    full = record("queue_full_async")
    assert full.job_id == ""
    assert [result.finish_reason for result in full.job_result or ()] == ["QUEUE_IS_FULL"]


def test_an_offer_has_the_servers_lists_defaults_and_limits() -> None:
    models = body("all_models")
    offer = read_offers(
        document("openapi"), models["model_filenames"], models["lora_filenames"], document("styles")
    )
    assert offer.checkpoints[0] == "sub/nested.safetensors"
    assert len(offer.styles) == 279
    assert offer.lora_slots == 5
    assert offer.performances == ("Speed", "Quality", "Extreme Speed", "Lightning", "Hyper-SD")
    assert "Upscale (Custom)" in offer.uov_methods
    assert "Disabled" not in offer.uov_methods
    assert [offer.default(f"style{part}") for part in ("", "_2", "_3", "_4")] == [
        "Fooocus V2",
        "Fooocus Enhance",
        "Fooocus Sharp",
        None,
    ]
    assert (offer.default("lora"), offer.default("lora_strength"), offer.default("lora_2")) == (
        "sd_xl_offset_example-lora_1.0.safetensors",
        0.1,
        None,
    )
    assert (offer.default("width"), offer.default("height")) == (1152, 896)
    assert (offer.default("steps"), offer.default("refiner")) == (None, None)
    assert (offer.limit("steps"), offer.limit("cfg_scale")) == ((1, 200), (1.0, 30.0))
    assert offer.limit("lora_strength") == (-2.0, 2.0)
    assert offer.default("inpaint_field") == 1.0
    schema = json.loads(json.dumps(offer.to_schema()))
    assert read_offer(schema) == offer
    assert len(json.dumps(schema)) < 20_000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["components", "schemas", "x"]), inner)
        ),
    )
)
def test_a_description_that_is_none_leaves_what_was_recorded(openapi: object) -> None:
    offer = read_offers(openapi, ["a"], [], [])
    assert (offer.checkpoints, offer.performances) == (("a",), Offer().performances)
