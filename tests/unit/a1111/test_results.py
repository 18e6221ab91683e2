"""Which pictures of an answer were asked for, and what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.a1111 import results
from darkroom.connectors.a1111.offer import Offer
from darkroom.connectors.a1111.truth import asked_for, differences
from darkroom.domain.infotext import parse
from tests.unit.a1111.recorded import catalog, document, picture, pictures

ANSWERS = document("answers")


def kinds_of(name: str, asked: dict[str, Any]) -> list[str]:
    info = ANSWERS[name]["info"]
    seen = [results.look(data) for data in pictures(name)]
    return results.kinds(seen, info["index_of_first_image"], len(info["infotexts"]), asked)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("txt2img_min", {}, [""]),
        ("txt2img_niter2", {}, ["", ""]),
        ("txt2img_batch_grid_save", {}, ["grid", "", ""]),
        ("txt2img_xyz", {"script": True}, ["grid"]),
        ("txt2img_xyz_lone_images", {"script": True}, ["grid", "", "", "", ""]),
        ("txt2img_prompt_matrix", {"script": True}, ["grid", "", "", "", ""]),
        ("txt2img_controlnet_unit", {"control": True}, ["", "control map"]),
        ("txt2img_controlnet_unit", {}, ["", "extra"]),
        ("txt2img_jpeg", {}, [""]),
        ("txt2img_interrupted_niter3", {}, ["", ""]),
    ],
)
def test_extras_are_told_from_pictures(name: str, asked: dict[str, Any], expected: list[str]) -> None:
    assert kinds_of(name, asked) == expected


def test_names_are_the_same_at_a_second_look() -> None:
    seen = [results.look(data) for data in pictures("txt2img_batch_grid_save")]
    outputs = results.outputs(seen, ["grid", "", ""])
    assert [output.name for output in outputs] == ["grid-01.png", "picture-01.png", "picture-02.png"]
    assert results.output(seen[2].data, "", 2) == outputs[2]
    assert [output.spooled for output in outputs] == [one.data for one in seen]


@pytest.mark.parametrize(
    ("form", "ending"), [("png", "png"), ("jpeg", "jpg"), ("webp", "webp"), ("gif", "gif")]
)
def test_the_format_is_told_by_the_bytes(form: str, ending: str) -> None:
    assert results.media_type(picture(8, 8, form=form))[0] == ending


def remarks(name: str, **asked: Any) -> tuple[str, ...]:
    """What the recorded answer gives for a request that asked for `asked`, beside what was recorded."""
    request, info = ANSWERS[name]["request"], ANSWERS[name]["info"]
    values = {
        "sampler": request.get("sampler_name"),
        "scheduler": request.get("scheduler"),
        "width": request.get("width", 512),
        "height": request.get("height", 512),
        "negative": request.get("negative_prompt", ""),
        # Many were recorded while the server kept the CLIP skip of an earlier job.
        "clip_skip": 2 if "Clip skip: 2" in info["infotexts"][0] else None,
        **asked,
    }
    made = asked_for(Offer.of(catalog()), values, request.get("prompt", ""))
    seen = [results.look(data) for data in pictures(name)]
    kinds = results.kinds(seen, info["index_of_first_image"], len(info["infotexts"]), made)
    return results.remarks(seen, kinds, info["infotexts"][info["index_of_first_image"] :], made)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("txt2img_min", {}, None),
        ("txt2img_bad_sampler", {}, "Asked for sampler “nope”, the server used “DPM++ 2M”"),
        ("txt2img_bad_scheduler", {}, "Asked for scheduler “nope”, the server used “Automatic”"),
        ("txt2img_scheduler", {}, None),
        ("txt2img_sampler_with_scheduler_suffix", {"sampler": "DPM++ 2M", "scheduler": "Karras"}, None),
        (
            "txt2img_override_unknown_ckpt",
            {"checkpoint": "random-sd15"},
            "Asked for checkpoint “random-sd15”, the server used “tiny-sd15”",
        ),
        ("txt2img_min", {"checkpoint": "tiny-sd15"}, None),
        ("txt2img_lora", {"lora": "random-lora"}, None),
        (
            "txt2img_lora_missing",
            {"lora": "missing-lora"},
            "LoRA “missing-lora” is not in the picture's parameters: it was not applied",
        ),
        ("txt2img_styles", {"style": "lab-photo"}, None),
        (
            "txt2img_style_unknown",
            {"style": "no-such-style"},
            "None of the styles was applied: the server does not know them",
        ),
        ("txt2img_size_not_multiple_of_8", {}, "Asked for 130×100, the picture is 128×96"),
        ("txt2img_refiner", {"refiner": "tiny-sd15"}, None),
        ("txt2img_min", {"refiner": "tiny-sd15"}, "Asked for refiner “tiny-sd15”, the server used “none”"),
        ("txt2img_hires_modules", {"hires": True, "hires_upscaler": "Latent"}, None),
        (
            "txt2img_hires_modules",
            {"hires": True, "hires_upscaler": "Lanczos"},
            "Asked for upscaler “Lanczos”, the server used “Latent”",
        ),
        ("txt2img_clip_skip", {"clip_skip": 2}, None),
        ("txt2img_clip_skip", {"clip_skip": None}, "The server is set to CLIP skip 2, and used it"),
        ("txt2img_min", {"clip_skip": 3}, "Asked for CLIP skip “3”, the server used “1”"),
        (
            "txt2img_min",
            {"vae": "ae.safetensors"},
            "“ae.safetensors” is not in the picture's parameters: it was not used",
        ),
        ("txt2img_jpeg", {"sampler": "Heun"}, "Asked for sampler “Heun”, the server used “Euler a”"),
        ("txt2img_xyz_lone_images", {"script": "x/y/z plot"}, None),
    ],
)
def test_what_was_replaced_is_said(name: str, asked: dict[str, Any], expected: str | None) -> None:
    assert remarks(name, **asked) == ((expected,) if expected else ())


def test_programs_that_say_little_are_believed() -> None:
    values: dict[str, Any] = {
        "sampler": "nope",
        "lora": "missing",
        "refiner": "x",
        "width": 128,
        "height": 128,
    }
    text = document("answers")["txt2img_min"]["info"]["infotexts"][0]
    said = parse(text)
    found = {
        program: len(list(differences(asked_for(Offer.of(catalog(program)), values, "p"), said, (128, 128))))
        for program in ("Forge", "SD.Next", "KoboldCpp")
    }
    assert found == {"Forge": 3, "SD.Next": 1, "KoboldCpp": 0}
