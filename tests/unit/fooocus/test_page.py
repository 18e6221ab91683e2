"""The page is read from its own description, whatever its configuration is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.fooocus.config import Component, Config, Shows, read_page
from darkroom.connectors.fooocus.meanings import meanings, plain_label
from tests.servers.fooocus.page import Page as ServerPage
from tests.servers.fooocus.page import recorded
from tests.unit.fooocus.recorded import PAGES, document, page

SERVERS_NAMES = {
    "generate_image_grid": "grid",
    "negative_prompt": "negative",
    "style_selections": "styles",
    "performance_selection": "performance",
    "aspect_ratios_selection": "aspect_ratio",
    "image_number": "batch_size",
    "output_format": "save_format",
    "read_wildcards_in_order": "wildcards_in_order",
    "base_model_name": "checkpoint",
    "refiner_model_name": "refiner",
    "input_image_checkbox": "use_picture",
    "current_tab": "tab",
    "uov_input_image": "uov_image",
    "outpaint_selections": "outpaint",
    "inpaint_input_image": "inpaint_image",
    "inpaint_additional_prompt": "inpaint_prompt",
    "inpaint_mask_image_upload": "mask_upload",
    "disable_intermediate_results": "disable_intermediate",
    "disable_seed_increment": "same_seed",
    "adm_scaler_positive": "adm_positive",
    "adm_scaler_negative": "adm_negative",
    "adm_scaler_end": "adm_end",
    "sampler_name": "sampler",
    "scheduler_name": "scheduler",
    "vae_name": "vae",
    "overwrite_step": "steps",
    "overwrite_switch": "switch_step",
    "overwrite_width": "width",
    "overwrite_height": "height",
    "overwrite_vary_strength": "vary_strength",
    "overwrite_upscale_strength": "upscale_strength",
    "mixing_image_prompt_and_vary_upscale": "mix_uov",
    "mixing_image_prompt_and_inpaint": "mix_inpaint",
    "debugging_cn_preprocessor": "debug_controls",
    "skipping_cn_preprocessor": "skip_preprocessors",
    "canny_low_threshold": "canny_low",
    "canny_high_threshold": "canny_high",
    "refiner_swap_method": "refiner_swap",
    "freeu_enabled": "freeu",
    "inpaint_disable_initial_latent": "inpaint_no_initial",
    "inpaint_respective_field": "inpaint_field",
    "inpaint_advanced_masking_checkbox": "advanced_masking",
    "invert_mask_checkbox": "invert_mask",
    "inpaint_erode_or_dilate": "inpaint_erode",
    "save_metadata_to_images": "save_metadata",
}
"""Our name for an input by the one that Fooocus's task gives it, where they differ."""

UNKNOWN = {"state", "debugging_inpaint_preprocessor", "save_final_enhanced_image_only"}


def ours(name: str) -> str:
    """Our name for an input of the task."""
    if name in UNKNOWN:
        return ""
    for theirs, slot_name in (("lora_", "lora"), ("cn_", "control")):
        if name.startswith(theirs):
            number, _, part = name.removeprefix(theirs).partition("_")
            part = "" if part == "img" else part
            return "_".join(filter(None, [slot_name, str(int(number) + 1), part]))
    return SERVERS_NAMES.get(name, name)


@pytest.mark.parametrize("name", PAGES)
def test_every_input_means_what_fooocus_takes_it_for(name: str) -> None:
    # The order is that of `AsyncTask`, which takes inputs by position and knows no labels.
    taken = ServerPage(name).order
    read = page(name).names
    assert [*read[: len(taken)]] == [ours(theirs) for theirs in taken]
    # What follows belongs to the tabs that enhance, and keeps what it holds.
    assert set(read[len(taken) :]) <= {""}


def test_the_recorded_list_of_inputs_is_the_one_that_is_read() -> None:
    assert len(page().names) == 153
    assert len(page("small").names) == 97
    assert (page("small").slots("lora"), page("small").slots("control")) == (2, 1)
    assert (page("large").slots("lora"), page("large").slots("control")) == (8, 6)


@pytest.mark.parametrize("name", PAGES)
def test_functions_are_found_by_what_they_take_and_give(name: str) -> None:
    read, server = page(name), ServerPage(name)
    assert (read.build, read.generate) == (server.build, server.generate)
    assert (read.stop, read.log) == (server.stop, server.history)
    assert read.shows == Shows(progress=0, preview=1, results=2, gallery=3)
    assert read.version == "2.5.5"


def test_a_later_gradio_3_names_targets_in_pairs() -> None:
    config = recorded("default")
    for function in config["dependencies"]:
        function["targets"] = [[target, "click"] for target in function["targets"]]
    assert read_page(Config.model_validate(config)) == page()


def test_a_page_without_a_stop_button_or_a_log_is_read_all_the_same() -> None:
    config = recorded("default")
    for component in config["components"]:
        if component["type"] in ("button", "html"):
            component["type"] = "markdown"
    config["components"][8]["type"] = "html"
    read = read_page(Config.model_validate(config))
    assert read is not None
    assert (read.stop, read.log) == (None, None)


@pytest.mark.parametrize("missing", ["positive_prompt", "generator", "gallery"])
def test_another_page_is_none(missing: str) -> None:
    config = copy.deepcopy(recorded("default"))
    if missing == "generator":
        for function in config["dependencies"]:
            function["types"]["generator"] = False
    for component in config["components"]:
        if component["props"].get("elem_id") == missing:
            component["props"]["elem_id"] = "other"
        if component["type"] == missing:
            component["type"] = "other"
    assert read_page(Config.model_validate(config)) is None


def test_references_to_nothing_are_passed_over() -> None:
    config = recorded("default")
    config["dependencies"][67]["inputs"][40] = 10**9
    config["dependencies"][0]["targets"] = [10**9, None, [], "x"]
    read = read_page(Config.model_validate(config))
    assert read is not None
    assert read.names[40] == ""
    assert read.values[40] is None
    assert read.stop is None


def test_labels_are_compared_without_remarks() -> None:
    assert plain_label("Base Model (SDXL only)") == "base model"
    assert plain_label("Upscale or Variation:") == "upscale or variation"
    assert plain_label('Forced Overwrite of Denoising Strength of "Vary"').endswith("of vary")
    assert plain_label(None) == ""


ANYTHING = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.none(), max_size=2))
KNOWN = st.sampled_from(["Enable", "LoRA 1", "Weight", "Type", "Stop At", "Seed", "Image", "[/x]\x1b[2J"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["checkbox", "slider", "dropdown", "image", "radio", "textbox", "state"]),
            st.one_of(KNOWN, ANYTHING),
        ),
        max_size=30,
    )
)
def test_no_meaning_occurs_twice_in_whatever_page(kinds: list[tuple[str, Any]]) -> None:
    components = [Component(id=n, type=kind, props={"label": label}) for n, (kind, label) in enumerate(kinds)]
    found = meanings(components)
    assert len(found) == len(components)
    named = [name for name in found if name]
    assert len(named) == len(set(named))


def test_the_real_recording_of_single_answers_is_complete() -> None:
    told = document("http")
    assert told["POST /run/predict too few"] | {"headers": {}} == {
        "status": 500,
        "headers": {},
        "body": {"error": None},
    }
    assert json.dumps(told).count("darkroom") == 0
