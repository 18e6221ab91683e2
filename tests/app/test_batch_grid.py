"""The grid of a batch: real batches, and at times a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.app.screens.batch_cells import BatchCells
from darkroom.app.screens.batch_grid import BatchGridScreen
from darkroom.app.screens.detail import DetailScreen
from darkroom.app.screens.viewer import ViewerScreen
from darkroom.app.widgets.batch.shape import SIZES, Shape
from darkroom.domain.generation import Status
from tests.app.batching import add_batch, waiting_core
from tests.app.shell import shown
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.services.core import Core
    from tests.app.shell import Shell
    from tests.servers.comfyui import ComfyServer


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Core]:
    """A queue that is paused."""
    async with waiting_core(tmp_path) as core:
        yield core


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path, speed=0) as running:
        yield running


async def open_grid(shell: Shell) -> BatchGridScreen:
    await shell.press("alt+v")
    await shell.sees("Batches of this session")
    await shell.press("enter")
    return await grid_of(shell)


async def grid_of(shell: Shell) -> BatchGridScreen:
    await shell.until(lambda: isinstance(shell.app.screen, BatchGridScreen), "the grid")
    screen = shell.app.screen
    assert isinstance(screen, BatchGridScreen)
    await shell.until(lambda: screen.cells.whole, "all of its cells")
    return screen


async def ends(shell: Shell, screen: BatchGridScreen, **counts: int) -> None:
    """Waits until so many jobs of the batch have come so far."""
    wanted = {Status(status): count for status, count in counts.items()}
    await shell.until(
        lambda: {status: count for status, count in screen.cells.counts.items() if count} == wanted,
        f"{counts}",
    )


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_two_axes_are_rows_and_columns_with_labels(waiting: Core, size: tuple[int, int]) -> None:
    await add_batch(waiting, "steps=20,25", "cfg_scale=5,7,9")
    async with shown(waiting, size=size) as shell:
        await open_grid(shell)
        for words in ("6 waiting", "cfg_scale →", "20", "25", " 5 ", " 7 ", " 9", "next", "place 6"):
            await shell.sees(words)


async def test_more_axes_are_blocks_with_headings_and_one_is_a_strip(waiting: Core) -> None:
    await add_batch(waiting, "sampler=euler,ddim", "steps=20,25", "cfg_scale=5,7,9")
    await add_batch(waiting, "steps=21..26")
    async with shown(waiting, size=(100, 40)) as shell:
        screen = await open_grid(shell)  # the newer one
        assert screen.grid.shape.flows
        await shell.sees("26")
        await shell.press("escape", "alt+v")
        await shell.sees("Batches of this session")
        await shell.press("down", "enter")
        screen = await grid_of(shell)
        await shell.sees("sampler euler")
        await shell.press("end")
        await shell.sees("sampler ddim  steps 25  cfg_scale 9")


async def test_pictures_appear_as_they_are_made_and_open(tmp_path: Path, server: ComfyServer) -> None:
    async with waiting_core(tmp_path, server.url) as core:
        batch = await add_batch(core, "steps=2,3", "cfg_scale=5,7,9")
        async with shown(core) as shell:
            screen = await open_grid(shell)
            await ends(shell, screen, new=6)
            await core.queue.resume()
            await ends(shell, screen, complete=6)
            size = screen.grid.size_index
            hashes = [screen.cells.seen(position).picture for position in range(6)]
            await shell.until(
                lambda: all(screen.thumbnails.get(picture, size) for picture in hashes), "thumbnails"
            )
            await shell.sees("▀")
            await shell.press("right", "down", "enter")
            await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "everything about it")
            await shell.sees("steps 3 · cfg_scale 7")
            await shell.press("b")
            await shell.until(lambda: shell.app.screen is screen, "the grid again")
            await shell.press("enter")
            await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "everything about it")
            await shell.press("u")
            await shell.until(lambda: shell.app.screen is shell.main, "the panes")
            await shell.until(lambda: shell.main.form.values()["cfg_scale"] == 7.0, "its values in the form")
            assert batch.size == 6


async def test_the_newest_attempt_counts(tmp_path: Path, server: ComfyServer) -> None:
    await server.fault("fail", count=1)
    async with waiting_core(tmp_path, server.url, paused=False) as core, shown(core) as shell:
        await add_batch(core, "steps=2,3")
        screen = await open_grid(shell)
        await ends(shell, screen, complete=1, failed=1)
        found = [screen.cells.latest(position) for position in range(2)]
        failed = next(p for p, job in enumerate(found) if job is not None and job.status is Status.FAILED)
        screen.grid.cursor = failed
        await shell.press("r")
        await ends(shell, screen, complete=2)
        first = screen.cells.latest(failed)
        assert first is not None
        assert first.retry_of is not None
        fresh = BatchCells(core, screen.shown, {})
        await fresh.begin()
        await fresh.walk()
        assert fresh.counts[Status.COMPLETE] == 2
        assert fresh.latest(failed) == first
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        history = shell.main.history.list

        def newest() -> bool:
            """Whether the second attempt is known to the list, whose newest row it is."""
            row = history.window.row(0)
            return row is not None and row.retry_of is not None

        await shell.until(newest, "the second attempt in the history")
        await shell.press("alt+4", "home")
        await shell.until(lambda: history.cursor == 0, "the newest row")
        await shell.press("b")
        again = await grid_of(shell)
        await shell.until(lambda: again.grid.cursor == failed, "the cursor on its cell")


async def test_what_waits_is_cancelled_after_asking(waiting: Core) -> None:
    await add_batch(waiting, "steps=20..24")
    async with shown(waiting) as shell:
        screen = await open_grid(shell)
        await ends(shell, screen, new=5)
        await shell.press("x")
        await shell.sees("Cancel 5 jobs of this batch?")
        await shell.press("y")
        await ends(shell, screen, cancelled=5)
        assert await waiting.queue.page(limit=10) == ()
        await shell.press("x")
        await shell.sees("Nothing of this batch waits")
        await shell.press("r")
        await ends(shell, screen, cancelled=4, new=1)


async def test_it_is_exported_as_one_picture_and_two_are_flipped(tmp_path: Path, server: ComfyServer) -> None:
    async with waiting_core(tmp_path, server.url, paused=False) as core, shown(core) as shell:
        await add_batch(core, "steps=2,3")
        screen = await open_grid(shell)
        await ends(shell, screen, complete=2)
        await shell.press("f")
        await shell.sees("Mark two pictures with space first")
        await shell.press("space", "right", "space", "f")
        await shell.until(lambda: isinstance(shell.app.screen, ViewerScreen), "two in one place")
        flip = shell.app.screen
        assert isinstance(flip, ViewerScreen)
        first, second = (screen.cells.seen(position).picture for position in range(2))
        await shell.until(lambda: flip.picture.shown == first, "the first")
        await shell.press("space")
        await shell.until(lambda: flip.picture.shown == second, "the second")
        await shell.press("escape", "e")
        await shell.sees("Export as one picture")
        target = tmp_path / "sheet.png"
        await shell.press("ctrl+u", *str(target), "enter")
        await shell.until(target.is_file, "the file")
        await shell.sees("Written")
        with Image.open(target) as image:
            assert image.format == "PNG"


async def test_the_way_there_from_the_queue(waiting: Core) -> None:
    await add_batch(waiting, "steps=20,21")
    async with shown(waiting) as shell:
        await shell.press("alt+5")
        await shell.sees("#2")
        await shell.press("down", "enter")
        await shell.sees("b shows it")
        await shell.press("b")
        screen = await grid_of(shell)
        await shell.until(lambda: screen.grid.cursor == 1, "the cursor on the job")
        await shell.press("escape")
        await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "where it was opened")


async def test_hostile_prompts_are_data(waiting: Core) -> None:
    await add_batch(waiting, 'prompt="a \x1b[31m[bold]boat[/bold]\u202e",two', "steps=20,21")
    async with shown(waiting) as shell:
        await open_grid(shell)
        await shell.sees("[bold]boat[/bold]")
        assert not {"\x1b", "\u202e"} & set(shell.text())


async def test_larger_and_smaller_and_a_click(waiting: Core) -> None:
    await add_batch(waiting, "steps=20,21", "cfg_scale=5,7")
    async with shown(waiting) as shell:
        screen = await open_grid(shell)
        size = screen.grid.size_index
        await shell.press("minus")
        await shell.until(lambda: screen.grid.size_index == size - 1, "smaller pictures")
        x, y = screen.grid.shape.corner(3)
        place = (x + screen.grid.shape.label_columns + 1, y + screen.grid.head_lines + 1)
        await shell.pilot.click(screen.grid, offset=place)
        assert screen.grid.cursor == 3
        await shell.sees("steps 21  cfg_scale 7")


async def test_a_generation_of_no_batch_says_so(full: Core) -> None:
    async with shown(full) as shell:
        await shell.press("alt+4", "b")
        await shell.sees("It belongs to no batch")


@pytest.mark.parametrize(
    ("axes", "room", "flows", "columns", "height"),
    [
        ({"seed": range(10)}, 60, True, 4, 3 * 7),
        ({"steps": (1, 2), "cfg": (5, 6, 7)}, 60, False, 3, 2 * 7),
        ({"vae": "ab", "steps": (1, 2), "cfg": (5, 6, 7)}, 60, False, 3, 2 * (1 + 2 * 7)),
        ({}, 60, True, 1, 7),
    ],
)
def test_every_cell_has_a_place_and_is_found_there(
    axes: dict[str, range], room: int, flows: bool, columns: int, height: int
) -> None:
    shape = Shape({name: tuple(labels) for name, labels in axes.items()}, 1, SIZES[1], room)
    assert (shape.flows, shape.columns, shape.height) == (flows, columns, height)
    for position in range(shape.size):
        x, y = shape.corner(position)
        place = shape.row_at(y + shape.cell_lines - 1)
        assert place is not None
        assert shape.position(place[0], place[1], x // shape.cell_columns) == position
    assert shape.row_at(shape.height) is None
