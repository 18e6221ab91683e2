"""The fields that both Fooocus services have, and when each of them appears."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.fooocus.offer import DEFAULTS, SEED_MAX, Offer, read_offer
from darkroom.connectors.fooocus.parameters import METADATA_SCHEMES, RESTRICTED, SAVE_FORMATS, own, specs
from darkroom.connectors.fooocus.pictures import FAST, is_inpaint, outpaints
from darkroom.connectors.fooocus.slots import filled, slot_address
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Form, Layers, merge, problems
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.workflow import TXT2IMG, UPSCALE

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

OFFER = Offer(
    checkpoints=("juggernautXL_v8Rundiffusion.safetensors", "sub/nested.safetensors"),
    loras=("sd_xl_offset_example-lora_1.0.safetensors", "lab-lora.safetensors"),
    styles=("Fooocus V2", "Fooocus Enhance", "Fooocus Sharp", "Random Style"),
    distances=True,
)


def addresses(mode: str = TXT2IMG, offer: Offer = OFFER, **values: Value) -> list[str]:
    return [spec.address for spec in specs(offer, mode, values)]


def settled(offer: Offer = OFFER, mode: str = TXT2IMG, **values: Value) -> dict[str, Value]:
    """What a new session's form holds."""
    fields = specs(offer, mode, values)
    form = Form(fields, own=own(fields))
    layers = Layers(system=SYSTEM_DEFAULTS, workflow=form.own, typed=values)
    return {address: field.value for address, field in merge(form, layers).items()}


def test_a_new_form_holds_the_servers_own_defaults() -> None:
    values = settled()
    for address in ("performance", "cfg_scale", "sharpness", "sampler", "scheduler", "clip_skip", "steps"):
        assert values[address] == DEFAULTS[address], address
    assert [value for _, value in filled(values, "style", 12)] == [
        "Fooocus V2",
        "Fooocus Enhance",
        "Fooocus Sharp",
    ]
    assert (values["lora"], values["lora_strength"]) == (OFFER.loras[0], 0.1)
    assert values["style_4"] is None


def test_the_form_can_be_sent_as_it_opens() -> None:
    for offer in (OFFER, Offer()):
        assert problems(specs(offer, TXT2IMG, {}), settled(offer)) == {}


def test_a_default_that_the_server_does_not_have_gives_way_to_what_it_has() -> None:
    """Seen on a server whose preset names a model that was never fetched."""
    bare = Offer(checkpoints=("sub/nested.safetensors",), defaults={"checkpoint": "model.safetensors"})
    assert settled(bare)["checkpoint"] == "sub/nested.safetensors"
    assert problems(specs(bare, TXT2IMG, {}), settled(bare)) == {}


def test_an_upscale_wants_its_picture_alone() -> None:
    assert list(problems(specs(OFFER, UPSCALE, {}), settled(mode=UPSCALE))) == ["image"]


def test_every_address_is_there_once_and_sections_hold_together() -> None:
    everything: dict[str, Value] = {
        "image": "x.png",
        "mask": "m.png",
        "outpaint_left": True,
        "refiner": OFFER.checkpoints[1],
        "image_prompt": "p.png",
        "image_prompt_type": "PyraCanny",
        "image_prompt_2": "q.png",
        "freeu": True,
    }
    for mode in (TXT2IMG, UPSCALE):
        found = specs(OFFER, mode, everything)
        names = [spec.address for spec in found]
        assert len(names) == len(set(names))
        sections = [spec.section for spec in found]
        runs = [s for i, s in enumerate(sections) if i == 0 or sections[i - 1] != s]
        assert sorted(set(runs) - {"Image", "Advanced"}) == sorted(
            s for s in runs if s not in ("Image", "Advanced")
        )


