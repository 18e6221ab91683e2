"""The form follows the base of the model, and shows what the server has."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from darkroom.connectors.invokeai.form import form
from darkroom.connectors.invokeai.offer import SCHEDULERS, Offer, trim, trim_schemas
from darkroom.domain.parameters import Role
from darkroom.domain.server import Catalog
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.servers.harness.faults import Faults
from tests.servers.invokeai import library
from tests.unit.invokeai.offering import CATALOG, recorded


def addresses(mode: str = TXT2IMG, **values: Any) -> list[str]:
    return [spec.address for spec in form(CATALOG, mode, None, values).specs]


def test_the_base_of_the_model_decides_the_fields() -> None:
    assert "clip_skip" in addresses()
    assert "clip_skip" not in addresses(checkpoint="Tiny SDXL")
    flux = addresses(checkpoint="Tiny FLUX")
    assert {"guidance", "t5_encoder", "clip_embed"} <= set(flux)
    assert not {"negative", "cfg_scale", "clip_skip"} & set(flux)


def test_loras_are_those_of_the_base_and_come_one_after_the_other() -> None:
    made = form(CATALOG, TXT2IMG, None, {"checkpoint": "Tiny SDXL"})
    assert [spec.choices for spec in made.with_role(Role.LORA)] == [("Tiny LoRA (sdxl)",)]
    more = form(CATALOG, TXT2IMG, None, {"lora": "Tiny LoRA (sd-1)"})
    assert [spec.address for spec in more.with_role(Role.LORA)] == ["lora", "lora_2"]
    (strength,) = more.with_role(Role.LORA_STRENGTH)
    assert (strength.address, strength.default) == ("lora_strength", 0.75)


def test_models_of_other_bases_are_left_out_and_said() -> None:
    made = form(CATALOG, TXT2IMG, None, {})
    (checkpoint,) = made.with_role(Role.CHECKPOINT)
    assert checkpoint.choices == ("Tiny SD1", "Tiny SDXL", "Tiny FLUX")
    assert made.notes == ("These models of the server cannot be used from here yet: 1 × sd-3",)


def test_flux_fill_is_no_flux_that_we_can_ask() -> None:
    fill = {"key": "k", "hash": "h", "name": "Fill", "base": "flux", "type": "main", "variant": "dev_fill"}
    made = form(Catalog("", trim([fill, *library.MODELS], (), ())), TXT2IMG, None, {})
    assert "Fill" not in made.with_role(Role.CHECKPOINT)[0].choices
    assert made.notes == ("These models of the server cannot be used from here yet: 1 × flux dev_fill",)


def test_pictures_bring_their_fields() -> None:
    assert not {"mask", "denoise"} & set(addresses())
    assert {"mask", "denoise"} <= set(addresses(image="blob:x"))
    assert "mask_blur" not in addresses(image="blob:x")
    assert "mask_blur" in addresses(image="blob:x", mask="blob:y")
    assert "controlnet_mode" in addresses(controlnet="Tiny ControlNet")
    assert "controlnet_mode" not in addresses(controlnet="Tiny T2I")
    assert "controlnet_2" in addresses(controlnet="Tiny T2I")
    assert "ip_adapter_method" in addresses(ip_adapter="Tiny IP")


def test_labels_of_slots_differ() -> None:
    values = {"controlnet": "Tiny T2I", "controlnet_2": "Tiny ControlNet", "ip_adapter": "Tiny IP"}
    made = form(CATALOG, TXT2IMG, None, {**values, "ip_adapter_2": "Tiny IP"})
    labels = [(spec.section, spec.label) for spec in made.specs]
    assert len(set(labels)) == len(labels)


def test_the_models_own_settings_are_the_workflows_own_values() -> None:
    models = [
        {
            **library.MODELS[2],
            "default_settings": {
                "steps": 12,
                "cfg_scale": 4,
                "scheduler": "dpmpp_2m_k",
                "width": 640,
                "height": 99999,
                "vae": next(m["key"] for m in library.MODELS if m["type"] == "vae"),
                "guidance": None,
            },
        },
        *(model for model in library.MODELS if model["type"] == "vae"),
    ]
    made = form(Catalog("", trim(models, (), ())), TXT2IMG, None, {})
    assert models[0]["type"] == "main"
    assert made.own == {
        "steps": 12,
        "cfg_scale": 4.0,
        "scheduler": "dpmpp_2m_k",
        "width": 640,
        "vae": "Tiny VAE",
    }


def test_upscaling_offers_models_first_and_filters_that_need_none() -> None:
    made = form(CATALOG, UPSCALE, None, {})
    (upscaler,) = made.with_role(Role.UPSCALER)
    assert upscaler.choices[0] == upscaler.default == "Tiny ESRGAN"
    assert "lanczos" in upscaler.choices
    assert "tile_size" in addresses(UPSCALE)
    assert "tile_size" not in addresses(UPSCALE, upscaler="lanczos")
    (without,) = form(Catalog(), UPSCALE, None, {}).with_role(Role.UPSCALER)
    assert without.default == "lanczos"


def test_equal_names_are_told_apart() -> None:
    twins = [{**library.MODELS[1], "key": key} for key in ("11111111-a", "22222222-b")]
    labels = Offer(trim(twins, (), ())).labels("lora")
    assert labels == ("Tiny LoRA (sd-1, 11111111)", "Tiny LoRA (sd-1, 22222222)")
    boards = [{"board_id": f"{n}2345678x", "board_name": "b"} for n in (1, 2)]
    assert list(Offer(trim((), boards, ())).boards()) == ["b (12345678)", "b (22345678)"]


def test_the_servers_schema_gives_the_schedulers_and_recorded_ones_stand_in() -> None:
    lists = trim_schemas(recorded("openapi.json")["components"]["schemas"])
    assert tuple(lists["schedulers"]) == SCHEDULERS
    assert Offer({}).listed("schedulers") == SCHEDULERS
    assert Offer({"schedulers": ["one"]}).listed("schedulers") == ("one",)
    strange = {"DenoiseLatentsInvocation": {"properties": {"scheduler": {"enum": [1, 2]}}}}
    assert trim_schemas(strange) == {"preprocessors": []}


def test_what_is_no_model_is_left_out() -> None:
    broken: list[dict[str, Any]] = [
        {},
        {"type": "main", "name": 7},
        {**library.MODELS[0], "type": "clip_vision"},
    ]
    assert trim(broken, [{}], [{"name": "x"}, {"preset_data": {}}]) == {
        "models": [],
        "boards": [],
        "styles": [],
    }


@pytest.mark.parametrize("module", ["pydantic", "httpx", "websockets", "PIL"])
def test_the_form_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, darkroom.connectors.invokeai.form; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_hostile_names_travel_as_they_are() -> None:
    faults = Faults(hostile=True)
    schema = trim(library.models(faults), library.boards(faults), library.styles(faults))
    made = form(Catalog("", schema), TXT2IMG, None, {})
    assert any("\x1b" in choice for choice in made.with_role(Role.BOARD)[0].choices)
