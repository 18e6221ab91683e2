"""What the server replaced without a word is said on the generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.fooocus.offer import DEFAULTS, SEED_MAX
from darkroom.domain.events import Outcome
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from tests.contract.fooocus_api.conftest import Api
    from tests.servers.fooocus_api import FooocusApiServer


@pytest.mark.parametrize("scheme", ["fooocus", "a1111"])
async def test_nothing_is_said_of_a_job_that_was_done_as_asked(api: Api, scheme: str) -> None:
    end = await api.run(
        prompt="a cat",
        seed=SEED_MAX,
        style="Fooocus V2",
        style_2="Fooocus Sharp",
        lora="lab-lora.safetensors",
        lora_strength=-0.25,
        refiner="dummy-xl.safetensors",
        refiner_switch=0.6,
        sampler="euler",
        scheduler="simple",
        clip_skip=3,
        cfg_scale=5.5,
        sharpness=7.0,
        metadata_scheme=scheme,
    )
    assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())
    assert end.outputs[0].locator["seed"] == str(SEED_MAX)


async def test_names_that_do_not_exist_are_named(api: Api) -> None:
    end = await api.run(
        prompt="a cat",
        checkpoint="nope.safetensors",
        lora="nope-lora.safetensors",
        style="Nope",
        sampler="nope",
        scheduler="nix",
    )
    told = "\n".join(end.notes)
    for words in (
        "asked for checkpoint nope.safetensors, the server used",
        "asked for LoRA nope-lora.safetensors, the server left it out",
        "asked for style Nope, the server left it out",
        "asked for sampler nope, the server used dpmpp_2m_sde_gpu",
        "asked for scheduler nix, the server used karras",
    ):
        assert words in told


async def test_a_seed_out_of_range_is_said(api: Api) -> None:
    end = await api.run(seed=SEED_MAX + 1)
    assert len(end.notes) == 1
    assert end.notes[0].startswith(f"asked for seed {SEED_MAX + 1}, the server used ")


async def test_a_fast_mode_is_not_accused_of_what_it_always_does(api: Api) -> None:
    end = await api.run(prompt="a cat", performance="Lightning", sampler="dpmpp_2m", cfg_scale=7.0)
    assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())


async def test_a_server_without_a_description_has_the_recorded_defaults(
    server: FooocusApiServer, faulty: Api
) -> None:
    await server.fault("undescribed")
    form = faulty.connector.form(await faulty.connector.catalog(), TXT2IMG, None, {})
    assert form.own["cfg_scale"] == DEFAULTS["cfg_scale"]
    checkpoint = form.get("checkpoint")
    assert checkpoint is not None
    assert "sub/nested.safetensors" in checkpoint.choices
