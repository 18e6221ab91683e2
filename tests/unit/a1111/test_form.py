"""The form of each program, and the request made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.a1111 import request
from darkroom.connectors.a1111.form import form
from darkroom.connectors.a1111.lists import PATHS, condense
from darkroom.connectors.a1111.offer import Offer
from darkroom.domain.form import Layers, merge, problems
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.server import Catalog
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.unit.a1111.recorded import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.parameters import Value

PICTURE = "blob:" + "0" * 64


def made(values: Mapping[str, Value], known: Catalog | None = None, mode: str = TXT2IMG) -> Form:
    return form(catalog() if known is None else known, mode, None, values)


def addresses(values: Mapping[str, Value], known: Catalog | None = None) -> list[str]:
    return [spec.address for spec in made(values, known).specs]


def body(values: Mapping[str, Value], known: Catalog | None = None) -> dict[str, Any]:
    """The body for the form's defaults with `values` typed."""
    known = catalog() if known is None else known
    fields = merge(made(values, known), Layers(typed=values))
    return request.generation(Offer.of(known), {a: field.value for a, field in fields.items()})[1]


def test_the_plain_form() -> None:
    assert " ".join(addresses({})) == (
        "prompt negative style checkpoint lora clip_skip steps cfg_scale guidance sampler scheduler seed "
        "subseed_strength width height batch_size batch_count tiling image hires refiner "
        "face_restoration controlnet script extension"
    )
    form_of_all = made({})
    assert form_of_all.get("scheduler").choices[:3] == ("Automatic", "Uniform", "Karras")  # type: ignore[union-attr]
    assert form_of_all.get("checkpoint").default == "tiny-sd15"  # type: ignore[union-attr]
    assert form_of_all.get("style").choices == ("lab-photo", "lab-suffix")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("values", "come", "go"),
    [
        ({"style": "lab-photo"}, {"style_2"}, set()),
        ({"lora": "random-lora"}, {"lora_strength", "lora_2"}, set()),
        ({"subseed_strength": 0.2}, {"subseed"}, set()),
        ({"image": PICTURE}, {"denoise", "mask", "resize_mode"}, {"hires"}),
        ({"image": PICTURE, "mask": PICTURE}, {"mask_blur", "inpaint_fill", "inpaint_area"}, {"hires"}),
        (
            {"hires": True},
            {"hires_scale", "hires_upscaler", "hires_steps", "hires_denoise", "hires_cfg"},
            set(),
        ),
        ({"refiner": "tiny-sd15"}, {"refiner_switch"}, set()),
        ({"controlnet": PICTURE}, {"controlnet_model", "controlnet_module", "controlnet_2"}, set()),
        ({"script": "sd upscale"}, set(), set()),
        ({"script": "x/y/z plot"}, {"x_y_z_plot.x_type", "x_y_z_plot.x_values"}, {"x_y_z_plot.x_values_2"}),
        ({"extension": "multidiffusion integrated"}, {"multidiffusion_integrated.tile_width"}, set()),
    ],
)
def test_what_a_choice_brings(values: dict[str, Value], come: set[str], go: set[str]) -> None:
    found = set(addresses(values))
    assert come <= found
    assert not go & found


@pytest.mark.parametrize(
    ("program", "present", "absent"),
    [
        ("AUTOMATIC1111", {"vae", "tiling", "script"}, {"guidance"}),
        ("SD.Next", {"vae", "script"}, {"guidance", "controlnet"}),
        (
            "stable-diffusion.cpp",
            {"lora", "clip_skip", "hires"},
            {"checkpoint", "vae", "script", "style", "tiling"},
        ),
        ("KoboldCpp", {"sampler", "image"}, {"checkpoint", "hires", "batch_count", "controlnet"}),
        ("", {"prompt", "sampler", "checkpoint"}, {"guidance"}),
    ],
)
def test_each_program_has_its_own(program: str, present: set[str], absent: set[str]) -> None:
    found = set(addresses({}, catalog(program)))
    assert present <= found
    assert not absent & found


