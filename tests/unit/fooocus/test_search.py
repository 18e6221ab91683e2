"""What a look into the log means for a job whose line is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.fooocus.client import Client, Life
from darkroom.connectors.fooocus.files import ServerFile, outputs
from darkroom.connectors.fooocus.handle import JobHandle
from darkroom.connectors.fooocus.search import PATIENCE_S, Finding, Search
from darkroom.connectors.http import Http
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.fooocus.config import Page

NAMES = ("2026-11-20_10-00-00_1234.png", "2026-11-20_10-00-01_1234.png")
REFS = tuple(outputs((ServerFile(f"/o/2026-11-20/{name}") for name in NAMES), grid=False))
JOB = JobHandle("s", "1", "/o/2026-11-20/log.html", 0.0, "a cat", 5, 2)
NOTHING = Finding((), restarted=False, has_log=True, quiet_s=5.0)


async def nobody() -> tuple[Life, Page]:
    raise Unreachable("nobody is asked here")


@pytest.fixture
async def search() -> AsyncIterator[Search]:
    address, access = parse_address("http://127.0.0.1:9/prefix", Access())
    client = Client(Http("test", address, access), access)
    yield Search(client, JOB, nobody)
    await client.aclose()


async def test_while_the_job_may_run_nothing_is_said_to_be_over(search: Search) -> None:
    assert search.ended(NOTHING) is None
    assert search.ended(replace(NOTHING, refs=REFS[:1], quiet_s=PATIENCE_S - 1)) is None
    assert search.state().fraction is None


async def test_all_pictures_are_the_end_whatever_else_is_true(search: Search) -> None:
    for restarted in (False, True):
        ended = search.ended(replace(NOTHING, refs=REFS, restarted=restarted, quiet_s=1e9))
        assert ended is not None
        assert (ended.outcome, ended.outputs) == (Outcome.COMPLETE, REFS)


@pytest.mark.parametrize(
    ("finding", "word"),
    [
        (replace(NOTHING, restarted=True), "started anew"),
        (replace(NOTHING, has_log=False), "--disable-image-log"),
        (replace(NOTHING, quiet_s=PATIENCE_S + 1), "10 minutes"),
    ],
)
async def test_what_is_lost_is_told_with_what_was_found_and_what_to_do(
    search: Search, finding: Finding, word: str
) -> None:
    ended = search.ended(replace(finding, refs=REFS[:1]))
    assert ended is not None
    assert (ended.outcome, ended.outputs) == (Outcome.LOST, REFS[:1])
    assert ended.reason is not None
    assert word in ended.reason.detail
    assert "1 of 2 pictures" in ended.reason.detail
    assert ended.reason.hint == (
        "Send it again, or look at http://127.0.0.1:9/prefix/file=/o/2026-11-20/log.html"
    )
