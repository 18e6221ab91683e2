"""Lists, limits and defaults come from the page; what was typed goes to the inputs that mean it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.connectors.fooocus.catalog import offer_of, size_of
from darkroom.connectors.fooocus.form import form
from darkroom.connectors.fooocus.offer import read_offer
from darkroom.connectors.fooocus.payload import inputs, picture_inputs
from darkroom.domain.form import Layers, merge
from darkroom.domain.parameters import Role, Values, check
from darkroom.domain.server import Catalog
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.servers.fooocus.page import Page as ServerPage
from tests.servers.fooocus.page import recorded
from tests.servers.harness.faults import HOSTILE_FILES
from tests.unit.fooocus.recorded import PAGES, page

if TYPE_CHECKING:
    from darkroom.connectors.fooocus.config import Page

PICTURE, MASK, OTHER = "blob:aa", "blob:bb", "blob:cc"


def values(known: Page, mode: str = TXT2IMG, **typed: Any) -> Values:
    """The whole form's values with these typed."""
    catalog = Catalog("2.5.5", offer_of(known).to_schema())
    made = form(catalog, mode, None, typed)
    fields = merge(made, Layers(workflow=made.own, typed=typed))
    return {address: field.value for address, field in fields.items()}


def sent(mode: str = TXT2IMG, name: str = "default", **typed: Any) -> dict[str, Any]:
    """The inputs by the names that Fooocus's own task gives them."""
    known, server = page(name), ServerPage(name)
    data = inputs(known, mode, values(known, mode, **typed))
    assert len(data) == server.count
    return dict(zip(server.order, data, strict=False))


def test_the_form_has_what_the_page_offers() -> None:
    offer = offer_of(page())
    assert offer.checkpoints[0] == "sub/other_xl.safetensors"
    assert offer.loras == ("sd_xl_offset_example-lora_1.0.safetensors", "style_a.safetensors")
    assert len(offer.styles) > 250
    assert offer.aspect_ratios[14] == "1152×896"
    assert offer.uov_methods[0] == "Vary (Subtle)"
    assert offer.limit("steps") == (1, 200)
    assert offer.limit("batch_size") == (1, 32)
    assert read_offer(json.loads(json.dumps(offer.to_schema()))) == offer


def test_defaults_are_the_pages_own() -> None:
    default = values(page())
    assert (default["batch_size"], default["performance"]) == (2, "Speed")
    assert (default["lora"], default["lora_strength"], default["lora_2"]) == (
        "sd_xl_offset_example-lora_1.0.safetensors",
        0.1,
        None,
    )
    assert [default["style"], default["style_2"], default["style_3"], default["style_4"]] == [
        "Fooocus V2",
        "Fooocus Enhance",
        "Fooocus Sharp",
        None,
    ]
    assert (default["width"], default["height"], default["steps"]) == (1152, 896, None)
    small = values(page("small"))
    assert (small["batch_size"], small["lora"]) == (1, None)  # its only LoRA is switched off
    large = values(page("large"))
    assert (large["batch_size"], large["performance"], large["style"]) == (4, "Quality", None)
    assert large["metadata_scheme"] == "a1111"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("mode", [TXT2IMG, UPSCALE])
def test_every_default_can_be_sent(name: str, mode: str) -> None:
    made = form(Catalog("", offer_of(page(name)).to_schema()), mode, None, {})
    wrong = {
        spec.address: spec.default
        for spec in made.specs
        if spec.default is not None and check(spec, spec.default)
    }
    assert not wrong


def test_the_form_says_beforehand_what_the_page_cannot_do() -> None:
    notes = "\n".join(form(Catalog(), TXT2IMG, None, {}).notes)
    for word in ("line", "lost", "17 kB", "stops whatever"):
        assert word in notes


def test_sizes_are_read_from_labels_with_html() -> None:
    assert size_of('1152×896 <span style="color: grey;"> ∣ 9:7</span>') == (1152, 896)
    assert size_of("1024*1024") == (1024, 1024)
    assert size_of("<span>1×1</span>") is None
    assert size_of(None) is None


def test_what_is_untouched_is_sent_as_the_page_holds_it() -> None:
    known = page("large")
    data = inputs(known, TXT2IMG, values(known))
    for name, given, held in zip(known.names, data, known.values, strict=True):
        if not name:
            assert given == held
    changed = {n for n, g, h in zip(known.names, data, known.values, strict=True) if n and g != h}
    # LoRA slots that hold nothing are switched off; the size goes in without its HTML.
    assert {name for name in changed if not name.startswith("lora_")} <= {"aspect_ratio", "seed"}


def test_texts_and_numbers_go_to_their_inputs() -> None:
    task = sent(
        prompt="blob:not a picture", negative="n", seed=2**63 - 1, batch_size=3, cfg_scale=5.5, steps=12
    )
    assert (task["prompt"], task["negative_prompt"]) == ("blob:not a picture", "n")
    assert task["seed"] == "9223372036854775807"
    assert (task["image_number"], task["cfg_scale"], task["overwrite_step"]) == (3, 5.5, 12)
    assert task["state"] is None
    assert task["input_image_checkbox"] is False
    assert picture_inputs(page(), list(task.values()) + [None] * (153 - len(task))) == []


def test_half_a_character_is_replaced() -> None:
    task = sent(prompt="a \ud800 cat 🏛", negative="\udfff")
    assert (task["prompt"], task["negative_prompt"]) == ("a ? cat 🏛", "?")


def test_metadata_is_written_for_our_request_where_the_page_can() -> None:
    assert sent()["save_metadata_to_images"] is True
    assert "save_metadata_to_images" not in sent(name="small")


