"""The programs that speak a part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.events import Outcome, Preview, Progress
from darkroom.domain.parameters import Role
from tests.contract.driving import collect, ended, picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.contract.a1111.conftest import Own


@pytest.mark.parametrize(
    ("program", "label"),
    [
        ("forge", "Forge"),
        ("a1111", "AUTOMATIC1111"),
        ("sdnext", "SD.Next"),
        ("sdcpp", "stable-diffusion.cpp"),
        ("kobold", "KoboldCpp"),
    ],
)
async def test_each_is_named_and_makes_pictures(
    start: Callable[..., AbstractAsyncContextManager[Own]], program: str, label: str
) -> None:
    async with start(program=program) as own, own.client(may_change=True) as connector:
        info = await connector.probe()
        assert info.service == "a1111"
        assert info.label.startswith(label)
        made = await own.make(connector, {})
        assert (made.outcome, made.notes) == (Outcome.COMPLETE, ())
        begun = await own.make(connector, {"denoise": 0.5}, {Role.IMAGE: picture()})
        assert (begun.outcome, len(begun.outputs)) == (Outcome.COMPLETE, 1)


async def test_the_version_is_known_after_the_first_picture(own: Own) -> None:
    async with own.client() as connector:
        await own.make(connector, {})
        assert (await connector.probe()).label.startswith("Forge f2.0.1")


async def test_memory_is_told(own: Own) -> None:
    async with own.client() as connector:
        assert (await connector.probe()).devices == ("Memory · 21.7 of 23.5 GB free",)


async def test_progress_is_told_without_tasks_by_name(
    start: Callable[..., AbstractAsyncContextManager[Own]],
) -> None:
    async with start(program="sdnext") as own, own.client() as connector:
        events = await collect(connector.run(await own.site.prepare(connector, own.site.backend.steady)))
        assert len({event.fraction for event in events if isinstance(event, Progress)}) > 2
        assert any(isinstance(event, Preview) and event.data.startswith(b"\x89PNG") for event in events)
        assert ended(events).outcome is Outcome.COMPLETE
