"""What the options of `generate` mean for the fields of a form."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.cli.values import given, split_size
from darkroom.domain.entered import entered
from darkroom.domain.errors import AmbiguousName, InputError
from darkroom.domain.form import Form
from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELS = ("sdxl/base_1.0.safetensors", "sdxl/Refiner.safetensors", "anime.ckpt", "anime-v2.ckpt")


def spec(kind: Kind, **more: Any) -> ParameterSpec:
    return ParameterSpec("1.x", "Thing", kind, **more)


def options(**given: Any) -> Namespace:
    return Namespace(**{"set": [], "negative": None, "seed": None, "size": None} | given)


FORM = Form(
    (
        ParameterSpec("6.text_g", "Prompt G", Kind.TEXT, role=Role.PROMPT),
        ParameterSpec("6.text_l", "Prompt L", Kind.TEXT, role=Role.PROMPT),
        ParameterSpec("7.text", "Negative", Kind.TEXT, role=Role.NEGATIVE),
        ParameterSpec("8.text", "Negative", Kind.TEXT, role=Role.NEGATIVE),
        ParameterSpec("3.cfg", "CFG", Kind.NUMBER, role=Role.CFG_SCALE),
        ParameterSpec("3.seed", "Seed", Kind.SEED, role=Role.SEED),
        ParameterSpec("5.width", "Width", Kind.INTEGER, role=Role.WIDTH),
        ParameterSpec("5.height", "Height", Kind.INTEGER, role=Role.HEIGHT),
    )
)


DENOISE = ParameterSpec("denoise", "Denoise", Kind.NUMBER, role=Role.DENOISE)
PICTURE = ParameterSpec("image", "Image", Kind.IMAGE, role=Role.IMAGE)


def test_a_field_that_a_picture_brings_is_known_whichever_is_said_first() -> None:
    def grow(values: Mapping[str, Value]) -> Form:
        return Form((PICTURE, DENOISE) if values.get("image") else (PICTURE,))

    for texts in (["image=a.png", "denoise=0.4"], ["denoise=0.4", "image=a.png"]):
        assert given(grow({}), options(set=texts), None, grow) == {"image": "a.png", "denoise": 0.4}
    with pytest.raises(InputError, match="denoise"):
        given(grow({}), options(set=["denoise=0.4"]), None, grow)
    with pytest.raises(InputError, match="nonsense"):
        given(grow({}), options(set=["image=a.png", "nonsense=1"]), None, grow)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (spec(Kind.INTEGER), " 42 ", 42),
        (spec(Kind.INTEGER), "-1", -1),
        (spec(Kind.SEED), str(2**64 - 1), 2**64 - 1),
        (spec(Kind.SEED), "random", -1),
        (spec(Kind.NUMBER), "7", 7.0),
        (spec(Kind.BOOLEAN), "Yes", True),
        (spec(Kind.BOOLEAN), "off", False),
        (spec(Kind.TEXT), " as it is = kept ", " as it is = kept "),
        (spec(Kind.TEXT), "none", "none"),
        (spec(Kind.INTEGER, optional=True), "none", None),
        (spec(Kind.CHOICE, choices=MODELS, optional=True), "", None),
        (spec(Kind.CHOICE, choices=MODELS), "anime.ckpt", "anime.ckpt"),
        (spec(Kind.CHOICE, choices=MODELS), "anime", "anime.ckpt"),
        (spec(Kind.CHOICE, choices=MODELS), "refiner", "sdxl/Refiner.safetensors"),
        (spec(Kind.CHOICE), "anything", "anything"),
    ],
)
def test_a_text_means(field: ParameterSpec, text: str, value: Value) -> None:
    found = entered(field, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        (spec(Kind.INTEGER), "4.5", "whole number"),
        (spec(Kind.INTEGER), "9" * 5_000, "whole number"),
        (spec(Kind.INTEGER), "", "whole number"),
        (spec(Kind.NUMBER), "seven", "a number"),
        (spec(Kind.BOOLEAN), "maybe", "yes or no"),
        (spec(Kind.CHOICE, choices=MODELS), "sdxl", "ambiguous"),
        (spec(Kind.CHOICE, choices=MODELS), "anmie.ckpt", "has no"),
    ],
)
def test_a_text_that_means_nothing_is_refused(field: ParameterSpec, text: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        entered(field, text)


def test_a_mistyped_choice_names_the_nearest_and_a_few_others() -> None:
    many = spec(Kind.CHOICE, choices=tuple(f"model-{n:03}" for n in range(400)))
    with pytest.raises(InputError) as caught:
        entered(many, "modle-123")
    assert "model-123" in caught.value.hint
    assert "388 more" in caught.value.detail


def test_each_option_finds_its_field() -> None:
    args = options(set=["cfg=3", "3.seed=1"], seed="7", size="640x480")
    assert given(FORM, args, None) == {"3.cfg": 3.0, "3.seed": 7, "5.width": 640, "5.height": 480}


def test_a_prompt_goes_to_both_texts_of_one_node() -> None:
    assert given(FORM, options(), "mist") == {"6.text_g": "mist", "6.text_l": "mist"}


def test_prompts_of_several_nodes_are_not_guessed() -> None:
    with pytest.raises(AmbiguousName) as caught:
        given(FORM, options(negative="fog"), None)
    assert caught.value.candidates == ("7.text", "8.text")
    assert given(FORM, options(set=["8.text=fog"]), None) == {"8.text": "fog"}


def test_a_form_without_prompts_says_so() -> None:
    with pytest.raises(InputError, match="no field for a prompt"):
        given(Form(), options(), "mist")


@pytest.mark.parametrize("text", ["1024x768", " 1024 X 768 ", "1024×768", "1024*768"])
def test_sizes_are_written_in_many_ways(text: str) -> None:
    assert split_size(text) == ("1024", "768")


@pytest.mark.parametrize("text", ["1024", "x", "1024x", "10.5x7", "-1x5", ""])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no size"):
        split_size(text)
