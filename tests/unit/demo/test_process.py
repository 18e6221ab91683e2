"""The process: one for each home, gone when idle, back with its jobs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from darkroom.demo import options
from darkroom.demo.server import IDLE_CHECK_S
from tests.servers.comfyui import comfyui_server
from tests.unit.demo.driving import ended, frame, graph, listen, running, submit, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.comfyui import ComfyServer


async def test_a_second_server_for_a_home_leaves_quietly(server: ComfyServer) -> None:
    state = server.home / "demo" / "server.json"
    before = state.read_text()
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "darkroom.demo", "--home", str(server.home)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(second.communicate(), 30)
    assert (second.returncode, output) == (0, b"")
    assert state.read_text() == before


async def test_the_state_file_tells_the_server_from_a_stranger(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    state = json.loads((server.home / "demo" / "server.json").read_text())
    assert state["port"] == server.port
    system = (await client.get("/api/system_stats")).json()["system"]
    assert (system["darkroom_demo"], system["darkroom_token"]) == (True, state["token"])
    assert await server.stop() == 0
    assert not (server.home / "demo" / "server.json").exists()


async def test_a_busy_port_is_an_error_not_a_traceback(server: ComfyServer, tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "darkroom.demo",
            "--home",
            str(tmp_path / "other"),
            "--port",
            str(server.port),
        ),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(other.communicate(), 30)
    assert other.returncode == 1
    assert errors.startswith(b"darkroom demo: ")
    assert b"Traceback" not in errors


async def test_an_idle_server_ends_itself_and_comes_back_with_its_history(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path, idle_exit_s=1) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            await submit(client, graph(), "job")
            entry = await ended(client, "job")
        assert await server.wait() == 0
        await server.start()
        async with httpx.AsyncClient(base_url=server.url) as client:
            assert (await client.get("/history")).json() == {"job": entry}
            await submit(client, graph(seed=2), "next")
            assert (await ended(client, "next"))["prompt"][0] == 1


async def test_a_server_that_may_idle_for_ever_stays(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path, idle_exit_s=0) as server:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(server.wait(), 2.5 * IDLE_CHECK_S)


async def test_a_server_whose_home_was_removed_ends(server: ComfyServer) -> None:
    shutil.rmtree(server.home)
    assert await server.wait() == 0


def test_the_environment_sets_how_long_a_server_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKROOM_DEMO_IDLE_EXIT_S", "12.5")
    assert options.parse(["--home", str(tmp_path)]).idle_exit_s == 12.5
    assert options.parse(["--home", str(tmp_path), "--idle-exit-s", "3"]).idle_exit_s == 3


@pytest.mark.parametrize("forget", [True, False])
async def test_what_a_kill_leaves(server: ComfyServer, client: httpx.AsyncClient, forget: bool) -> None:
    await submit(client, graph(seed=1), "done")
    await ended(client, "done")
    await server.fault("slow_step", seconds=0.2, count=-1)
    await submit(client, graph(seed=2, steps=100), "running")
    await submit(client, graph(seed=3), "pending")
    await running(client, "running")
    await server.restart(forget=forget)
    async with httpx.AsyncClient(base_url=server.url) as again:
        if forget:
            assert (await again.get("/queue")).json() == {"queue_running": [], "queue_pending": []}
            assert (await again.get("/history")).json() == {}
        else:
            for prompt_id in ("done", "running", "pending"):
                assert (await ended(again, prompt_id))["status"]["status_str"] == "success"


async def test_a_stop_does_not_tell_clients_that_their_job_was_interrupted(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    async with listen(server, "me") as socket:
        await submit(client, graph(steps=100), "job", client_id="me")
        await until(socket, "progress")
        assert await server.stop() == 0
        heard = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                heard.append((await frame(socket))[0])
    assert "execution_interrupted" not in heard
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as again:
        assert (await ended(again, "job"))["status"]["status_str"] == "success"


async def test_everything_can_be_forgotten_while_a_job_runs(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    await submit(client, graph(steps=100), "job")
    await running(client, "job")
    await server.fault("forget_jobs")
    await server.fault("clear")
    await submit(client, graph(), "next")
    assert (await ended(client, "next"))["prompt"][0] == 0
    assert list((await client.get("/history")).json()) == ["next"]


async def test_a_journal_that_cannot_be_written_loses_no_running_job(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    await server.fault("slow_step", seconds=0.2, count=2)
    await submit(client, graph(), "job")
    journal = server.home / "demo" / "journal.jsonl"
    journal.unlink()
    journal.mkdir()
    assert (await ended(client, "job"))["status"]["status_str"] == "success"
    refused = await client.post("/prompt", json={"prompt": graph(seed=2), "prompt_id": "next"})
    assert refused.status_code == 500
    journal.rmdir()
    await submit(client, graph(seed=2), "next")
    assert (await ended(client, "next"))["status"]["status_str"] == "success"


async def test_a_torn_journal_loses_its_last_line_only(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    await submit(client, graph(), "job")
    await ended(client, "job")
    await server.stop()
    with (server.home / "demo" / "journal.jsonl").open("a") as journal:
        journal.write('{"queued": [7, "torn", {"3": ')
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as again:
        assert list((await again.get("/history")).json()) == ["job"]
        assert (await again.get("/queue")).json()["queue_pending"] == []
