"""The full-screen view: turning over, moving about, two pictures in turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from darkroom.app.graphics import graphics_of
from darkroom.app.screens.detail import DetailScreen
from darkroom.app.screens.viewer import ViewerScreen
from darkroom.app.widgets.picture.view import FIT, Mode, place
from tests.app.shell import shown

if TYPE_CHECKING:
    from darkroom.domain.pictures import Picture
    from darkroom.services.core import Core
    from tests.app.shell import Shell

FOUR_PICTURES = 12
"""Row of the history whose generation has four pictures, counted from 0."""


async def viewer_of(shell: Shell) -> ViewerScreen:
    await shell.until(lambda: isinstance(shell.app.screen, ViewerScreen), "the view")
    screen = shell.app.screen
    assert isinstance(screen, ViewerScreen)
    await drawn(shell, screen)
    return screen


async def drawn(shell: Shell, screen: ViewerScreen) -> None:
    """Waits until the picture that is wanted is on the screen."""
    await shell.until(lambda: screen.picture.shown == screen.shot.output.hash, "the picture")


async def opened(shell: Shell, row: int = 0) -> ViewerScreen:
    """The view, opened from a row of the history."""
    await shell.press("alt+4")
    shell.main.history.list.cursor = row
    await shell.press("v")
    return await viewer_of(shell)


async def turned(shell: Shell, screen: ViewerScreen, *keys: str) -> None:
    """Presses keys of which each turns to another picture."""
    for key in keys:
        await turn(shell, screen, key, screen.shot)


async def turn(shell: Shell, screen: ViewerScreen, key: str, before: Picture) -> None:
    await shell.press(key)
    await shell.until(lambda: screen.shot != before, "another picture")
    await drawn(shell, screen)


def is_decoded(screen: ViewerScreen, shot: Picture) -> bool:
    return any(ident == shot.output.hash for ident, _ in screen._ahead.decoded._kept)


async def test_it_goes_through_the_history_and_back_to_where_it_ended(full: Core) -> None:
    async with shown(full, size=(80, 24)) as shell:
        screen = await opened(shell)
        assert screen.picture.size == (80, 22)
        first = screen.shot
        await shell.sees("34 %  1 of 16")
        await turned(shell, screen, "right", "l", "pagedown", "down")
        await shell.sees("5 of 16")
        assert screen.shot.summary.number == first.summary.number - 4
        await turned(shell, screen, "left")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        generation = shell.main.history.list.generation()
        assert generation is not None
        assert generation.number == first.summary.number - 3
        assert shell.main.preview.generation() == generation


async def test_rows_without_pictures_are_passed_over_and_of_several_all_are_shown(full: Core) -> None:
    async with shown(full) as shell:
        screen = await opened(shell, FOUR_PICTURES)
        number = screen.shot.summary.number
        seen = [screen.shot]
        for _ in range(5):
            await turned(shell, screen, "right")
            seen.append(screen.shot)
        assert [shot.output.index for shot in seen] == [0, 1, 2, 3, 0, 0]
        assert [number - shot.summary.number for shot in seen] == [0, 0, 0, 0, 2, 3]
        await shell.press("right")
        await shell.sees("This is the last one")
        assert screen.shot == seen[-1]
        await turned(shell, screen, "left", "left")
        assert screen.shot == seen[3]


async def test_it_begins_with_the_picture_that_was_looked_at(full: Core) -> None:
    async with shown(full) as shell:
        await shell.press("alt+4")
        shell.main.history.list.cursor = FOUR_PICTURES
        shell.main.history.list.post_message(
            shell.main.history.list.Highlighted(shell.main.history.list, FOUR_PICTURES)
        )
        await shell.sees("1 of 4")
        await shell.press("alt+3", "right", "right", "v")
        screen = await viewer_of(shell)
        assert screen.shot.output.index == 2


async def test_keys_zoom_and_move_and_the_next_picture_is_seen_the_same_way(full: Core) -> None:
    async with shown(full, size=(100, 30)) as shell:
        screen = await opened(shell)
        picture = screen.picture
        await shell.press("0")
        assert picture.view.mode is Mode.ACTUAL
        await shell.sees("100 %")
        await shell.press("plus", "plus")
        await shell.sees("200 %")
        before, first = picture.view.centre, screen.shot
        await shell.press("right", "down")
        assert picture.view.centre[0] > before[0]
        assert picture.view.centre[1] > before[1]
        assert screen.shot is first
        view = picture.view
        await turned(shell, screen, "n")
        assert picture.view == view
        await shell.press("f")
        assert picture.view == FIT
        await shell.press("F")
        natural = picture.natural_px
        assert natural is not None
        box = place(natural, picture.room, picture.view).box
        assert (box.columns, box.lines) == (100, 28)


async def test_the_mouse_zooms_where_it_is_and_drags(full: Core) -> None:
    async with shown(full, size=(100, 30)) as shell:
        screen = await opened(shell)
        picture = screen.picture
        natural = picture.natural_px
        assert natural is not None
        picture.zoom(4)
        before = place(natural, picture.room, picture.view).source
        await shell.pilot.mouse_down(picture, offset=(50, 10))
        await shell.pilot.hover(picture, offset=(40, 12))
        await shell.pilot.mouse_up(picture, offset=(40, 12))
        after = place(natural, picture.room, picture.view).source
        scale = place(natural, picture.room, picture.view).scale
        width, height = picture.room.cell_px
        assert after[0] - before[0] == pytest.approx(10 * width / scale, abs=1)
        assert after[1] - before[1] == pytest.approx(-2 * height / scale, abs=1)


async def test_two_pictures_flip_in_place_with_what_differs(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell)
        first = screen.shot
        await shell.press("space")
        await shell.sees("Mark a picture with a first")
        await shell.press("a", "space")
        await shell.sees("Turn to another picture first")
        await turned(shell, screen, "right")
        second = screen.shot
        await turned(shell, screen, "space")
        assert screen.shot == first
        await shell.sees(f" A  #{first.summary.number}")
        await shell.sees(f"seed {first.summary.seed}")
        await turned(shell, screen, "space")
        assert screen.shot == second
        await shell.sees(f" B  #{second.summary.number}")
        await turned(shell, screen, "space", "right")
        third = screen.shot
        assert third.summary.number == second.summary.number - 1
        await turned(shell, screen, "space")
        assert screen.shot == first
        await turned(shell, screen, "space")
        assert screen.shot == third


async def test_what_is_known_is_shown_over_it(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell)
        await shell.press("i")
        for words in (
            f"seed        {screen.shot.summary.seed}",
            "sampler     euler/normal",
            "server      demo",
            "took",
        ):
            await shell.sees(words)
        await turned(shell, screen, "right")
        await shell.sees(f"seed        {screen.shot.summary.seed}")
        await shell.press("i")
        await shell.until(lambda: "took" not in shell.text(), "the picture alone")


async def test_words_stand_beside_a_sixel_which_they_would_hide(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        graphics_of(shell.app).use("sixel")
        screen = await opened(shell)
        await shell.press("i")
        about = screen.query_one("#viewer-about")
        await shell.until(lambda: about.size.area > 0, "what is known of it")
        assert not about.region.overlaps(screen.picture.region)
        await shell.sees("1 of 16")
        await shell.sees("f1 help")
        graphics_of(shell.app).use("half")
        await shell.until(lambda: about.region.overlaps(screen.picture.region), "over it")


async def test_neighbours_are_decoded_before_they_are_asked_for(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell, 1)
        neighbours = [await screen._pictures.beside(screen.shot, by) for by in (1, -1)]
        for shot in neighbours:
            assert shot is not None
            await shell.until(partial(is_decoded, screen, shot), "it is decoded")
            full.store.blobs.path(shot.output.hash).unlink()
        await turned(shell, screen, "right", "left", "left")
        assert not screen.picture.words


async def test_what_it_asks_for_is_done(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell)
        await turned(shell, screen, "right")
        wanted = screen.shot.summary
        await shell.press("s")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        await shell.until(lambda: str(shell.main.form.values()["seed"]) == wanted.seed, "its seed")


async def test_deleting_goes_on_with_the_next(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell, FOUR_PICTURES)
        number = screen.shot.summary.number
        await shell.press("d")
        await shell.until(lambda: screen.shot.summary.number == number - 2, "what comes after it")
        await turned(shell, screen, "left")
        assert screen.shot.summary.number == number + 3, "two rows without a picture lie between"


async def test_everything_about_it_is_a_key_away_and_there_it_is_again(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell)
        await shell.press("enter")
        await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "everything about it")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is screen, "the picture")
        await shell.press("escape", "enter")
        await shell.until(lambda: isinstance(shell.app.screen, DetailScreen), "everything about it")
        await shell.press("v")
        screen = await viewer_of(shell)
        await turned(shell, screen, "right")
        await shell.press("u")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes, all else is closed")


async def test_hostile_prompts_are_data(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        screen = await opened(shell, 3)
        await shell.press("i")
        assert "[blurry]" in screen.shot.summary.prompt
        await shell.sees("[blurry] waves")


@pytest.mark.parametrize("size", [(20, 6), (4, 3), (1, 1), (300, 90)])
async def test_any_window_will_do(full: Core, size: tuple[int, int]) -> None:
    async with shown(full, size=size) as shell:
        await shell.press("alt+4")
        shell.main.history.list.action_history_view()
        await shell.until(lambda: isinstance(shell.app.screen, ViewerScreen), "the view")
        await shell.press("0", "plus", "right", "i", "F", "minus", "f", "right", "a", "left", "space")
        await shell.pilot.resize_terminal(80, 24)
        screen = shell.app.screen
        assert isinstance(screen, ViewerScreen)
        await drawn(shell, screen)
