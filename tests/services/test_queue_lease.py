"""A process that stood still may have lost its jobs: it sends nothing before it has looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import LeaseExpired
from darkroom.services.clock import now
from darkroom.services.queue.lease import FRESH_S, Lease
from darkroom.services.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.services.core import Core

STILL = timedelta(seconds=FRESH_S + 1)


@pytest.fixture
async def lease(core: Core) -> AsyncIterator[Lease]:
    tasks = Tasks()
    yield Lease("me", core.store, tasks)
    await tasks.aclose()


async def test_while_the_heart_beats_requests_leave(lease: Lease) -> None:
    await lease.renew()
    lease.check(lease.term)
    await lease.renew()
    lease.check(0)


async def test_before_it_has_beaten_nothing_leaves(lease: Lease) -> None:
    with pytest.raises(LeaseExpired):
        lease.check(lease.term)


async def test_a_heart_that_stood_still_stops_what_was_about_to_leave(lease: Lease) -> None:
    lease.renewed(now() - STILL)
    with pytest.raises(LeaseExpired):
        lease.check(lease.term)


async def test_a_heart_that_beats_again_does_not_bring_back_the_jobs_of_before(lease: Lease) -> None:
    """Woken, the heart may come before the request does. Whoever has the job sends it already."""
    with lease.held():
        lease.renewed(now() - STILL)
        term = lease.term
        await lease.renew()
        with pytest.raises(LeaseExpired):
            lease.check(term)
        lease.check(lease.term)


async def test_who_had_nothing_to_do_has_lost_nothing(lease: Lease) -> None:
    lease.renewed(now() - STILL)
    with lease.held():
        term = lease.term
        await lease.renew()
        lease.check(term)
