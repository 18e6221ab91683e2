"""What Fooocus writes into pictures, in both schemes, and what others write."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.fooocus_metadata import FooocusMetadata, read_metadata

DATA = Path(__file__).parents[2] / "data" / "fooocus-api-0.5.0.1"


def chunks(scheme: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((DATA / f"png_metadata_{scheme}_scheme.json").read_text("utf-8"))
    return found


def test_the_json_scheme_says_everything() -> None:
    recorded = chunks("fooocus")
    assert read_metadata(recorded["parameters"], recorded["fooocus_scheme"]) == FooocusMetadata(
        "fooocus",
        version="Fooocus v2.5.3",
        prompt="a cat",
        negative="",
        styles=("Fooocus V2", "Fooocus Enhance", "Fooocus Sharp"),
        performance="Speed",
        steps=4,
        width_px=704,
        height_px=704,
        cfg_scale=4.0,
        sharpness=2.0,
        checkpoint="juggernautXL_v8Rundiffusion",
        refiner="",
        refiner_switch=0.5,
        loras=(("sd_xl_offset_example-lora_1.0", 0.1),),
        sampler="dpmpp_2m_sde_gpu",
        scheduler="karras",
        vae="",
        seed=123,
        clip_skip=2,
    )


def test_the_infotext_scheme_gives_the_words_as_typed_and_not_the_expanded_ones() -> None:
    recorded = chunks("a1111")
    found = read_metadata(recorded["parameters"], recorded["fooocus_scheme"])
    assert found == FooocusMetadata(
        "a1111",
        version="Fooocus v2.5.3",
        prompt="a cat",
        negative="",
        styles=None,
        performance="Speed",
        steps=4,
        width_px=704,
        height_px=704,
        cfg_scale=4.0,
        sharpness=2.0,
        checkpoint="juggernautXL_v8Rundiffusion",
        loras=(("sd_xl_offset_example-lora_1.0", 0.1),),
        sampler="dpmpp_2m_sde",
        scheduler="karras",
        seed=123,
        clip_skip=2,
    )


def test_without_the_scheme_the_text_itself_tells() -> None:
    for scheme in ("fooocus", "a1111"):
        recorded = chunks(scheme)
        found = read_metadata(recorded["parameters"])
        assert found is not None
        assert found.scheme == scheme


def test_what_others_wrote_is_not_taken_for_fooocus() -> None:
    assert (
        read_metadata("a cat\nSteps: 20, Sampler: Euler a, Seed: 1, Size: 512x512, Version: v1.10.1") is None
    )
    assert read_metadata('{"3": {"class_type": "KSampler", "inputs": {}}}') is None
    assert read_metadata("") is None
    assert read_metadata("[" * 100_000, "fooocus") is None


def test_seeds_keep_all_their_bits() -> None:
    for seed in (0, 2**53 + 1, 2**63 - 1):
        found = read_metadata(json.dumps({"seed": str(seed), "metadata_scheme": "fooocus"}))
        assert found is not None
        assert found.seed == seed


def test_styles_with_quotes_in_their_names() -> None:
    names = ["Fooocus V2", "Artist's", 'say "hi"', "both ' and \""]
    found = read_metadata(json.dumps({"styles": str(names)}), "fooocus")
    assert found is not None
    assert found.styles is not None
    assert found.styles[:3] == tuple(names[:3])


@given(
    st.one_of(
        st.text(),
        st.dictionaries(
            st.sampled_from(
                ["seed", "steps", "styles", "loras", "resolution", "sharpness", "base_model", "vae"]
            ),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            ),
        ).map(json.dumps),
    ),
    st.sampled_from(["", "fooocus", "a1111", "else"]),
)
def test_no_text_makes_it_fail(parameters: str, scheme: str) -> None:
    found = read_metadata(parameters, scheme)
    assert found is None or found.scheme in ("fooocus", "a1111")
