"""How the full-screen view looks: all of a picture, a part, two in turn, and what is known beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from darkroom.app.screens.viewer import ViewerScreen
from tests.app.seeding import fill
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from darkroom.services.core import Core
    from tests.app.shell import Shell

SIZES = [(80, 24), (120, 36)]


def names(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time of day is shown as it is here."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


async def viewer_of(shell: Shell) -> ViewerScreen:
    """The view, opened from the newest row of the history."""
    await shell.press("alt+4", "v")
    await shell.until(lambda: isinstance(shell.app.screen, ViewerScreen), "the view")
    screen = shell.app.screen
    assert isinstance(screen, ViewerScreen)
    await drawn(shell, screen)
    return screen


async def drawn(shell: Shell, screen: ViewerScreen) -> None:
    """Waits until what is wanted is on the screen, the way it is to be seen."""

    def is_there() -> bool:
        prepared = screen.picture._shown
        wanted = screen.shot.output.hash, screen.picture.view
        return prepared is not None and (prepared.request.ident, prepared.request.view) == wanted

    await shell.until(is_there, "the picture")
    await shell.pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_whole(full: Core, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with shown(full, size=size) as shell:
        await viewer_of(shell)
        assert shell.app.export_screenshot() == screen


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_two_and_what_is_known(
    tmp_path: Path, theme: str, size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with opened_core(tmp_path, theme=f"darkroom-{theme}") as core:
        await fill(core)
        async with shown(core, size=size) as shell:
            viewer = await viewer_of(shell)
            first = viewer.shot
            await shell.press("a", "right")
            await shell.until(lambda: viewer.shot != first, "the next picture")
            await drawn(shell, viewer)
            await shell.press("F", "space", "i")
            await shell.until(lambda: viewer.shot == first, "the marked one")
            await drawn(shell, viewer)
            await shell.sees("checkpoint")
            assert shell.app.export_screenshot() == screen
