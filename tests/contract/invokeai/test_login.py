"""Accounts: who has none, whose words are wrong, tokens that run out in the midst of a job."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access
from darkroom.domain.errors import Unauthorized
from darkroom.domain.events import Outcome, Preview
from tests.contract.backends.invokeai import BACKEND
from tests.contract.driving import collect, ended, is_sampling, until
from tests.contract.site import Site
from tests.servers.invokeai import EMAIL, PASSWORD, InvokeServer
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.connectors.base import Connector

ACCOUNT = Access(EMAIL, PASSWORD, login=True)


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[InvokeServer]:
    async with running(InvokeServer(tmp_path, accounts=True)) as started:
        yield started


@asynccontextmanager
async def opened(server: InvokeServer, access: Access) -> AsyncIterator[Connector]:
    connector = BACKEND.open(server.url, access)
    try:
        yield connector
    finally:
        await connector.aclose()


async def test_who_signs_in_by_nothing_is_told_how(guarded: InvokeServer) -> None:
    async with opened(guarded, Access()) as connector:
        with pytest.raises(Unauthorized) as caught:
            await connector.probe()
    assert caught.value.title == "The server wants you to sign in"
    assert "auth to login" in caught.value.hint


@pytest.mark.parametrize("access", [Access(EMAIL, "no", login=True), Access("bob", PASSWORD, login=True)])
async def test_wrong_words_are_told(guarded: InvokeServer, access: Access) -> None:
    async with opened(guarded, access) as connector:
        with pytest.raises(Unauthorized) as caught:
            await connector.catalog()
    assert "does not accept user and password" in caught.value.title


async def test_an_account_is_not_needed_where_there_are_none(server: InvokeServer) -> None:
    async with opened(server, ACCOUNT) as connector:
        assert (await connector.probe()).version


async def test_a_request_that_is_refused_for_its_token_is_asked_for_again(guarded: InvokeServer) -> None:
    asked: list[int] = []
    async with opened(guarded, ACCOUNT) as connector:
        site = Site(BACKEND, guarded.url, guarded)
        # The socket is there already: it would notice the old token first.
        await collect(connector.run(await site.prepare(connector, BACKEND.quick)))
        prepared = await site.prepare(connector, BACKEND.quick)
        await guarded.fault("expire")
        events = connector.run(replace(prepared, still_ours=lambda: asked.append(1)))
        assert ended(await collect(events)).outcome is Outcome.COMPLETE
    assert len(asked) == 2
    assert (await guarded.state()).jobs == 2


async def test_tokens_that_run_out_in_the_midst_of_a_job_are_renewed(guarded: InvokeServer) -> None:
    async with opened(guarded, ACCOUNT) as connector:
        site = Site(BACKEND, guarded.url, guarded)
        prepared = await site.prepare(connector, BACKEND.steady)
        events = connector.run(prepared)
        await until(events, is_sampling)
        await guarded.fault("expire")
        # The line goes too: it can only be taken up again with a new token.
        await guarded.fault("cut", at="running")
        rest = await collect(events)
        assert ended(rest).outcome is Outcome.COMPLETE
        again = await collect(connector.run(await site.prepare(connector, BACKEND.quick)))
        assert any(isinstance(event, Preview) for event in again)
