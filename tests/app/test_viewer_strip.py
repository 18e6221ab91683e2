"""The preview pane: the pictures of one generation side by side, and moving about in the large one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.picture.view import FIT, Mode
from darkroom.app.widgets.preview.filmstrip import Filmstrip, Frame
from tests.app.seeding import Row, fill
from tests.app.shell import shown

if TYPE_CHECKING:
    from darkroom.services.core import Core
    from tests.app.shell import Shell

SEVERAL = (Row(), Row(pictures=9, expected=9), Row())
"""Three generations, the second of which has nine pictures; oldest first."""


async def looking_at(shell: Shell, row: int) -> None:
    """Puts the cursor on a row of the history and waits for its picture."""
    rows = shell.main.history.list
    rows.cursor = row
    rows.post_message(rows.Highlighted(rows, row))
    summary = rows.generation()
    assert summary is not None
    assert summary.first_output is not None
    ident = summary.first_output.hash
    await shell.until(lambda: shell.main.preview.picture.shown == ident, "its picture")


def frames(shell: Shell) -> list[Frame]:
    return [frame for frame in shell.main.preview.query(Frame) if frame.size.area]


async def test_several_pictures_stand_side_by_side_and_a_click_chooses_one(core: Core) -> None:
    await fill(core, rows=SEVERAL)
    async with shown(core, size=(120, 60)) as shell:
        preview = shell.main.preview
        await looking_at(shell, 0)
        assert not frames(shell)
        await looking_at(shell, 1)
        await shell.until(lambda: len(frames(shell)) == 7, "as many as there is room for")
        await shell.until(lambda: all(frame.shown == frame.of for frame in frames(shell)), "small pictures")
        assert len({frame.of for frame in frames(shell)}) == 7
        assert [frame.has_class("-current") for frame in frames(shell)] == [True] + [False] * 6
        await shell.pilot.click(frames(shell)[5])
        await shell.sees("6 of 9")
        assert preview.output_index() == 5
        await shell.until(lambda: preview.picture.shown == frames(shell)[3].of, "it is large")
        assert [frame.place for frame in frames(shell)] == list(range(2, 9)), "the others move along"
        assert frames(shell)[3].has_class("-current")
        await looking_at(shell, 2)
        await shell.until(lambda: not frames(shell), "no strip for one picture")


async def test_there_is_no_strip_where_it_would_take_the_picture_s_room(core: Core) -> None:
    await fill(core, rows=SEVERAL)
    async with shown(core, size=(120, 36)) as shell:
        await looking_at(shell, 1)
        assert not frames(shell)
        await shell.press("f5")
        await shell.until(lambda: len(frames(shell)) == 9, "room for all of them")
        await shell.pilot.resize_terminal(40, 36)
        await shell.until(lambda: len(frames(shell)) == 4, "as many as there is room for")
        strip = shell.main.preview.query_one(Filmstrip)
        assert all(strip.region.contains_region(frame.region) for frame in frames(shell))


async def test_keys_move_about_in_the_pane_and_another_generation_is_seen_whole(core: Core) -> None:
    await fill(core, rows=SEVERAL)
    async with shown(core, size=(120, 36)) as shell:
        picture = shell.main.preview.picture
        await looking_at(shell, 1)
        await shell.press("alt+3", "right")
        await shell.sees("2 of 9")
        await shell.press("plus", "plus", "F")
        assert shell.main.preview.is_part
        centre = picture.view.centre
        await shell.press("0", "right")
        assert picture.view.centre[0] > centre[0]
        await shell.press("n")
        await shell.sees("3 of 9")
        assert picture.view.mode is Mode.ACTUAL
        await looking_at(shell, 0)
        assert picture.view == FIT
        await shell.press("right")
        await shell.sees("There is only one picture")
