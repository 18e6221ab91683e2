"""The contact sheet: what it shows, where its keys go, and what is done with the marked pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from textual.widgets import Input

from darkroom.app.screens.detail import DetailScreen
from darkroom.app.screens.gallery import GalleryScreen
from darkroom.app.screens.jump import JumpScreen
from darkroom.app.screens.viewer import ViewerScreen
from darkroom.domain.generation import Status
from tests.app.batching import waiting_core
from tests.app.seeding import Row, add, fill
from tests.app.shell import shown

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.services.core import Core
    from tests.app.shell import Shell

PICTURES = 16
"""Of the session "harbour studies": thirteen generations, one of them with four."""

EVERYWHERE = PICTURES + 3 * 2


async def gallery_of(shell: Shell, count: int = PICTURES) -> GalleryScreen:
    await shell.press("alt+6")
    await shell.until(lambda: isinstance(shell.app.screen, GalleryScreen), "the contact sheet")
    screen = shell.app.screen
    assert isinstance(screen, GalleryScreen)
    await shell.until(lambda: len(screen.sheet) == count and screen.reader.is_read, "all pictures")
    await shell.until(lambda: not count or bool(screen.grid.size.area), "its place")
    return screen


def under_cursor(screen: GalleryScreen) -> int:
    key = screen.sheet.key(screen.grid.cursor)
    assert key is not None
    return key.number


async def viewer_of(shell: Shell) -> ViewerScreen:
    await shell.until(lambda: isinstance(shell.app.screen, ViewerScreen), "the picture alone")
    screen = shell.app.screen
    assert isinstance(screen, ViewerScreen)
    await shell.until(lambda: screen.picture.shown == screen.shot.output.hash, "the picture")
    return screen


async def drawn(shell: Shell, screen: GalleryScreen) -> None:
    """Waits until every picture in sight is drawn."""

    def all_there() -> bool:
        pictures = [screen.sheet.picture(position) for position in screen.grid.in_sight()]
        size = screen.grid.size_index
        return all(p is not None and screen.reader.drawing.tiles.get(p.output.hash, size) for p in pictures)

    await shell.until(all_there, "the pictures in sight")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_every_picture_of_the_session_is_a_cell(full: Core, size: tuple[int, int]) -> None:
    async with shown(full, size=size) as shell:
        screen = await gallery_of(shell)
        await drawn(shell, screen)
        for words in ("harbour studies", "16 pictures", "#25", "▀", "1 of 16"):
            await shell.sees(words)
        await shell.press("end")
        await shell.sees("#10")
        await shell.sees("16 of 16")
        keys = screen.sheet.index.keys(0, PICTURES)
        assert keys == sorted(keys, key=lambda key: (-key.number, key.output))
        assert [key.output for key in keys if key.number == 13] == [0, 1, 2, 3]
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")


async def test_all_sessions_and_back_and_what_was_chosen_stays(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("s")
        await shell.until(lambda: len(screen.sheet) == EVERYWHERE, "the pictures of all sessions")
        await shell.sees("all sessions")
        await shell.press("end")
        await shell.sees("faces")
        await shell.press("plus")
        size = screen.grid.size_index
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        again = await gallery_of(shell, EVERYWHERE)
        assert again.grid.size_index == size
        await shell.press("s")
        await shell.until(lambda: len(again.sheet) == PICTURES, "this session's")


async def test_a_search_narrows_it_down_and_escape_takes_it_back(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("slash", *"lighthouse")
        await shell.until(lambda: 0 < len(screen.sheet) < PICTURES, "what was found")
        found = len(screen.sheet)
        await shell.sees("“lighthouse”")
        await shell.press("enter")
        await shell.until(lambda: screen.focused is screen.grid, "the grid")
        await shell.press("s")
        await shell.until(lambda: len(screen.sheet) > found, "found everywhere")
        await shell.press("slash", *" storm [x]")
        await shell.sees("Nothing found")
        await shell.press("escape")
        await shell.until(lambda: len(screen.sheet) == EVERYWHERE, "everything")
        assert screen.query_one(Input).value == ""
        assert screen.focused is screen.grid


async def test_the_cursor_moves_by_keys_and_by_the_mouse(full: Core) -> None:
    async with shown(full, size=(100, 30)) as shell:
        screen = await gallery_of(shell)
        columns = screen.grid.shape.columns
        for keys, position in (
            (("l",), 1),
            (("j",), columns + 1),
            (("h",), columns),
            (("k",), 0),
            (("G",), PICTURES - 1),
            (("home",), 0),
            (("pagedown",), 2 * columns),
            (("pageup",), 0),
        ):
            await shell.press(*keys)
            assert screen.grid.cursor == position, keys
        x, y = screen.grid.shape.corner(2)
        await shell.pilot.click(screen.grid, offset=(x + 2, y + 1))
        assert screen.grid.cursor == 2
        x, y = screen.grid.shape.corner(4)
        await shell.pilot.click(screen.grid, offset=(x + 2, y + 1), control=True)
        await shell.sees("1 marked")
        x, y = screen.grid.shape.corner(6)
        await shell.pilot.click(screen.grid, offset=(x + 2, y + 1), shift=True)
        await shell.sees("3 marked")
        await shell.pilot.click(screen.grid, offset=(x + 2, y + 1), times=2)
        await viewer_of(shell)


async def test_ranges_are_marked_by_v_and_by_shift(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("v", "right", "right")
        await shell.sees("3 marked")
        await shell.press("left")
        await shell.sees("2 marked")
        await shell.press("v", "right", "right", "right")
        await shell.sees("2 marked")
        await shell.press("shift+right", "shift+right")
        await shell.sees("5 marked")
        await shell.press("right", "right", "space")
        await shell.sees("6 marked")
        await shell.press("v", "down", "escape")
        await shell.sees("6 marked")
        await shell.press("a")
        await shell.sees("16 marked")
        await shell.press("a")
        await shell.until(lambda: "marked" not in shell.text(), "no marks")
        await shell.press("space", "escape")
        assert shell.app.screen is screen
        assert screen.sheet.marks.count(screen.sheet.index, screen.grid.cursor) == 0


async def test_letters_over_the_pictures_lead_there(full: Core) -> None:
    async with shown(full, size=(100, 30)) as shell:
        screen = await gallery_of(shell)
        await shell.press("t")
        await shell.until(lambda: isinstance(shell.app.screen, JumpScreen), "letters")
        assert len(shell.app.screen.query(".jump-label")) == len(screen.grid.in_sight()) == PICTURES
        await shell.press("d")
        await shell.until(lambda: screen.grid.cursor == 2, "the third picture")
        await shell.press("ctrl+o", "g")
        await shell.until(lambda: screen.grid.cursor == 4, "the fifth picture")


async def test_what_is_marked_is_deleted_and_comes_back(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("space", "right", "space", "d")
        await shell.until(lambda: len(screen.sheet) == PICTURES - 2, "two pictures fewer")
        await shell.sees("Deleted: 2 generations")
        assert screen.sheet.marks.count(screen.sheet.index, screen.grid.cursor) == 0
        await shell.press("z")
        await shell.until(lambda: len(screen.sheet) == PICTURES, "both again")
        # One of four pictures is a part of its generation, which goes as a whole.
        screen.grid.cursor = next(p for p in range(PICTURES) if screen.sheet.index.key(p) == (13, 1))
        await shell.press("delete")
        await shell.until(lambda: len(screen.sheet) == PICTURES - 4, "four pictures fewer")
        await shell.press("z")
        await shell.until(lambda: len(screen.sheet) == PICTURES, "all of them again")


async def test_marked_pictures_are_written_to_a_folder(
    full: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("e")
        await shell.until(lambda: len([*tmp_path.glob("00025-*.png")]) == 1, "the one under the cursor")
        position = screen.sheet.index.nearest(13)
        screen.grid.cursor = position
        await shell.press("space", "right", "right", "space", "e")
        await shell.sees("Export 2 pictures to a folder")
        target = tmp_path / "chosen"
        await shell.press("ctrl+u", *str(target), "enter")
        await shell.until(lambda: target.is_dir() and len([*target.iterdir()]) == 2, "the files")
        hashes = [output.hash for output in (await full.history.find("13")).outputs]
        written = sorted(target.iterdir())
        for path, blob_hash in zip(written, (hashes[0], hashes[2]), strict=True):
            assert path.read_bytes() == full.store.blobs.path(blob_hash).read_bytes()
            with Image.open(path) as image:
                image.verify()


async def test_two_marked_pictures_are_flipped(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("f")
        await shell.sees("Mark two pictures with space first")
        await shell.press("space", "right", "space", "f")
        viewer = await viewer_of(shell)
        first, second = (screen.sheet.index.key(position) for position in range(2))
        assert viewer.shot.key == first
        await shell.press("space")
        await shell.until(lambda: viewer.shot.key == second, "the second")
        await shell.until(lambda: viewer.picture.shown == viewer.shot.output.hash, "its picture")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is screen, "the sheet again")


async def test_a_picture_opens_and_the_sheet_goes_on_where_the_view_ended(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("right", "enter")
        viewer = await viewer_of(shell)
        await shell.press("pagedown", "pagedown")
        third = screen.sheet.index.key(3)
        await shell.until(lambda: viewer.shot.key == third, "the picture after the next")
        await shell.sees("4 of 16")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is screen and screen.grid.cursor == 3, "the sheet there")
        await shell.press("enter")
        await viewer_of(shell)
        await shell.press("u")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes, the form filled")


async def test_what_is_made_meanwhile_comes_in_and_the_cursor_stays_on_its_picture(full: Core) -> None:
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.press("right", "right")
        before = under_cursor(screen)
        session = await full.sessions.last()
        made = await add(full, session, 90, Row(pictures=2, expected=2))
        summary = await full.store.generations.summary(made)
        assert summary is not None
        assert summary.status is Status.COMPLETE
        await full.history.restore([made])  # tells of it, as a run does
        await shell.until(lambda: len(screen.sheet) == PICTURES + 2, "two more pictures")
        assert screen.grid.cursor == 4
        assert under_cursor(screen) == before
        await drawn(shell, screen)


async def test_everything_about_a_picture_fills_the_form(full: Core) -> None:
    async with shown(full) as shell:
        await gallery_of(shell)
        await shell.press("i")
        await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "everything about it")
        await shell.press("s")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        await shell.until(lambda: shell.main.form.values()["seed"] == 987654321 + 15 * 1_000_003, "its seed")


async def test_an_empty_session_says_so(tmp_path: Path) -> None:
    async with waiting_core(tmp_path) as core, shown(core) as shell:
        await gallery_of(shell, 0)
        await shell.sees("No pictures yet")
        await shell.press("enter")
        await shell.sees("There is no picture here")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")


async def test_only_what_is_near_the_eye_is_read_and_drawn(core: Core) -> None:
    await fill(core, rows=tuple(Row(width=64, height=64) for _ in range(120)))
    async with shown(core, size=(80, 24)) as shell:
        screen = await gallery_of(shell, 120)
        await drawn(shell, screen)
        page = len(screen.grid.in_sight())
        near = set(screen.reader.near(screen.grid.in_sight()))
        assert page < len(near) <= 3 * page

        def known() -> set[int]:
            return {position for position in range(120) if screen.sheet.picture(position) is not None}

        assert known() == near
        await shell.press("end")
        await shell.until(lambda: 119 in known(), "the last ones")
        await drawn(shell, screen)
        assert 60 not in known()


async def test_a_picture_that_is_damaged_says_so_and_the_others_are_drawn(full: Core) -> None:
    newest = (await full.history.find("25")).outputs[0]
    path = full.store.blobs.path(newest.hash)
    path.chmod(0o600)
    path.write_bytes(b"no picture")
    async with shown(full) as shell:
        screen = await gallery_of(shell)
        await shell.sees("not drawn")
        others = [screen.sheet.picture(position) for position in screen.grid.in_sight()[1:]]
        size = screen.grid.size_index
        await shell.until(
            lambda: all(
                p is not None and screen.reader.drawing.tiles.get(p.output.hash, size) for p in others
            ),
            "all others",
        )