def test_nothing_needs_a_catalog() -> None:
    empty = made({"hires": True, "image": ""}, Catalog())
    assert empty.get("sampler").default == "DPM++ 2M"  # type: ignore[union-attr]
    assert empty.get("hires_upscaler").choices  # type: ignore[union-attr]
    assert made({}, Catalog(), UPSCALE).get("upscaler").choices == ("Lanczos", "Nearest")  # type: ignore[union-attr]


@pytest.mark.parametrize("broken", [None, [], {}, "text", [1, None, {"name": 3}], {"detail": "Not Found"}])
def test_lists_of_any_shape_leave_their_fields_out(broken: Any) -> None:
    schema = {name: condense(name, broken) for name in PATHS}
    found = addresses({}, Catalog("", {"samplers": ["Euler"], **schema, "program": "AUTOMATIC1111"}))
    assert "prompt" in found
    assert not {"style", "lora", "refiner", "controlnet", "script", "face_restoration", "scheduler"} & set(
        found
    )


def test_all_defaults_can_be_sent() -> None:
    values: dict[str, Value] = {
        "hires": True,
        "refiner": "tiny-sd15",
        "controlnet": PICTURE,
        "controlnet_2": PICTURE,
        "script": "x/y/z plot",
        "extension": "freeu integrated (sd 1.x, sd 2.x, sdxl)",
        "extension_2": "multidiffusion integrated",
        "subseed_strength": 0.5,
    }
    whole = made(values)
    fields = merge(whole, Layers(typed=values))
    assert not problems(whole.specs, {address: field.value for address, field in fields.items()})
    assert len({spec.address for spec in whole.specs}) == len(whole.specs)
    assert len({(spec.section, spec.label) for spec in whole.specs}) == len(whole.specs)


def test_a_plain_request() -> None:
    sent = body({"prompt": "a cat", "seed": 2**64 - 1, "sampler": "Euler a"})
    assert sent["seed"] == 2**64 - 1
    assert (sent["sampler_name"], sent["scheduler"]) == ("Euler a", "Automatic")
    assert sent["override_settings"] == {"sd_model_checkpoint": "tiny-sd15"}
    assert not {"alwayson_scripts", "script_name", "enable_hr", "subseed", "refiner_checkpoint"} & sent.keys()


@pytest.mark.parametrize(
    ("current", "name"),
    [
        ("tiny-sd15", "tiny-sd15"),
        ("tiny-sd15.safetensors [d7d8d74aff]", "tiny-sd15"),
        ("sub/a.b.ckpt [0123456789]", "sub_a.b"),
        ("gone.safetensors", None),
        (None, None),
    ],
)
def test_the_form_begins_with_the_checkpoint_that_is_loaded(current: str | None, name: str | None) -> None:
    models = [*catalog().schema["models"], {"name": "sub_a.b", "hash": "", "stem": "a.b"}]
    known = catalog(models=models, options=condense("options", {"sd_model_checkpoint": current}))
    assert Offer.of(known).checkpoint == name


def test_loras_become_tags_or_a_field() -> None:
    values: dict[str, Value] = {"prompt": "a cat", "lora": "random-lora", "lora_strength": 0.8}
    assert body(values)["prompt"] == "a cat <lora:random-lora:0.8>"
    sent = body(values, catalog("stable-diffusion.cpp"))
    assert sent["prompt"] == "a cat"
    assert sent["lora"] == [{"path": "/srv/webui/models/Lora/random-lora.safetensors", "multiplier": 0.8}]


def test_forge_gets_what_its_second_pass_needs() -> None:
    sent = body({"hires": True})
    assert sent["hr_additional_modules"] == ["Use same choices"]
    assert sent["denoising_strength"] == 0.7
    assert sent["hr_cfg"] == 7.0
    other = body({"hires": True}, catalog("AUTOMATIC1111"))
    assert other["enable_hr"] is True
    assert "hr_cfg" not in other
    assert body({"hires": True}, catalog("stable-diffusion.cpp"))["hr_steps"] == 0


def test_a_mask_is_painted_where_it_is_white() -> None:
    values: dict[str, Value] = {"image": PICTURE, "mask": PICTURE, "inpaint_area": "Only masked"}
    path, sent = request.generation(Offer.of(catalog()), values)
    assert path == request.IMG2IMG_PATH
    assert sent["inpainting_mask_invert"] == 0
    assert sent["inpaint_full_res"] is True
    assert (sent["inpainting_fill"], sent["inpaint_full_res_padding"]) == (1, 32)
    assert sent["init_images"] == [PICTURE]


