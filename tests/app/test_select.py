"""The list over a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.geometry import Region

from darkroom.app.widgets.line_input import LineInput
from darkroom.app.widgets.select import Choice, Picked, SelectOverlay
from darkroom.app.widgets.select.choices import ChoiceList, marked
from tests.app.form_host import HOSTILE, FormHost, StyledApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

NAMES = ["ink.safetensors", "noir/detail.safetensors", "harbour_lights.safetensors", HOSTILE, "[blurry]"]


async def opened(pilot: Pilot[Any], over: Region | None = None, typed: str = "") -> list[Picked | None]:
    """Opens a list and gives what it ends with."""
    ended: list[Picked | None] = []
    choices = [Choice(None, "none", quiet=True), *(Choice(name, name) for name in NAMES)]
    pilot.app.push_screen(
        SelectOverlay(choices, NAMES[1], over=over, typed=typed, title=HOSTILE), ended.append
    )
    await pilot.pause()
    await pilot.pause()
    return ended


def lines(app: StyledApp) -> list[str]:
    """The lines of the list that are in sight."""
    shown = app.screen.query_one(ChoiceList)
    return [shown.render_line(y).text.strip() for y in range(min(shown.length, shown.size.height))]


async def test_it_opens_at_the_current_choice_and_enter_keeps_it() -> None:
    async with StyledApp().run_test() as pilot:
        ended = await opened(pilot)
        assert "▌● noir/detail.safetensors" in lines(pilot.app)  # type: ignore[arg-type]
        await pilot.press("enter")
        await pilot.pause()
        assert ended == [Picked(NAMES[1])]


async def test_typing_filters_and_the_arrows_choose() -> None:
    async with StyledApp().run_test() as pilot:
        ended = await opened(pilot)
        await pilot.press(*"saf", "down", "enter")
        await pilot.pause()
        assert ended[0] is not None
        assert ended[0].value in NAMES[:3]
        ended = await opened(pilot, typed="h")
        await pilot.press(*"arb", "enter")
        await pilot.pause()
        assert ended == [Picked("harbour_lights.safetensors")]


async def test_none_can_be_chosen_and_escape_chooses_nothing() -> None:
    async with StyledApp().run_test() as pilot:
        ended = await opened(pilot)
        await pilot.press("up", "up", "enter")
        await pilot.pause()
        assert ended == [Picked(None)]
        ended = await opened(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert ended == [None]


async def test_nothing_like_it_stays_open() -> None:
    async with StyledApp().run_test() as pilot:
        ended = await opened(pilot)
        await pilot.press(*"zzz", "enter", "backspace", "backspace", "backspace")
        await pilot.pause()
        assert ended == []
        assert len(lines(pilot.app)) == len(NAMES) + 1  # type: ignore[arg-type]


async def test_foreign_names_are_shown_as_they_are() -> None:
    async with StyledApp().run_test() as pilot:
        await opened(pilot)
        text = "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())
        assert "[blurry]" in text
        assert "a [blurry] [/lora]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("size", [(80, 24), (30, 10)])
@pytest.mark.parametrize("over", [Region(0, 0, 10, 1), Region(60, 22, 20, 1), Region(5, 9, 20, 1), None])
async def test_it_stays_within_the_screen(size: tuple[int, int], over: Region | None) -> None:
    async with StyledApp().run_test(size=size) as pilot:
        await opened(pilot, over)
        frame = pilot.app.screen.query_one("Vertical").region
        assert pilot.app.screen.region.contains_region(frame)
        assert pilot.app.screen.query_one(ChoiceList).size.height >= 1


async def test_a_click_chooses_and_a_click_beside_it_closes() -> None:
    async with StyledApp().run_test() as pilot:
        ended = await opened(pilot)
        await pilot.click(ChoiceList, offset=(4, 1))
        await pilot.pause()
        assert ended == [Picked(NAMES[0])]
        ended = await opened(pilot)
        await pilot.click(offset=(79, 23))
        await pilot.pause()
        assert ended == [None]


async def test_a_field_opens_it_and_takes_the_choice() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        host.form.focus_field("4.ckpt_name")
        await pilot.pause()
        await pilot.pause()
        await pilot.press("d", "r", "enter")
        await pilot.pause()
        assert host.form.values()["4.ckpt_name"] == "dreamshaper_8.safetensors"
        host.form.set_values({"4.ckpt_name": "gone.ckpt"})
        assert host.form.model.problem("4.ckpt_name") == "the server has no “gone.ckpt”"
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert host.form.values()["4.ckpt_name"] == "gone.ckpt"


async def test_letters_typed_faster_than_the_list_opens_are_not_lost() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        host.form.focus_field("4.ckpt_name")
        await pilot.pause()
        await pilot.pause()
        for letter in "dream":
            host.post_message(events.Key(letter, letter))
        await pilot.pause()
        await pilot.pause()
        assert len(host.screen_stack) == 2
        assert host.screen.query_one(LineInput).value == "dream"
        await pilot.press("enter")
        await pilot.pause()
        assert host.form.values()["4.ckpt_name"] == "dreamshaper_8.safetensors"


async def test_usual_sizes_are_offered_where_there_is_a_width_and_a_height() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        host.form.focus_field("5.height")
        await pilot.pause()
        await pilot.pause()
        await pilot.press("p")
        await pilot.pause()
        await pilot.press(*"832", "enter")
        await pilot.pause()
        assert {host.form.values()["5.width"], host.form.values()["5.height"]} == {1216, 832}


def test_letters_that_were_typed_are_marked() -> None:
    pieces = marked("harbour", (0, 1, 4), "text")
    assert [(piece.text, piece.tone) for piece in pieces] == [
        ("ha", "accent"),
        ("rb", "text"),
        ("o", "accent"),
        ("ur", "text"),
    ]