def test_the_next_slot_appears_when_the_one_before_is_filled() -> None:
    assert "lora_2" in addresses()
    assert "lora_2" not in addresses(lora=None)
    assert "lora_strength" not in addresses(lora=None)
    full: dict[str, Value] = {slot_address("lora", slot): "lab-lora.safetensors" for slot in range(1, 9)}
    listed = [spec.address for spec in specs(OFFER, TXT2IMG, full)]
    assert [a for a in listed if a.startswith("lora") and "strength" not in a] == [
        "lora",
        "lora_2",
        "lora_3",
        "lora_4",
        "lora_5",
    ]
    assert [a for a in addresses(style=None) if a.startswith("style")] == ["style"]
    assert "image_prompt_2" in addresses(image_prompt="p.png")
    assert "image_prompt_2" not in addresses()


def test_a_lora_of_ones_own_does_not_take_the_strength_of_the_presets() -> None:
    assert settled(lora="lab-lora.safetensors")["lora_strength"] == 1.0


@pytest.mark.parametrize("performance", sorted(RESTRICTED))
def test_what_a_fast_mode_decides_itself_cannot_be_asked(performance: str) -> None:
    hidden = {"cfg_scale", "sharpness", "sampler", "scheduler", "refiner", "adaptive_cfg", "adm_end"}
    assert hidden <= set(addresses(performance="Quality"))
    assert not hidden & set(addresses(performance=performance))


def test_a_picture_is_varied_and_with_a_mask_painted_in() -> None:
    assert "mask" not in addresses()
    varied, masked = addresses(image="x.png"), addresses(image="x.png", mask="m.png")
    assert "denoise" in varied
    assert "inpaint_field" not in varied
    assert {"denoise", "inpaint_field", "inpaint_prompt"} <= set(masked)
    continued = addresses(image="x.png", outpaint_left=True)
    assert "denoise" not in continued
    assert "outpaint_left_px" in continued
    assert "outpaint_left_px" not in addresses(offer=Offer(), image="x.png", outpaint_left=True)
    assert outpaints({"outpaint_left": True, "outpaint_top": False}) == ("left",)
    assert not is_inpaint({"mask": "m.png"})


def test_the_fast_upscale_asks_for_nothing_it_would_not_use() -> None:
    assert addresses(UPSCALE, method=FAST) == ["image", "method", "save_format", "metadata_scheme"]
    assert {"prompt", "denoise", "seed"} <= set(addresses(UPSCALE, method="Vary (Subtle)"))


def test_an_aspect_ratio_stands_for_width_and_height() -> None:
    assert {"width", "height"} <= set(addresses())
    assert not {"width", "height"} & set(addresses(aspect_ratio="1152×896"))


def test_nothing_that_ends_the_server_or_loses_metadata_can_be_chosen() -> None:
    assert "a111" not in METADATA_SCHEMES
    assert "jpg" not in SAVE_FORMATS
    form = {spec.address: spec for spec in specs(OFFER, TXT2IMG, {})}
    assert form["metadata_scheme"].choices == METADATA_SCHEMES
    # With these the worker of Fooocus-API never finishes the job, and begins it again without end.
    assert not [address for address in form if "debug" in address]


def test_the_seed_goes_to_the_last_bit() -> None:
    (seed,) = [spec for spec in specs(OFFER, TXT2IMG, {}) if spec.role is Role.SEED]
    assert (seed.kind, seed.maximum) == (Kind.SEED, SEED_MAX)


def test_canny_limits_come_with_a_canny_picture() -> None:
    assert "canny_low" not in addresses(image_prompt="p.png", image_prompt_type="ImagePrompt")
    assert "canny_low" in addresses(image_prompt="p.png", image_prompt_type="PyraCanny")


def test_an_offer_survives_its_schema() -> None:
    offer = Offer(
        checkpoints=("a",), lora_slots=3, distances=True, defaults={"steps": 12}, limits={"steps": (2, 9)}
    )
    assert read_offer(json.loads(json.dumps(offer.to_schema()))) == offer
    assert read_offer({}) == Offer()


@given(
    st.dictionaries(
        st.sampled_from(sorted(Offer().to_schema())), st.none() | st.text() | st.lists(st.integers())
    )
)
def test_no_schema_makes_it_fail(schema: dict[str, object]) -> None:
    offer = read_offer(schema)
    assert specs(offer, TXT2IMG, {})
