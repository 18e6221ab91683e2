"""A request leaves only while its job is still ours: whoever was suspended meanwhile sends nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Superseded
from darkroom.domain.events import Outcome
from darkroom.domain.parameters import Role
from tests.contract.driving import PATIENCE_S, collect, ended, picture
from tests.contract.relay import relay

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector, Prepared
    from tests.contract.site import Site

LARGE_PX = (400, 300)
"""Several pieces of a body, where pictures travel inside of it."""


async def made(site: Site, connector: Connector, *, with_picture: bool) -> Prepared:
    if not with_picture:
        return await site.prepare(connector, site.backend.quick)
    values = {**site.backend.quick, **site.backend.with_picture}
    return await site.prepare(connector, values, {Role.IMAGE: picture(*LARGE_PX)})


async def jobs(site: Site) -> int:
    """Jobs that the server took; a real one does not count them."""
    return (await site.process.state()).jobs if site.process is not None else 0


def taken(site: Site) -> int:
    """By how much one job more changes that."""
    return 0 if site.process is None else 1


@pytest.mark.parametrize("with_picture", [False, True], ids=["text", "picture"])
async def test_a_job_that_is_not_ours_any_more_is_not_sent(site: Site, with_picture: bool) -> None:
    before = await jobs(site)
    error = Superseded("Another process has it")

    def still_ours() -> None:
        raise error

    async with relay(site.url) as wire:
        connector = site.backend.open(wire.url)
        prepared = await made(site, connector, with_picture=with_picture)
        with pytest.raises(Superseded) as caught:
            await collect(connector.run(replace(prepared, still_ours=still_ours)))
        assert caught.value is error
        assert await jobs(site) == before
        prepared = await made(site, connector, with_picture=with_picture)
        assert ended(await collect(connector.run(prepared))).outcome is Outcome.COMPLETE
        assert await jobs(site) == before + taken(site)
        await connector.aclose()
        await asyncio.wait_for(wire.empty.wait(), PATIENCE_S)


async def test_it_is_asked_once_when_everything_that_listens_is_there(site: Site) -> None:
    before = await jobs(site)
    asked: list[int] = []
    async with relay(site.url) as wire:
        connector = site.backend.open(wire.url)
        prepared = await made(site, connector, with_picture=False)
        prepared = replace(prepared, still_ours=lambda: asked.append(len(wire.sockets)))
        assert ended(await collect(connector.run(prepared))).outcome is Outcome.COMPLETE
        await connector.aclose()
    assert asked == [len(wire.sockets)]
    assert await jobs(site) == before + taken(site)