def test_any_size_goes_as_an_aspect_ratio() -> None:
    assert sent(width=640, height=712)["aspect_ratios_selection"] == "640×712"
    assert sent(aspect_ratio="704×1408")["aspect_ratios_selection"] == "704×1408"
    assert sent()["overwrite_width"] == -1


def test_slots_are_filled_in_their_order() -> None:
    task = sent(lora="style_a.safetensors", lora_strength=-0.5, style="SAI Anime", style_2=None)
    assert [task[f"lora_0{part}"] for part in ("_enabled", "", "_weight")] == [
        True,
        "style_a.safetensors",
        -0.5,
    ]
    assert [task[f"lora_1{part}"] for part in ("_enabled", "", "_weight")] == [False, "None", 1.0]
    assert task["style_selections"] == ["SAI Anime"]
    assert sent(style=None)["style_selections"] == []
    assert sent(refiner="tiny.safetensors")["refiner_model_name"] == "tiny.safetensors"
    assert sent()["refiner_model_name"] == "None"


def test_a_picture_is_varied_by_its_denoise() -> None:
    task = sent(image=PICTURE, denoise=0.4)
    assert (task["input_image_checkbox"], task["current_tab"]) == (True, "uov")
    assert (task["uov_method"], task["uov_input_image"]) == ("Vary (Subtle)", PICTURE)
    assert task["overwrite_vary_strength"] == 0.4
    assert sent(image=PICTURE, denoise=0.85)["uov_method"] == "Vary (Strong)"


def test_a_mask_makes_it_inpainting_and_an_edge_outpainting() -> None:
    task = sent(image=PICTURE, mask=MASK, denoise=0.5, inpaint_prompt="a hat")
    assert (task["current_tab"], task["uov_input_image"]) == ("inpaint", None)
    assert task["inpaint_input_image"] == {"image": PICTURE, "mask": MASK}
    assert (task["inpaint_strength"], task["inpaint_additional_prompt"]) == (0.5, "a hat")
    assert (task["invert_mask_checkbox"], task["inpaint_advanced_masking_checkbox"]) == (False, False)
    task = sent(image=PICTURE, outpaint_left=True, outpaint_top=True)
    assert task["outpaint_selections"] == ["Left", "Top"]
    assert task["inpaint_input_image"] == {"image": PICTURE, "mask": None}


def test_pictures_beside_the_prompt() -> None:
    task = sent(image_prompt=PICTURE, image_prompt_type="PyraCanny", image_prompt_2=OTHER)
    assert (task["current_tab"], task["input_image_checkbox"]) == ("ip", True)
    assert [task["cn_0_img"], task["cn_0_type"], task["cn_0_stop"], task["cn_0_weight"]] == [
        PICTURE,
        "PyraCanny",
        0.5,
        1.0,
    ]
    assert [task["cn_1_img"], task["cn_1_type"], task["cn_2_img"]] == [OTHER, "ImagePrompt", None]
    both = sent(image=PICTURE, image_prompt=OTHER)
    assert (both["current_tab"], both["mixing_image_prompt_and_vary_upscale"]) == ("uov", True)
    assert sent(image=PICTURE, mask=MASK, image_prompt=OTHER)["mixing_image_prompt_and_inpaint"] is True


def test_upscaling_is_the_pages_own_method() -> None:
    task = sent(UPSCALE, image=PICTURE, method="Upscale (2x)", denoise=0.2)
    assert (task["uov_method"], task["overwrite_upscale_strength"]) == ("Upscale (2x)", 0.2)
    assert task["overwrite_vary_strength"] == -1
    assert sent(UPSCALE, image=PICTURE, method="Upscale (Fast 2x)")["uov_input_image"] == PICTURE
    assert sent(UPSCALE, image=PICTURE, method="Vary (Strong)", denoise=0.7)["overwrite_vary_strength"] == 0.7


def test_positions_of_pictures_are_known_by_meaning() -> None:
    known = page()
    data = inputs(
        known, TXT2IMG, values(known, prompt="blob:x", image=PICTURE, mask=MASK, image_prompt=OTHER)
    )
    names = [known.names[at] for at in picture_inputs(known, data)]
    assert names == ["inpaint_image", "control_1"]


def test_hostile_names_are_choices_like_others() -> None:
    shown = ServerPage("default").shown(hostile=True)
    known = page(**shown)
    offer = offer_of(known)
    assert offer.loras[-3:] == HOSTILE_FILES
    assert sent_with(known, lora=HOSTILE_FILES[1])[known.names.index("lora_1")] == HOSTILE_FILES[1]


def sent_with(known: Page, **typed: Any) -> list[Any]:
    return inputs(known, TXT2IMG, values(known, **typed))


def test_lists_of_another_shape_fall_back_to_what_was_recorded() -> None:
    config = recorded("default")
    for component in config["components"]:
        label = component["props"].get("label")
        if label in ("Sampler", "Performance", "Aspect Ratios", "Guidance Scale"):
            component["props"] |= {"choices": [None, [], {"a": 1}, 7], "minimum": "x", "value": {"a": 1}}
    offer = offer_of(page(**config))
    assert "karras" in offer.schedulers
    assert "euler" in offer.samplers
    assert offer.aspect_ratios[0] == "704×1408"
    assert offer.limit("cfg_scale") == (1.0, 30.0)
    assert offer.default("cfg_scale") == 4.0


def test_roles_are_there_for_other_services() -> None:
    made = form(Catalog("", offer_of(page()).to_schema()), TXT2IMG, None, {})
    roles = {spec.role for spec in made.specs}
    assert {Role.PERFORMANCE, Role.SHARPNESS, Role.STYLE, Role.REFINER, Role.LORA, Role.WIDTH} <= roles
