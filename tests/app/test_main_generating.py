"""From the form to the kept picture, against the demo server over real sockets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from darkroom.app.widgets.meter import stage_text
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from tests.app.shell import opened_core, shown
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.app.shell import Shell
    from tests.servers.comfyui import ComfyServer


@asynccontextmanager
async def at_work(
    tmp_path: Path, server: ComfyServer, size: tuple[int, int] = (160, 48)
) -> AsyncIterator[Shell]:
    """The program on an empty home whose only server is `server`, its lists read."""
    profile = Profile("box", url=server.url, defaults={"width": 256, "height": 256})
    async with (
        opened_core(tmp_path / "home", profiles=[profile]) as core,
        shown(core, size=size) as shell,
    ):
        await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
        yield shell


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path, speed=0) as running:
        yield running


@pytest.fixture
async def slow_server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    """Takes its time over each step, and paints small pictures quickly."""
    async with comfyui_server(tmp_path, speed=0) as running:
        await running.fault("slow_step", seconds=0.15, count=-1)
        yield running


async def first_row(shell: Shell, status: Status) -> None:
    await shell.until(
        lambda: (row := shell.main.history.list.window.row(0)) is not None and row.status is status,
        f"the newest row {status}",
    )


async def test_a_typed_prompt_becomes_a_kept_picture(tmp_path: Path, server: ComfyServer) -> None:
    async with at_work(tmp_path, server) as shell:
        await shell.press(*"a quiet harbour", "ctrl+g")
        await first_row(shell, Status.COMPLETE)
        rows = await shell.core.history.page(shell.main.session.id, offset=0, limit=5)
        assert [row.prompt for row in rows] == ["a quiet harbour"]
        await shell.settle()
        assert shell.main.preview.picture.shown == rows[0].first_output.hash if rows[0].first_output else ""
        await shell.sees(f"seed {rows[0].seed}")


async def test_a_key_pressed_before_the_lists_came_waits_for_them(
    tmp_path: Path, server: ComfyServer
) -> None:
    await server.fault("delay_http", path="/object_info", seconds=0.5, count=-1)
    profile = Profile("box", url=server.url, defaults={"width": 64, "height": 64, "steps": 2})
    async with opened_core(tmp_path / "home", profiles=[profile]) as core, shown(core) as shell:
        assert not shell.main.desk.state.known
        await shell.press("a", "ctrl+g")
        await first_row(shell, Status.COMPLETE)
        assert shell.main.desk.state.known


async def test_the_next_one_queues_while_one_runs(tmp_path: Path, slow_server: ComfyServer) -> None:
    await slow_server.fault("clear")
    await slow_server.fault("slow_step", seconds=0.6, count=-1)  # the first must outlast the typing
    async with at_work(tmp_path, slow_server) as shell:
        await shell.press("a", "ctrl+g", "b", "ctrl+g", "c", "ctrl+g")
        await shell.sees("queue 2")
        await shell.until(lambda: "it/s" in shell.text(), "the speed in the status line")
        for _ in range(3):
            await shell.press("f8")
        await shell.until(lambda: not shell.main.board.busy, "all ended")


async def test_cancel_is_seen_at_once_and_stops_the_run(tmp_path: Path, slow_server: ComfyServer) -> None:
    async with at_work(tmp_path, slow_server) as shell:
        await shell.press("a", "ctrl+g")
        await first_row(shell, Status.RUNNING)
        running = shell.main.board.leading()
        assert running is not None
        shell.main.action_cancel()
        assert stage_text(shell.main.board.meters[running.id]) == "cancelling"
        await first_row(shell, Status.CANCELLED)


async def test_previews_are_shown_while_it_runs(tmp_path: Path, slow_server: ComfyServer) -> None:
    async with at_work(tmp_path, slow_server) as shell:
        await shell.press("a", "ctrl+g")
        await shell.until(lambda: (shell.main.preview.picture.shown or "").endswith("/live"), "a live frame")
        await shell.press("f8")
        await shell.until(lambda: not shell.main.board.busy, "it ended")


async def test_a_narrow_window_keeps_a_strip_in_sight(tmp_path: Path, slow_server: ComfyServer) -> None:
    async with at_work(tmp_path, slow_server, size=(80, 24)) as shell:
        await shell.press("a", "ctrl+g")
        await first_row(shell, Status.RUNNING)
        for pane in ("alt+1", "alt+4", "alt+2"):
            await shell.press(pane)
            await shell.until(lambda: shell.main.query_one("#strip").size.height == 3, "the strip")
        await shell.press("f8")
        await shell.until(lambda: not shell.main.query_one("#strip").size.area, "the strip goes")


async def test_rerun_keeps_the_seed_and_reuse_fills_the_form(tmp_path: Path, server: ComfyServer) -> None:
    async with at_work(tmp_path, server) as shell:
        await shell.press(*"boats", "ctrl+g")
        await first_row(shell, Status.COMPLETE)
        await shell.press("alt+4", "r")
        await shell.until(lambda: shell.main.history.list.window.count == 2, "a second row")
        await first_row(shell, Status.COMPLETE)
        again, before = await shell.core.history.page(shell.main.session.id, offset=0, limit=2)
        assert again.seed == before.seed
        assert again.unchanged
        await shell.press("s")
        await shell.until(
            lambda: str(shell.main.form.values()["seed"]) == before.seed, "the seed in the form"
        )


async def test_a_kept_picture_is_painted_from_and_made_larger(tmp_path: Path, server: ComfyServer) -> None:
    async with at_work(tmp_path, server) as shell:
        await shell.press(*"boats", "ctrl+g")
        await first_row(shell, Status.COMPLETE)
        (made,) = await shell.core.history.page(shell.main.session.id, offset=0, limit=1)
        kept = f"blob:{(await shell.core.history.get(made.id)).outputs[0].hash}"
        await shell.press("alt+4", "i")
        await shell.until(lambda: shell.main.form.values().get("image") == kept, "the picture in the form")
        await shell.until(lambda: "denoise" in shell.main.form.values(), "the fields that it brings")
        await shell.press("alt+4", "m")
        await shell.until(lambda: shell.main.desk.state.workflow.name == "upscale", "the other form")
        await shell.until(lambda: shell.main.form.values().get("image") == kept, "the picture in it")
        await shell.press("ctrl+g")
        await shell.until(lambda: shell.main.history.list.window.count == 2, "a second row")
        await first_row(shell, Status.COMPLETE)
        larger, _ = await shell.core.history.page(shell.main.session.id, offset=0, limit=2)
        assert (larger.workflow, larger.output_count) == ("upscale", 1)
        await shell.press("alt+4", "i")
        await shell.until(lambda: shell.main.desk.state.workflow.name == "txt2img", "the main form")


async def test_what_the_form_holds_wrong_is_marked_and_nothing_is_sent(
    tmp_path: Path, server: ComfyServer
) -> None:
    async with at_work(tmp_path, server) as shell:
        shell.main.form.set_values({"steps": 0})
        await shell.press("ctrl+g")
        await shell.sees("at least 1")
        assert await shell.core.history.count(shell.main.session.id) == 0


async def test_a_server_that_is_gone_is_told_and_the_program_goes_on(
    tmp_path: Path, server: ComfyServer
) -> None:
    async with at_work(tmp_path, server) as shell:
        await server.kill()
        await shell.press("a", "ctrl+g")
        await shell.until(lambda: shell.main.history.list.window.count == 1, "it was kept")
        await shell.until(
            lambda: (
                (shell.core.connections.state("box").phase == "down" and "down" in shell.text())
                or "○" in shell.text()
            ),
            "the status line says so",
        )
        await shell.press(*"still typing")
        await shell.until(lambda: "still typing" in str(shell.main.form.values()["prompt"]), "typing goes on")


async def test_leaving_keeps_the_draft(tmp_path: Path, server: ComfyServer) -> None:
    async with at_work(tmp_path, server) as shell:
        await shell.press(*"half a thought")
        await shell.press("f10")
        await shell.until(lambda: shell.app.return_code == 0, "it ended")
    async with at_work(tmp_path, server) as shell:
        assert shell.main.form.values()["prompt"] == "half a thought"
