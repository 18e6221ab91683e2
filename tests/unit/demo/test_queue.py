"""Queue, history, interrupt: what a client can do to jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.demo.driving import ended, graph, listen, running, submit, until

if TYPE_CHECKING:
    import httpx

    from tests.servers.comfyui import ComfyServer


@pytest.fixture
async def busy(server: ComfyServer, client: httpx.AsyncClient) -> ComfyServer:
    """A server with a job that runs for a long time."""
    await server.fault("slow_step", seconds=0.1, count=-1)
    await submit(client, graph(steps=1000), "running")
    await running(client, "running")
    return server


async def test_pending_jobs_are_shown_in_heap_order(busy: ComfyServer, client: httpx.AsyncClient) -> None:
    for number in (3, 9, 4, 1):
        await submit(client, graph(seed=number), f"n{number}", number=number)
    await submit(client, graph(seed=99), "front", front=True)
    queue = (await client.get("/queue")).json()
    assert [item[1] for item in queue["queue_running"]] == ["running"]
    shown = [item[0] for item in queue["queue_pending"]]
    assert sorted(shown) == [-1, 1, 3, 4, 9]
    assert shown[0] == -1
    assert shown != sorted(shown)
    assert (await client.get("/prompt")).json() == {"exec_info": {"queue_remaining": 6}}


async def test_the_same_number_and_id_is_a_500_that_queues(
    busy: ComfyServer, client: httpx.AsyncClient
) -> None:
    for seed, status in ((1, 200), (2, 500)):
        body = {"prompt": graph(seed=seed), "prompt_id": "twice", "number": 5}
        assert (await client.post("/prompt", json=body)).status_code == status
    pending = (await client.get("/queue")).json()["queue_pending"]
    assert [item[1] for item in pending] == ["twice", "twice"]


async def test_a_deleted_job_leaves_nothing(busy: ComfyServer, client: httpx.AsyncClient) -> None:
    for prompt_id in ("a", "b", "c"):
        await submit(client, graph(seed=ord(prompt_id)), prompt_id)
    await client.post("/queue", json={"delete": ["b", "running", "unknown"]})
    queue = (await client.get("/queue")).json()
    assert [item[1] for item in queue["queue_running"]] == ["running"]
    assert {item[1] for item in queue["queue_pending"]} == {"a", "c"}
    await client.post("/queue", json={"clear": True})
    assert (await client.get("/queue")).json()["queue_pending"] == []
    assert (await client.get("/history")).json() == {}


async def test_an_interrupt_strikes_only_the_job_it_names(
    busy: ComfyServer, client: httpx.AsyncClient
) -> None:
    await submit(client, graph(), "waiting")
    await client.post("/interrupt", json={"prompt_id": "waiting"})
    async with listen(busy, "watcher") as socket:
        await until(socket, "progress", prompt_id="running")
        await until(socket, "progress", prompt_id="running")
        await client.post("/interrupt", json={"prompt_id": "running"})
        told = (await until(socket, "execution_interrupted"))[-1][1]
    assert (told["prompt_id"], told["node_id"], told["node_type"]) == ("running", "3", "KSampler")
    status = (await ended(client, "running"))["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)
    await busy.fault("clear")
    assert (await ended(client, "waiting"))["status"]["status_str"] == "success"


async def test_history_pages_and_deletes(client: httpx.AsyncClient) -> None:
    for number in range(4):
        await submit(client, graph(seed=number), f"j{number}")
        await ended(client, f"j{number}")

    async def page(**query: Any) -> list[str]:
        return list((await client.get("/history", params=query)).json())

    assert await page() == ["j0", "j1", "j2", "j3"]
    assert await page(max_items=2) == ["j2", "j3"]
    assert await page(max_items=2, offset=0) == ["j0", "j1"]
    assert await page(offset=3) == ["j3"]
    assert await page(max_items=-1) == []
    await client.post("/history", json={"delete": ["j1", "unknown"]})
    assert await page() == ["j0", "j2", "j3"]
    await client.post("/history", json={"clear": True})
    assert await page() == []


async def test_secrets_do_not_reach_the_history(client: httpx.AsyncClient) -> None:
    await submit(client, graph(), "job", extra_data={"api_key_comfy_org": "s3cret", "other": 1})
    assert (await ended(client, "job"))["prompt"][3] == {"other": 1}


async def test_freed_memory_forgets_what_was_made(client: httpx.AsyncClient) -> None:
    await submit(client, graph(), "a")
    first = await ended(client, "a")
    await client.post("/free", json={"unload_models": True, "free_memory": True})
    # As on the real server the next job may still be served from memory; one after it is not.
    for prompt_id in ("b", "c"):
        await submit(client, graph(seed=3), prompt_id)
        await ended(client, prompt_id)
    await submit(client, graph(), "d")
    assert (await ended(client, "d"))["outputs"] != first["outputs"]
