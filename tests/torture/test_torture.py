"""A short version of the crash harness: some rounds of every service, one of each trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.backends import available
from tests.torture.playing import play
from tests.torture.scenario import Act, Face, Scenario, Trouble

if TYPE_CHECKING:
    from pathlib import Path

TROUBLES = {
    "comfyui": (Trouble.KILL, Trouble.SERVER),
    "a1111": (Trouble.KILL_ALL,),
    "invokeai": (Trouble.DROP, Trouble.BOTH),
    "fooocus": (Trouble.KILL,),
    "fooocus-api": (Trouble.AWAY, Trouble.KILL_ALL),
}


@pytest.mark.parametrize("service", available())
async def test_whatever_happens_no_job_is_lost_and_none_is_done_twice(tmp_path: Path, service: str) -> None:
    faces = ((Face.DESK,), (Face.GENERATE,))
    acts = tuple(
        Act(who, jobs=2, trouble=trouble, after_s=0.2, for_s=0.3, victim=0)
        for who, trouble in zip(faces, TROUBLES[service], strict=False)
    )
    played = await play(Scenario(1, service, 1, foreign=False, resends=True, acts=acts), tmp_path)
    assert played.wrong == [], "\n".join(played.said)
    assert played.ends
