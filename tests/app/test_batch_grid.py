"""The grid of a batch: real batches, and at times a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.app.screens.batch_grid import BatchGridScreen
from tests.app.batching import add_batch, waiting_core
from tests.app.shell import shown
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.shell import Shell


def grid_of(shell: Shell) -> BatchGridScreen:
    screen = shell.app.screen
    assert isinstance(screen, BatchGridScreen)
    return screen


async def open_grid(shell: Shell) -> BatchGridScreen:
    await shell.press("alt+v")
    await shell.sees("Batches of this session")
    await shell.press("enter")
    await shell.until(lambda: isinstance(shell.app.screen, BatchGridScreen), "the grid")
    screen = grid_of(shell)
    await shell.until(lambda: screen.cells.whole, "all of its cells")
    return screen


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_two_axes_are_rows_and_columns_with_labels(tmp_path: Path, size: tuple[int, int]) -> None:
    async with waiting_core(tmp_path) as core:
        await add_batch(core, "steps=20,25", "cfg_scale=5,7,9")
        async with shown(core, size=size) as shell:
            await open_grid(shell)
            await shell.sees("6 waiting")
            await shell.sees("cfg_scale →")
            for word in ("20", "25", " 5 ", " 7 ", " 9", "next", "place 2"):
                await shell.sees(word)


async def test_pictures_appear_as_they_are_made(tmp_path: Path) -> None:
    async with comfyui_server(tmp_path, speed=0) as server, waiting_core(tmp_path, server.url) as core:
        await add_batch(core, "steps=2,3", "cfg_scale=5,7,9")
        async with shown(core) as shell:
            screen = await open_grid(shell)
            await core.queue.resume()
            await shell.sees("6 done")
            await shell.until(lambda: all(screen.cells.seen(p).picture for p in range(6)), "pictures")
