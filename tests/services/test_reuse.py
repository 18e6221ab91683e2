"""Using earlier settings again: in the same form, in another one, in that of another service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import Kind, Role
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.translate.move import Source
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.reuse import carry, of_form, of_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

CHOICES: dict[str, Any] = {
    "CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [["one.safetensors", "sd/two.ckpt"]]}}},
    "LoraLoader": {
        "input": {
            "required": {
                "lora_name": [["film.safetensors", "detail.safetensors", "glow.safetensors"]],
                "strength_model": ["FLOAT", {"default": 1.0, "min": -10.0, "max": 10.0}],
            }
        }
    },
}


async def opened(core: Core) -> FormState:
    """The built-in form, as a server with two checkpoints and three LoRAs would have it."""
    session = await core.sessions.last()
    await core.store.documents.put("demo", "catalog", BUILT_IN.id, json.dumps(CHOICES), "1")
    return await core.forms.open(session.id, "demo", BUILT_IN)


VALUES: Mapping[str, Value] = {
    "prompt": "a cat",
    "negative": "blurry",
    "seed": 2**64 - 1,
    "steps": 30,
    "sampler": "euler",
}
SNAPSHOT = Snapshot(
    "comfyui",
    "p",
    "txt2img",
    "w",
    VALUES,
    roles={address: Role(address) for address in VALUES},
    typed={"prompt": "a {cat|dog}"},
)


async def test_everything_goes_back_where_it_was_with_the_prompt_that_was_sent(core: Core) -> None:
    carried = carry(core.forms, await opened(core), of_snapshot(SNAPSHOT))
    assert VALUES.items() <= carried.values.items()
    assert carried.notes == ()
    assert VALUES.items() <= carried.state.values().items()


async def test_only_a_part_of_it(core: Core) -> None:
    state = await opened(core)
    assert carry(core.forms, state, of_snapshot(SNAPSHOT), "seed").values == {"seed": 2**64 - 1}
    prompts = carry(core.forms, state, of_snapshot(SNAPSHOT), "prompt").values
    assert prompts == {"prompt": "a cat", "negative": "blurry"}


async def test_each_lora_opens_the_field_for_the_next(core: Core) -> None:
    prompt = "<lora:film:0.5> a [cat] <lora:glow:1.2><lora:nope:1> <lora:detail:0.3>"
    roles = {"prompt": Role.PROMPT, "checkpoint": Role.CHECKPOINT}
    source = Source("a1111", {"prompt": prompt, "checkpoint": "two [12345678]"}, roles)
    carried = carry(core.forms, await opened(core), source)
    wanted: Mapping[str, Value] = {
        "prompt": "a (cat:0.9091)",
        "checkpoint": "sd/two.ckpt",
        "lora": "film.safetensors",
        "lora_strength": 0.5,
        "lora_2": "glow.safetensors",
        "lora_2_strength": 1.2,
        "lora_3": "detail.safetensors",
        "lora_3_strength": 0.3,
        "lora_4": None,
    }
    assert wanted.items() <= carried.values.items()
    assert wanted.items() <= carried.state.values().items()
    assert carried.notes == ("LoRA: “nope” was left out, this server has none of that name",)


async def test_what_a_form_holds_can_be_carried_too(core: Core) -> None:
    state = await opened(core)
    source = of_form(state, {**state.values(), "prompt": "typed a moment ago"})
    assert source.service == "comfyui"
    assert source.first(Role.PROMPT) == "typed a moment ago"
    again = carry(core.forms, state, source)
    assert again.notes == ()
    assert again.state.values() == {**state.values(), "prompt": "typed a moment ago"}


async def test_seeds_stay_what_they_are(core: Core) -> None:
    state = await opened(core)
    spec = state.form.get("seed")
    assert spec is not None
    assert spec.kind is Kind.SEED
    carried = carry(core.forms, state, Source("a1111", {"Seed": -1}, {"Seed": Role.SEED}), "seed")
    assert carried.values == {"seed": -1}
