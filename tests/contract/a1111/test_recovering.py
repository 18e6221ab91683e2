"""Lost answers: found again where the server keeps the pictures, told where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from darkroom.domain.errors import Unreachable
from darkroom.domain.events import CancelResult, Ended, NotFound, Outcome, Progress, Queued
from tests.contract.driving import collect, ended, is_sampling, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from darkroom.connectors.base import Connector, Prepared
    from darkroom.domain.events import JobEvent
    from darkroom.domain.parameters import Value
    from tests.contract.a1111.conftest import Own

BATCH = {"batch_size": 2, "batch_count": 2}


async def lose(own: Own, connector: Connector, **values: Value) -> Prepared:
    """A job whose answer nobody waits for any more, while it runs."""
    prepared = await own.site.prepare(connector, {**own.site.backend.steady, **values})
    events = connector.run(prepared)
    await until(events, is_sampling)
    await events.aclose()  # type: ignore[attr-defined]
    return prepared


async def test_every_picture_of_a_batch_is_found_again(own: Own) -> None:
    async with own.client(may_change=True) as connector:
        prepared = await lose(own, connector, **BATCH)
        assert isinstance(await connector.inspect(prepared.handle), Progress | Queued)
        end = ended(await collect(connector.resume(prepared.handle)))
        assert end.outcome is Outcome.COMPLETE
        assert len({output.spooled for output in end.outputs}) == 4
        assert [output.name for output in end.outputs] == [f"picture-0{n}.png" for n in (1, 2, 3, 4)]
        assert any("own folder" in note for note in end.notes)
        again = await connector.inspect(prepared.handle)
        assert isinstance(again, Ended)
        assert again.outputs == end.outputs


async def test_names_are_the_same_as_in_the_answer(own: Own) -> None:
    async with own.client(may_change=True) as connector:
        prepared = await own.site.prepare(connector, {**own.site.backend.quick, **BATCH})
        answered = ended(await collect(connector.run(prepared)))
        found = await connector.inspect(prepared.handle)
        assert isinstance(found, Ended)
        assert found.outputs == answered.outputs


async def test_what_was_not_kept_is_told_and_the_rest_is_had(own: Own) -> None:
    async with own.client(may_change=True) as connector:
        await own.server.fault("vanish")
        prepared = await lose(own, connector, batch_size=1, batch_count=2)
        end = ended(await collect(connector.resume(prepared.handle)))
        assert end.outcome is Outcome.LOST
        assert end.reason is not None
        assert "of 2 found" in end.reason.detail


async def begun(own: Own, connector: Connector) -> tuple[Prepared, AsyncIterator[JobEvent]]:
    """A long job that runs."""
    prepared = await own.site.prepare(connector, own.site.backend.long)
    events = connector.run(prepared)
    await until(events, is_sampling)
    return prepared, events


async def test_a_job_that_was_cancelled_and_left_is_cancelled(own: Own) -> None:
    async with own.client(may_change=True) as connector, own.client(may_change=True) as other:
        prepared, events = await begun(own, connector)
        assert await connector.cancel(prepared.handle) is CancelResult.STOPPED
        await events.aclose()  # type: ignore[attr-defined]  # a generator
        assert ended(await collect(connector.resume(prepared.handle))).outcome is Outcome.CANCELLED
        # To another process the server shows no more than that it is over: what it was asked decides.
        assert ended(await collect(other.resume(prepared.handle))).outcome is Outcome.LOST
        assert await other.cancel(prepared.handle) is CancelResult.NOT_RUNNING
        end = ended(await collect(other.resume(prepared.handle)))
        assert end.outcome is Outcome.CANCELLED
        assert end.outputs


async def test_a_job_that_somebody_interrupts_while_it_is_looked_for_is_cancelled(own: Own) -> None:
    async with own.client(may_change=True) as connector, own.client(may_change=True) as other:
        prepared, events = await begun(own, connector)
        following = other.resume(prepared.handle)
        await until(following, is_sampling)
        assert await connector.cancel(prepared.handle) is CancelResult.STOPPED
        assert ended(await collect(following)).outcome is Outcome.CANCELLED
        assert ended(await collect(events)).outcome is Outcome.CANCELLED


async def test_without_leave_a_lost_answer_is_a_lost_job(own: Own) -> None:
    async with own.client() as connector:
        assert not connector.capabilities.recovers
        prepared = await lose(own, connector)
        end = ended(await collect(connector.resume(prepared.handle)))
        assert end.outcome is Outcome.LOST
        assert end.reason is not None
        assert "sends a picture once" in end.reason.detail
        form = connector.form(await connector.catalog(), "txt2img", None, {})
        assert any("picture is lost" in note for note in form.notes)


async def test_without_a_web_page_nothing_can_be_asked(
    start: Callable[..., AbstractAsyncContextManager[Own]],
) -> None:
    async with start(webui=False) as own, own.client(may_change=True) as connector:
        prepared = await lose(own, connector)
        end = ended(await collect(connector.resume(prepared.handle)))
        assert end.outcome is Outcome.LOST
        told = await connector.inspect(prepared.handle)
        assert isinstance(told, Ended)
        assert told.outcome is Outcome.LOST


async def test_without_a_web_page_a_stopped_job_is_cancelled_all_the_same(
    start: Callable[..., AbstractAsyncContextManager[Own]],
) -> None:
    async with start(webui=False) as own, own.client() as connector:
        prepared, events = await begun(own, connector)
        assert await connector.cancel(prepared.handle) is CancelResult.STOPPED
        await events.aclose()  # type: ignore[attr-defined]  # a generator
        assert ended(await collect(connector.resume(prepared.handle))).outcome is Outcome.CANCELLED


async def test_a_failed_job_is_no_running_one(own: Own) -> None:
    async with own.client(may_change=True) as connector:
        prepared = await lose(own, connector, **own.site.backend.long)
        await own.server.fault("fail")
        end = ended(await collect(connector.resume(prepared.handle)))
        assert end.outcome is Outcome.FAILED
        assert (await connector.probe()).queue_remaining == 0


async def test_requests_that_failed_do_not_wait_for_ever(own: Own) -> None:
    async with own.client() as connector:
        async with httpx.AsyncClient() as other:
            for _ in range(2):
                await other.post(f"{own.server.url}/sdapi/v1/img2img", json={"init_images": ["AAAA"]})
            pending = (await other.get(f"{own.server.url}/internal/pending-tasks")).json()
        assert pending["size"] == 2
        assert (await connector.probe()).queue_remaining == 0
        events = connector.run(await own.site.prepare(connector, own.site.backend.steady))
        await until(events, is_sampling)
        assert (await connector.probe()).queue_remaining == 1
        assert ended(await collect(events)).outcome is Outcome.COMPLETE


async def test_a_request_that_never_arrived_may_be_sent_again(own: Own) -> None:
    async with own.client(may_change=True) as connector:
        prepared = await own.site.prepare(connector, own.site.backend.quick)
        await own.server.fault("cut", at="submit")
        with pytest.raises(Unreachable):
            await collect(connector.run(prepared))
        assert isinstance(await connector.inspect(prepared.handle), NotFound)
        assert ended(await collect(connector.run(prepared))).outcome is Outcome.COMPLETE
