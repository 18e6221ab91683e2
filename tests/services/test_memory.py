"""What a session remembers, when its pictures are made by one service and then by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.parameters import Origin, Role
from darkroom.domain.profile import Profile
from darkroom.domain.service import SERVICES
from darkroom.domain.translate import memory
from darkroom.domain.workflow import BUILT_IN, Workflow
from darkroom.services.forms import memory_key
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value

REMEMBERED: dict[Role, Value] = {
    Role.PROMPT: "a (cat:1.3) [roof]",
    Role.NEGATIVE: "fog",
    Role.SAMPLER: "dpmpp_2m",
    Role.SCHEDULER: "karras",
    Role.CLIP_SKIP: None,
    Role.STEPS: 22,
}


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_used_and_kept_again_stays_what_it_was(service: str) -> None:
    used = memory.used(service, REMEMBERED)
    assert memory.kept(service, used) == REMEMBERED


def test_each_service_hears_its_own_words() -> None:
    assert memory.used("invokeai", REMEMBERED)[Role.PROMPT] == "a (cat)1.3 [roof]"
    assert memory.used("a1111", REMEMBERED)[Role.PROMPT] == r"a (cat:1.3) \[roof\]"
    assert memory.used("fooocus", REMEMBERED)[Role.CLIP_SKIP] == 2
    assert memory.kept("invokeai", {Role.SCHEDULER: "dpmpp_2m_k"})[Role.SAMPLER] == "dpmpp_2m"


def test_the_built_in_form_of_each_service_has_a_place_of_its_own() -> None:
    keys = {memory_key(BUILT_IN, service) for service in SERVICES}
    assert len(keys) == len(SERVICES)
    assert memory_key(BUILT_IN, "comfyui") == BUILT_IN.id, "as in databases that are there already"
    assert memory_key(Workflow("abc", "mine"), "comfyui") == "abc"


async def test_a_session_is_understood_by_the_next_service(tmp_path: Path) -> None:
    async with opened_core(tmp_path / "home") as core:
        for service in ("comfyui", "a1111", "invokeai"):
            core.profiles.save(Profile(name=service, service=service, url="http://127.0.0.1:9/"))
        session = await core.sessions.last()
        values: dict[str, Value] = {"sampler": "dpmpp_2m", "own": 1}
        await core.store.sessions.remember(session.id, BUILT_IN.id, REMEMBERED, values)
        forge = await core.forms.open(session.id, "a1111", BUILT_IN)
        assert forge.values()["prompt"] == r"a (cat:1.3) \[roof\]"
        assert (forge.values()["sampler"], forge.values()["scheduler"]) == ("DPM++ 2M", "Karras")
        assert forge.fields["sampler"].origin is Origin.SESSION
        invoke = await core.forms.open(session.id, "invokeai", BUILT_IN)
        assert invoke.values()["prompt"] == "a (cat)1.3 [roof]"
        samplers = {spec.address for spec in invoke.form.specs if spec.role in (Role.SAMPLER, Role.SCHEDULER)}
        assert {invoke.values()[address] for address in samplers} == {"dpmpp_2m_k"}
        await core.forms.save_draft(session.id, forge.memory, {"prompt": "half a tho"})
        assert (await core.forms.open(session.id, "a1111", BUILT_IN)).values()["prompt"] == "half a tho"
        assert (await core.forms.open(session.id, "comfyui", BUILT_IN)).values()["sampler"] == "dpmpp_2m"
        assert (await core.forms.open(session.id, "comfyui", BUILT_IN)).values()["prompt"] != "half a tho"
