"""The requests: what is sent for which values, and what is never sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.fooocus.offer import SEED_MAX, Offer
from darkroom.connectors.fooocus.parameters import METADATA_SCHEMES, SAVE_FORMATS, specs
from darkroom.connectors.fooocus_api.payload import (
    INPAINT,
    KINDS,
    TEXT,
    TEXT_AND_PICTURES,
    VARY_OR_UPSCALE,
    asked,
    request_for,
)
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.unit.fooocus_api.recorded import document

PROPERTIES = document("openapi")["components"]["schemas"]


def request(mode: str = TXT2IMG, **values: Any) -> Any:
    return request_for(Snapshot("fooocus-api", "p", mode, mode, values), "darkroom-1")


def test_text_to_picture() -> None:
    sent = request(
        prompt="a cat",
        negative="dogs",
        checkpoint="sub/nested.safetensors",
        width=1152,
        height=896,
        batch_size=3,
        seed=SEED_MAX,
        cfg_scale=4.5,
        style="Fooocus V2",
        style_2="Fooocus Sharp",
        lora="a.safetensors",
        lora_strength=-0.5,
        sampler="euler",
        steps=12,
        refiner=None,
        vae=None,
    )
    assert sent.path == TEXT
    assert sent.expected == 3
    assert sent.body == {
        "prompt": "a cat",
        "negative_prompt": "dogs",
        "base_model_name": "sub/nested.safetensors",
        "refiner_model_name": "None",
        "aspect_ratios_selection": "1152*896",
        "image_number": 3,
        "image_seed": SEED_MAX,
        "guidance_scale": 4.5,
        "style_selections": ["Fooocus V2", "Fooocus Sharp"],
        "loras": [{"enabled": True, "model_name": "a.safetensors", "weight": -0.5}],
        "advanced_params": {"sampler_name": "euler", "overwrite_step": 12},
        "async_process": True,
        "require_base64": False,
        "save_meta": True,
        "meta_scheme": "fooocus",
        "save_extension": "png",
        "save_name": "darkroom-1",
    }


def test_all_bits_of_a_seed_reach_the_wire() -> None:
    assert json.loads(json.dumps(request(seed=SEED_MAX - 1).body))["image_seed"] == SEED_MAX - 1


def test_what_is_half_a_character_is_replaced_for_the_server_could_not_write_it() -> None:
    """Seen on a real server: the job fails when its picture is done."""
    sent = request(prompt="a \ud800 cat \U0001f408", negative="\udfff")
    assert (sent.body["prompt"], sent.body["negative_prompt"]) == ("a \ufffd cat \U0001f408", "\ufffd")


@pytest.mark.parametrize("typed", ["a111", "A1111", "", "fooocus ", None, 1])
def test_no_metadata_scheme_but_the_two_is_ever_sent(typed: Any) -> None:
    assert request(metadata_scheme=typed).body["meta_scheme"] == "fooocus"
    assert request(metadata_scheme="a1111").body["meta_scheme"] == "a1111"


@pytest.mark.parametrize("typed", ["jpg", "", None, "../x"])
def test_no_format_that_loses_metadata_is_ever_sent(typed: Any) -> None:
    assert request(save_format=typed).body["save_extension"] == "png"


def test_a_size_is_written_with_a_star_or_the_job_would_be_empty() -> None:
    assert request(aspect_ratio="704×1408").body["aspect_ratios_selection"] == "704*1408"
    assert request(aspect_ratio="nonsense", width=64, height=65).body["aspect_ratios_selection"] == "64*65"


def test_a_picture_is_varied_by_as_much_as_was_asked() -> None:
    sent = request(image="blob:1", denoise=0.4)
    assert sent.path == VARY_OR_UPSCALE
    assert (sent.body["uov_method"], sent.body["input_image"]) == ("Vary (Subtle)", "blob:1")
    assert sent.body["advanced_params"]["overwrite_vary_strength"] == 0.4
    assert request(image="blob:1").body["uov_method"] == "Vary (Strong)"


def test_a_mask_makes_it_inpainting() -> None:
    sent = request(image="blob:1", mask="blob:2", denoise=0.7, inpaint_prompt="a hat", inpaint_field=0.5)
    assert sent.path == INPAINT
    assert (sent.body["input_image"], sent.body["input_mask"]) == ("blob:1", "blob:2")
    assert sent.body["inpaint_additional_prompt"] == "a hat"
    assert sent.body["advanced_params"] == {"inpaint_strength": 0.7, "inpaint_respective_field": 0.5}


def test_a_picture_is_continued_beyond_its_edges() -> None:
    sent = request(image="blob:1", outpaint_left=True, outpaint_left_px=128, outpaint_top=True)
    assert sent.path == INPAINT
    assert sent.body["outpaint_selections"] == ["Left", "Top"]
    assert (sent.body["outpaint_distance_left"], sent.body["outpaint_distance_top"]) == (128, -1)
    assert "input_mask" not in sent.body


def test_pictures_beside_the_prompt() -> None:
    sent = request(
        image_prompt="blob:1", image_prompt_type="FaceSwap", image_prompt_weight=1.5, image_prompt_2="blob:2"
    )
    assert sent.path == TEXT_AND_PICTURES
    assert sent.body["image_prompts"] == [
        {"cn_img": "blob:1", "cn_type": "FaceSwap", "cn_stop": 0.0, "cn_weight": 1.5},
        {"cn_img": "blob:2", "cn_type": "ImagePrompt", "cn_stop": 0.0, "cn_weight": 0.0},
    ]
    # A gap ends the list, as it does in the form.
    assert request(image_prompt_2="blob:2").path == TEXT


def test_upscaling() -> None:
    sent = request(UPSCALE, image="blob:1", method="Upscale (Custom)", upscale=3.0, denoise=0.2)
    assert sent.path == VARY_OR_UPSCALE
    assert (sent.body["uov_method"], sent.body["upscale_value"]) == ("Upscale (Custom)", 3.0)
    assert sent.body["advanced_params"]["overwrite_upscale_strength"] == 0.2
    varied = request(UPSCALE, image="blob:1", method="Vary (Subtle)", denoise=0.3, batch_size=2)
    assert varied.body["advanced_params"] == {"overwrite_vary_strength": 0.3}
    assert varied.expected == 2
    assert request(UPSCALE, image="blob:1", method="Upscale (Fast 2x)", batch_size=4).expected == 1


def test_every_name_that_is_sent_is_one_the_server_knows() -> None:
    """Unknown ones it would ignore without a word."""
    values: dict[str, Any] = {"image": "blob:1", "refiner": "r", "freeu": True, "image_prompt": "p"}
    values |= {"mask": "m", "image_prompt_type": "PyraCanny"}
    for spec in specs(Offer(checkpoints=("r",), distances=True), TXT2IMG, values):
        values.setdefault(spec.address, spec.default)
    sent = request(**values).body
    known = set(PROPERTIES["AdvancedParams"]["properties"])
    assert set(sent["advanced_params"]) <= known
    further = {"input_image", "input_mask", "inpaint_additional_prompt", "outpaint_selections"}
    further |= {f"outpaint_distance_{edge}" for edge in ("left", "right", "top", "bottom")}
    assert set(sent) - further <= set(PROPERTIES["Text2ImgRequestWithPrompt"]["properties"])


def test_what_is_compared_later_is_small() -> None:
    kept = asked(
        {"image": "blob:1", "negative": "x", "seed": 3, "lora": None, "style": "A", "sampler": "euler"}
    )
    assert kept == {"seed": 3, "lora": None, "style": "A", "sampler": "euler"}


@given(
    st.dictionaries(
        st.sampled_from([spec.address for spec in specs(Offer(), TXT2IMG, {"image": "x"})]),
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    ),
    st.sampled_from([TXT2IMG, UPSCALE]),
)
def test_no_values_make_it_fail_or_send_what_ends_the_server(values: dict[str, Any], mode: str) -> None:
    sent = request(mode, **values)
    assert sent.path in KINDS
    assert sent.body["meta_scheme"] in METADATA_SCHEMES
    assert sent.body["save_extension"] in SAVE_FORMATS
    assert sent.body["async_process"] is True
    assert sent.body["save_name"] == "darkroom-1"
    assert not [name for name in sent.body["advanced_params"] if name.startswith("debugging")]
    json.dumps(sent.body)