def test_a_script_gets_its_arguments_by_place() -> None:
    values: dict[str, Value] = {
        "script": "x/y/z plot",
        "x_y_z_plot.x_type": "Steps",
        "x_y_z_plot.x_values": "1, 2",
        "x_y_z_plot.include_sub_images": True,
    }
    sent = body(values)
    assert sent["script_name"] == "x/y/z plot"
    # Types go by their place among the choices, and the list of values beside the text.
    assert sent["script_args"][:4] == [4, "1, 2", ["1", "2"], 0]
    assert sent["script_args"][9:11] == [True, True]
    assert len(sent["script_args"]) == 18
    assert (
        body({"script": "sd upscale", "image": PICTURE, "sd_upscale.upscaler": "Lanczos"})["script_args"][2]
        == 1
    )
    outpainting = body(
        {"script": "outpainting mk2", "image": PICTURE, "outpainting_mk2.outpainting_direction": "up"}
    )
    assert outpainting["script_args"][3] == ["up"]


def test_an_extension_is_sent_only_when_it_is_changed() -> None:
    name = "multidiffusion integrated"
    assert "alwayson_scripts" not in body({"extension": name})
    sent = body({"extension": name, "multidiffusion_integrated.enabled": True})
    assert sent["alwayson_scripts"] == {name: {"args": [True, "MultiDiffusion", 768, 768, 64, 4]}}


def test_a_control_unit_says_that_it_is_on() -> None:
    sent = body({"controlnet": PICTURE, "controlnet_module": "canny"})
    (unit,) = sent["alwayson_scripts"]["ControlNet"]["args"]
    assert unit["enabled"] is True
    assert (unit["image"], unit["module"], unit["resize_mode"]) == (PICTURE, "canny", "Crop and Resize")


def test_what_is_changed_at_the_server_is_little() -> None:
    values: dict[str, Value] = {"clip_skip": 2, "face_restoration": "GFPGAN", "vae": "Automatic"}
    sent = body(values, catalog("AUTOMATIC1111", vaes=["a.pt"]))
    assert sent["override_settings"] == {
        "sd_model_checkpoint": "tiny-sd15",
        "sd_vae": "Automatic",
        "CLIP_stop_at_last_layers": 2,
        "face_restoration_model": "GFPGAN",
    }
    assert sent["restore_faces"] is True
    assert "override_settings" not in body({"clip_skip": 2}, catalog("KoboldCpp"))


def test_notes_say_what_is_at_stake() -> None:
    assert any("picture is lost" in note for note in made({}).notes)
    assert not made({}, catalog(keeps=True)).notes
    assert any(
        "picture is lost" in note for note in made({"script": "prompt matrix"}, catalog(keeps=True)).notes
    )
    assert any("not on the server" in note for note in made({"upscaler": "DAT x2"}, mode=UPSCALE).notes)
    assert not any("not on the server" in note for note in made({"upscaler": "Lanczos"}, mode=UPSCALE).notes)


def test_the_upscale_form() -> None:
    values: dict[str, Value] = {
        "image": PICTURE,
        "upscaler": "Lanczos",
        "upscale": 3.0,
        "upscaler_2": "Nearest",
    }
    whole = made(values, mode=UPSCALE)
    assert whole.with_role(Role.IMAGE)[0].kind is Kind.IMAGE
    path, sent = request.upscaling({**values, "upscaler_2_visibility": 0.25})
    assert path == "/sdapi/v1/extra-single-image"
    assert (sent["upscaler_1"], sent["upscaling_resize"], sent["image"]) == ("Lanczos", 3.0, PICTURE)
    assert (sent["upscaler_2"], sent["extras_upscaler_2_visibility"]) == ("Nearest", 0.25)


@given(
    st.dictionaries(st.sampled_from(addresses({"hires": True, "image": ""})), st.text(max_size=5) | st.none())
)
def test_any_values_make_a_form_and_a_request(values: dict[str, Value]) -> None:
    assert made(values).specs
    assert request.generation(Offer.of(catalog()), values)[1]["prompt"] is not None
