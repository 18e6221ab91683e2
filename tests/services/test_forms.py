"""The form: layers of values, memory of sessions, drafts, and forms that depend on their values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError
from darkroom.domain.parameters import RANDOM_SEED, Origin, Role
from darkroom.domain.profile import Profile
from darkroom.domain.service import COMFYUI, FOOOCUS_API
from darkroom.domain.workflow import BUILT_IN
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def test_before_any_server_was_seen_the_form_is_there_with_the_system_defaults(core: Core) -> None:
    session = await core.sessions.last()
    state = await core.forms.open(session.id, "demo", BUILT_IN)
    values = state.values()
    assert not state.known
    assert {
        "width": 1024,
        "height": 1024,
        "steps": 20,
        "cfg_scale": 7.0,
        "sampler": "euler",
        "scheduler": "normal",
        "batch_size": 1,
        "seed": RANDOM_SEED,
        "negative": "low quality, blurry, distorted, ugly, bad anatomy, watermark, text",
    }.items() <= values.items()
    assert state.fields["steps"].origin is Origin.SYSTEM
    assert [spec.address for spec in state.form.specs][:2] == ["prompt", "negative"]


async def test_the_server_fills_in_its_choices_and_they_are_there_at_the_next_start(
    tmp_path: Path, server: ComfyServer
) -> None:
    async with opened_core(tmp_path / "home") as core:
        session = await core.sessions.last()
        state = await core.forms.open(session.id, server.url, BUILT_IN)
        fresh = await core.forms.refresh(state)
        checkpoint = fresh.form.get("checkpoint")
        assert checkpoint is not None
        assert checkpoint.choices
        assert fresh.values()["checkpoint"] in checkpoint.choices
    await server.kill()
    async with opened_core(tmp_path / "home") as core:
        again = await core.forms.open(session.id, server.url, BUILT_IN)
        assert again.known
        assert again.form == fresh.form


async def test_values_are_remembered_by_session(core: Core, server: ComfyServer) -> None:
    first = await core.sessions.create("first")
    values: dict[str, Value] = {"prompt": "p", "width": 64, "height": 64, "steps": 3, "seed": 5}
    summary = await core.generations.submit(first.id, server.url, BUILT_IN, values)
    await core.generations.wait(summary.id)
    state = await core.forms.open(first.id, server.url, BUILT_IN)
    assert state.fields["steps"].value == 3
    assert state.fields["steps"].origin is Origin.SESSION_WORKFLOW
    other = await core.sessions.create("other")
    assert (await core.forms.open(other.id, server.url, BUILT_IN)).fields["steps"].value == 20
    copy = await core.sessions.duplicate(first.id)
    assert (await core.forms.open(copy.id, server.url, BUILT_IN)).fields["steps"].value == 3


async def test_a_random_seed_stays_random_for_the_next_picture(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    values: dict[str, Value] = {"prompt": "p", "width": 64, "height": 64, "steps": 1, "seed": RANDOM_SEED}
    summary = await core.generations.submit(session.id, server.url, BUILT_IN, values)
    await core.generations.wait(summary.id)
    assert (await core.forms.open(session.id, server.url, BUILT_IN)).values()["seed"] == RANDOM_SEED


async def test_drafts_survive(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        session = await core.sessions.last()
        await core.forms.save_draft(session.id, BUILT_IN.id, {"prompt": "half a tho"})
    async with opened_core(tmp_path) as core:
        state = await core.forms.open(session.id, "demo", BUILT_IN)
        assert state.fields["prompt"].value == "half a tho"
        assert state.fields["prompt"].origin is Origin.TYPED


async def test_choosing_a_lora_adds_the_next_slot_and_keeps_what_was_typed(
    core: Core, server: ComfyServer
) -> None:
    session = await core.sessions.last()
    state = await core.forms.refresh(await core.forms.open(session.id, server.url, BUILT_IN))
    lora = state.form.get("lora")
    assert lora is not None
    assert lora.optional
    assert state.values()["lora"] is None
    typed = core.forms.rebuild(state, {"prompt": "typed", "lora": lora.choices[0]})
    assert typed.form.get("lora_2") is not None
    assert typed.fields["prompt"].origin is Origin.TYPED
    assert typed.fields["steps"].origin is Origin.SYSTEM
    back = core.forms.rebuild(typed, {"lora": None})
    assert back.form.get("lora_2") is None
    assert back.values()["prompt"] == "typed"


async def test_a_workflows_own_values_stand_above_the_systems(core: Core, server: ComfyServer) -> None:
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 96, "height": 64, "batch_size": 1, "color": 7}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    workflow = await core.workflows.import_text(json.dumps(graph), "square")
    session = await core.sessions.last()
    state = await core.forms.refresh(await core.forms.open(session.id, server.url, workflow))
    assert state.fields["1.width"].value == 96
    assert state.fields["1.width"].origin is Origin.WORKFLOW
    spec = state.form.get("1.width")
    assert spec is not None
    assert (spec.minimum, spec.maximum) == (1, 16384)


async def test_a_draft_of_the_screens_is_none_of_the_command_lines_business(
    core: Core, server: ComfyServer
) -> None:
    session = await core.sessions.last()
    draft: dict[str, Value] = {"steps": 2, "prompt": "half a tho"}
    await core.forms.save_draft(session.id, BUILT_IN.id, draft)
    values: dict[str, Value] = {"prompt": "whole", "width": 64, "height": 64, "seed": 5}
    summary = await core.generations.submit(session.id, server.url, BUILT_IN, values)
    assert (await core.generations.wait(summary.id)).steps == 20
    assert await core.store.sessions.draft(session.id, BUILT_IN.id) == draft


async def test_a_profiles_default_stands_above_what_its_server_proposes(core: Core) -> None:
    for name, defaults in (("plain", {}), ("sharp", {"cfg_scale": 6.5})):
        core.profiles.save(Profile(name, FOOOCUS_API, "http://127.0.0.1:9", defaults=defaults))
    session = await core.sessions.last()
    plain = await core.forms.open(session.id, "plain", BUILT_IN)
    sharp = await core.forms.open(session.id, "sharp", BUILT_IN)
    (field,) = plain.form.with_role(Role.CFG_SCALE)
    assert plain.values()[field.address] == 4.0
    assert sharp.values()[field.address] == 6.5


async def test_a_graph_is_for_comfyui_alone_and_a_session_goes_on_without_it(core: Core) -> None:
    graph = {"1": {"class_type": "SaveImage", "inputs": {}}}
    workflow = await core.workflows.import_text(json.dumps(graph), "mine")
    core.profiles.save(Profile("box", FOOOCUS_API, "http://127.0.0.1:9"))
    session = await core.sessions.last()
    with pytest.raises(InputError, match=r"Fooocus-API cannot run “mine”") as caught:
        await core.forms.open(session.id, "box", workflow)
    assert "txt2img" in caught.value.hint
    await core.sessions.use(session.id, workflow_id=workflow.id, profile="box")
    session = await core.sessions.last()
    assert (await core.workflows.of_session(session, COMFYUI)).id == workflow.id
    assert (await core.workflows.of_session(session, FOOOCUS_API)).id == BUILT_IN.id


async def test_a_remembered_choice_brings_its_fields_at_the_first_look(core: Core) -> None:
    core.profiles.save(Profile("box", FOOOCUS_API, "http://127.0.0.1:9"))
    session = await core.sessions.last()
    plain = await core.forms.open(session.id, "box", BUILT_IN)
    (performance,) = plain.form.with_role(Role.PERFORMANCE)
    fast = core.forms.rebuild(plain, {performance.address: "Lightning"})
    assert fast.form != plain.form
    await core.store.sessions.remember(session.id, "another", {Role.PERFORMANCE: "Lightning"}, {})
    again = await core.forms.open(session.id, "box", BUILT_IN)
    assert again.values()[performance.address] == "Lightning"
    assert again.form == fast.form
