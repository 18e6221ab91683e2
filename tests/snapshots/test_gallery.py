"""How the contact sheet looks: full, with marks, and while something is searched; dark and light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from darkroom.app.screens.gallery import GalleryScreen
from tests.app.seeding import fill
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from darkroom.services.core import Core
    from tests.app.shell import Shell


def names(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return f"darkroom-{request.param}"


async def gallery_of(shell: Shell) -> GalleryScreen:
    await shell.press("alt+6")
    await shell.until(lambda: isinstance(shell.app.screen, GalleryScreen), "the contact sheet")
    screen = shell.app.screen
    assert isinstance(screen, GalleryScreen)
    await shell.until(lambda: len(screen.sheet) > 0, "its pictures")
    return screen


async def picture_of(shell: Shell, screen: GalleryScreen) -> str:
    """The screen, once all that is in sight is drawn."""

    def all_there() -> bool:
        pictures = [screen.sheet.picture(position) for position in screen.grid.in_sight()]
        size = screen.grid.size_index
        return all(p is not None and screen.reader.drawing.tiles.get(p.output.hash, size) for p in pictures)

    await shell.until(all_there, "the pictures in sight")
    shell.app.clear_notifications()
    await shell.pilot.pause()
    return shell.app.export_screenshot()


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=names)
async def test_marked(tmp_path: Path, theme: str, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with opened_core(tmp_path, theme=theme) as core:
        await fill(core)
        async with shown(core, size=size) as shell:
            gallery = await gallery_of(shell)
            await shell.press("right", "space", "right", "right", "v", "down", "v", "right")
            assert await picture_of(shell, gallery) == screen


async def test_searched_everywhere(full: Core, screen: SnapshotAssertion) -> None:
    async with shown(full, size=(120, 36)) as shell:
        gallery = await gallery_of(shell)
        await shell.press("s", "slash", *"lighthouse")
        gallery.query_one(Input).cursor_blink = False
        await shell.until(lambda: gallery.reader.everywhere and 0 < len(gallery.sheet) < 8, "what was found")
        assert await picture_of(shell, gallery) == screen


async def test_nothing_found(full: Core, screen: SnapshotAssertion) -> None:
    async with shown(full, size=(80, 24)) as shell:
        gallery = await gallery_of(shell)
        await shell.press("slash", *"nowhere")
        await shell.sees("Nothing found")
        await shell.until(lambda: len(gallery.sheet) == 0, "nothing")
        assert await picture_of(shell, gallery) == screen
