"""The queue: full, cleared, pruned, restarted, stopped by others; with and without the socket."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from darkroom.domain.errors import Rejected
from darkroom.domain.events import Ended, NotFound, Outcome, OutputReady, Preview, Progress, Queued
from tests.contract.backends.invokeai import BACKEND
from tests.contract.driving import collect, ended, is_sampling, read, until

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import OutputRef
    from tests.contract.site import Site
    from tests.servers.invokeai import InvokeServer

QUICK, STEADY, LONG = BACKEND.quick, BACKEND.steady, BACKEND.long


async def metadata(connector: Connector, output: OutputRef) -> dict[str, Any]:
    with Image.open(io.BytesIO(await read(connector, output))) as opened:
        found: dict[str, Any] = json.loads(opened.info["invokeai_metadata"])
    return found


async def test_each_picture_of_a_batch_tells_its_own_seed_in_order(place: Site, client: Connector) -> None:
    prepared = await place.prepare(client, {**QUICK, "batch_size": 3, "seed": 41})
    end = ended(await collect(client.run(prepared)))
    told = [await metadata(client, output) for output in end.outputs]
    assert [one["seed"] for one in told] == [41, 42, 43]
    assert end.notes == ()
    assert told[0]["darkroom"]["values"]["seed"] == 41


@pytest.mark.parametrize("room", [0, 1])
async def test_a_full_queue_is_a_refusal_and_nothing_stays_behind(
    server: InvokeServer, place: Site, client: Connector, room: int
) -> None:
    await server.fault("full", room=room)
    prepared = await place.prepare(client, {**LONG, "batch_size": 3})
    with pytest.raises(Rejected) as caught:
        await collect(client.run(prepared))
    assert "queue is full" in caught.value.title
    assert (await server.state()).unfinished == 0


async def test_without_the_socket_a_job_is_followed_by_asking(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    await server.fault("deaf")
    prepared = await place.prepare(client, {**STEADY, "batch_size": 2})
    events = await collect(client.run(prepared))
    end = ended(events)
    assert (end.outcome, len(end.outputs)) == (Outcome.COMPLETE, 2)
    assert not any(isinstance(event, Preview) for event in events)
    assert any(isinstance(event, Progress) for event in events)
    announced = [event.output for event in events if isinstance(event, OutputReady)]
    assert announced == list(end.outputs)


async def test_a_job_whose_items_were_pruned_is_found_by_its_pictures(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    prepared = await place.prepare(client, {**QUICK, "batch_size": 2})
    end = ended(await collect(client.run(prepared)))
    await server.fault("prune")
    assert await client.inspect(prepared.handle) == replace(end, duration_s=None)
    again = ended(await collect(client.resume(prepared.handle)))
    assert again.outputs == end.outputs


async def test_a_job_that_never_arrived_is_not_found(place: Site, client: Connector) -> None:
    prepared = await place.prepare(client, QUICK)
    assert isinstance(await client.inspect(prepared.handle), NotFound)


async def test_a_job_whose_answer_was_lost_is_found_with_its_items(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    await server.fault("cut", at="submitted")
    prepared = await place.prepare(client, {**QUICK, "batch_size": 2})
    end = ended(await collect(client.run(prepared)))
    assert (end.outcome, len(end.outputs)) == (Outcome.COMPLETE, 2)
    assert (await server.state()).jobs == 1
    told = await client.inspect(prepared.handle)  # the handle from before it was sent
    assert isinstance(told, Ended)
    assert told.outputs == end.outputs


async def test_a_queue_that_is_cleared_loses_the_job_and_keeps_its_pictures(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    prepared = await place.prepare(client, {**STEADY, "batch_size": 3})
    events = client.run(prepared)
    await until(events, lambda event: isinstance(event, OutputReady))
    await server.fault("wipe")
    end = ended(await collect(events))
    assert (end.outcome, len(end.outputs)) == (Outcome.LOST, 1)
    assert end.reason is not None
    assert "cleared" in end.reason.detail


async def test_what_a_restart_stopped_is_lost_and_not_cancelled(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    events = client.run(await place.prepare(client, LONG))
    await until(events, is_sampling)
    await server.restart()
    end = ended(await collect(events))
    assert end.outcome is Outcome.LOST
    assert end.reason is not None
    assert "restarted" in end.reason.detail


async def test_what_waits_survives_a_restart(server: InvokeServer, place: Site, client: Connector) -> None:
    await server.fault("busy")
    events = client.run(await place.prepare(client, QUICK))
    await until(events, lambda event: event == Queued(1))
    await server.restart()
    assert ended(await collect(events)).outcome is Outcome.COMPLETE


async def test_a_stop_by_somebody_else_is_told_as_such(place: Site, client: Connector) -> None:
    prepared = await place.prepare(client, LONG)
    events = client.run(prepared)
    await until(events, is_sampling)
    other = place.open()
    await other.cancel(prepared.handle)
    await other.aclose()
    end = ended(await collect(events))
    assert end.outcome is Outcome.CANCELLED
    assert end.reason is not None
    assert "not this Darkroom" in end.reason.detail


async def test_a_picture_made_otherwise_than_asked_is_told(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    await server.fault("lie")
    end = ended(await collect(client.run(await place.prepare(client, QUICK))))
    assert end.notes == (
        "asked for steps 6, the server used 1",
        "asked for scheduler “euler”, the server used “ddim”",
    )


async def test_a_board_keeps_the_picture_and_one_that_is_gone_is_told(place: Site, client: Connector) -> None:
    prepared = await place.prepare(client, {**QUICK, "board": "Lighthouses"})
    end = ended(await collect(client.run(prepared)))
    assert end.notes == ()
    async with httpx.AsyncClient(base_url=place.url) as http:
        told = (await http.get(f"/api/v1/images/i/{end.outputs[0].name}")).json()
    assert told["board_id"] == prepared.handle["board"]
    prepared = await place.prepare(client, {**QUICK, "board": "Lighthouses"})
    request = copy.deepcopy(dict(prepared.request))
    request["batch"]["graph"]["nodes"]["l2i"]["board"]["board_id"] = "gone"
    end = ended(await collect(client.run(replace(prepared, request=request))))
    assert end.notes == ("the server put a picture on no board: the board is gone",)


async def test_a_value_of_a_batch_that_fits_no_node_blocks_the_queue_for_ever(
    server: InvokeServer, place: Site, client: Connector
) -> None:
    prepared = await place.prepare(client, {**QUICK, "batch_size": 2})
    request = copy.deepcopy(dict(prepared.request))
    poison = {"node_path": "denoise", "field_name": "scheduler", "items": ["euler", "bogus"]}
    request["batch"]["data"] = [[poison]]
    events = client.run(replace(prepared, request=request))
    await until(events, lambda event: isinstance(event, OutputReady))
    await client.cancel(prepared.handle)
    assert ended(await collect(events)).outcome is Outcome.CANCELLED
    assert (await server.state()).unfinished == 0


async def test_the_place_of_a_waiting_job_falls_as_others_end(place: Site, client: Connector) -> None:
    first = await place.prepare(client, LONG)
    second, third = await place.prepare(client, LONG), await place.prepare(client, QUICK)
    runs = [client.run(prepared) for prepared in (first, second, third)]
    await until(runs[0], is_sampling)
    await until(runs[1], lambda event: event == Queued(1))
    await until(runs[2], lambda event: event == Queued(2))
    await client.cancel(first.handle)
    await until(runs[2], lambda event: event == Queued(1))
    await client.cancel(second.handle)
    ends = [ended(await collect(run)).outcome for run in runs]
    assert ends == [Outcome.CANCELLED, Outcome.CANCELLED, Outcome.COMPLETE]
