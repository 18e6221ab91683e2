"""What a group offers: the checkpoints of all its servers, and the rest of one that has the chosen one."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.domain.errors import ConnectorError, Unreachable
from darkroom.domain.parameters import Role
from darkroom.domain.profile import Profile
from darkroom.domain.workflow import BUILT_IN, WORKFLOW, Workflow
from darkroom.services import checkpoints
from tests.servers.answering import answering, comfyui
from tests.services.conftest import opened_core
from tests.services.test_discovery import silent

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

NOWHERE = "http://127.0.0.1:9"
UNKNOWN_CLASS = {"status": 200, "body": {}}


def loader(class_type: str, name: str, files: list[str]) -> dict[str, Any]:
    """A node class that chooses one of some files, as ComfyUI describes it."""
    return {class_type: {"input": {"required": {name: [files]}}, "output": ["MODEL"], "name": class_type}}


def offers(models: list[str], vaes: list[str] | None = None) -> dict[str, Any]:
    return {
        **loader("CheckpointLoaderSimple", "ckpt_name", models),
        **loader("VAELoader", "vae_name", vaes or []),
    }


async def keep(core: Core, profile: str, schema: dict[str, Any], workflow: str = BUILT_IN.id) -> None:
    """Puts what a server offered into the store, as if it had been asked."""
    await core.store.documents.put(profile, "catalog", workflow, json.dumps(schema), "1")


def a_farm(core: Core, service: str = "comfyui", **urls: str) -> None:
    for name, url in urls.items():
        core.profiles.save(Profile(name, service, url))
    core.profiles.save_group("farm", list(urls))


def choices(state: FormState, role: Role) -> tuple[str, ...]:
    (spec,) = state.form.with_role(role)
    return spec.choices


async def test_all_servers_are_asked_and_all_their_checkpoints_offered(core: Core) -> None:
    session = await core.sessions.last()
    async with (
        answering(comfyui(**offers(["x", "both"], ["vae of a"])), UNKNOWN_CLASS) as a,
        answering(comfyui(**offers(["both", "y"], ["vae of b"])), UNKNOWN_CLASS) as b,
    ):
        a_farm(core, a=a, gone=NOWHERE, b=b)
        state = await core.forms.open(session.id, "farm", BUILT_IN)
        assert not state.known
        state = await core.forms.refresh(state)
        assert state.known
        assert choices(state, Role.CHECKPOINT) == ("x", "both", "y")
        assert state.values()["checkpoint"] == "x"
        assert choices(state, Role.VAE) == ("vae of a",)
        state = core.forms.rebuild(state, {"checkpoint": "y"})
        assert choices(state, Role.VAE) == ("vae of b",), "of a server that has the checkpoint"
        assert set(choices(state, Role.CHECKPOINT)) == {"x", "both", "y"}
        again = await core.forms.refresh(state)
        assert again is state, "nothing new"


async def test_a_server_that_is_known_to_be_away_is_not_waited_for(core: Core) -> None:
    session = await core.sessions.last()
    async with answering(comfyui(**offers(["x"])), UNKNOWN_CLASS) as a, silent() as hangs:
        a_farm(core, hangs=hangs, a=a)
        core.connections.lost("hangs", Unreachable("gone"))
        async with asyncio.timeout(4):
            state = await core.forms.refresh(await core.forms.open(session.id, "farm", BUILT_IN))
        assert choices(state, Role.CHECKPOINT) == ("x",)


async def test_what_was_offered_is_there_at_the_next_start(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        a_farm(core, a=NOWHERE, b=NOWHERE)
        await keep(core, "b", offers(["y"]))
    async with opened_core(tmp_path) as core:
        session = await core.sessions.last()
        state = await core.forms.open(session.id, "farm", BUILT_IN)
        assert state.known
        assert choices(state, Role.CHECKPOINT) == ("y",)
        await core.sessions.use(session.id, workflow_id=BUILT_IN.id, profile="farm")
        core.profiles.save(Profile("a", url=NOWHERE, active=False))
        core.profiles.save(Profile("b", url=NOWHERE, active=False))
        assert (await core.forms.open(session.id, "farm", BUILT_IN)).known, "an inactive group has a form"


async def test_an_inactive_servers_checkpoints_are_not_offered(core: Core) -> None:
    session = await core.sessions.last()
    a_farm(core, a=NOWHERE, b=NOWHERE)
    await keep(core, "a", offers(["x"]))
    await keep(core, "b", offers(["y"]))
    core.profiles.save(Profile("a", url=NOWHERE, active=False))
    assert choices(await core.forms.open(session.id, "farm", BUILT_IN), Role.CHECKPOINT) == ("y",)


async def test_a_group_of_which_no_server_answers_says_so(core: Core) -> None:
    session = await core.sessions.last()
    a_farm(core, a=NOWHERE, b=NOWHERE)
    state = await core.forms.open(session.id, "farm", BUILT_IN)
    with pytest.raises(ConnectorError):
        await core.forms.refresh(state)


async def test_who_has_a_checkpoint_is_told_from_what_was_offered(core: Core) -> None:
    a_farm(core, a=NOWHERE, b=NOWHERE, c=NOWHERE)
    await keep(core, "a", offers(["x", "both", "with, comma"]))
    await keep(core, "b", offers(["both", "y"]))
    has = core.catalogs.has_checkpoint
    assert [await has(name, "x") for name in ("a", "b", "c")] == [True, False, None]
    assert await has("a", "x, both") is True
    assert await has("a", "x, y") is False
    assert await has("a", "with, comma") is True
    assert await has("a", "absent") is False, "c may have it"
    assert [await has(name, "") for name in ("a", "c")] == [True, True]


async def test_what_no_server_is_known_to_have_waits_for_none(core: Core) -> None:
    a_farm(core, a=NOWHERE, b=NOWHERE, c=NOWHERE)
    core.profiles.save(Profile("alone", url=NOWHERE))
    for name in ("a", "b", "c", "alone"):
        await keep(core, name, offers(["x", "old"] if name == "c" else ["x"]))
    has = core.catalogs.has_checkpoint
    assert [await has(name, "absent") for name in ("a", "b", "alone")] == [None, None, None]
    assert [await has(name, "old") for name in ("a", "b", "c")] == [False, False, True]
    core.profiles.save(Profile("c", url=NOWHERE, active=False))
    assert await has("a", "old") is None, "whoever has it takes no jobs"


async def test_what_another_process_learnt_is_seen(core: Core) -> None:
    a_farm(core, a=NOWHERE, b=NOWHERE)
    await keep(core, "a", offers(["x"]))
    looked = checkpoints.Checkpoints(core.store, core.profiles, "catalog", last_s=0)
    await keep(core, "b", offers(["y"]))
    assert await looked.has("a", "y") is False
    await keep(core, "a", offers(["x", "y"]))
    assert await looked.has("a", "y") is True


async def test_a_list_that_a_server_was_never_asked_for_tells_nothing(core: Core) -> None:
    graph = {
        "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux", "weight_dtype": "default"}},
    }
    kept = await core.store.workflows.add(Workflow("", "flux", mode=WORKFLOW, graph=graph))
    a_farm(core, a=NOWHERE, b=NOWHERE, c=NOWHERE)
    for name in ("a", "b", "c"):
        await keep(core, name, offers(["x"]))
    await keep(core, "a", loader("UNETLoader", "unet_name", ["flux"]), kept.id)
    await keep(core, "b", loader("UNETLoader", "unet_name", ["other"]), kept.id)
    has = core.catalogs.has_checkpoint
    assert [await has(name, "flux") for name in ("a", "b", "c")] == [True, False, None]


async def test_a_server_of_another_kind_is_read_by_its_own_form(core: Core) -> None:
    a_farm(core, "a1111", a=NOWHERE, b=NOWHERE)
    await keep(core, "a", {"models": [{"name": "x", "stem": "x"}], "options": {}})
    await keep(core, "b", {"models": [], "options": {}})
    has = core.catalogs.has_checkpoint
    assert [await has("a", "x"), await has("a", "y"), await has("b", "x")] == [True, False, None]
    session = await core.sessions.last()
    assert choices(await core.forms.open(session.id, "farm", BUILT_IN), Role.CHECKPOINT) == ("x",)
