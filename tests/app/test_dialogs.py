"""Small dialogs, help and jump mode, driven by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from darkroom.app.jumper import LETTERS, labels, targets
from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.help import HelpScreen
from darkroom.app.screens.jump import JumpScreen
from darkroom.app.screens.name import NameScreen
from darkroom.app.widgets.form.section import SectionHeader
from tests.app.form_host import HOSTILE, FormHost

if TYPE_CHECKING:
    from textual.screen import Screen


def seen(host: FormHost) -> str:
    """What stands on the screen, as lines of text."""
    return "\n".join(strip.text for strip in host.screen._compositor.render_strips())


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), False),
        (("y",), True),
        (("n",), False),
        (("escape",), None),
        (("tab", "enter"), True),
        (("right", "enter"), True),
    ],
)
async def test_confirming_takes_more_than_enter(keys: tuple[str, ...], answer: bool | None) -> None:
    async with FormHost().run_test() as pilot:
        answers: list[bool | None] = []
        pilot.app.push_screen(ConfirmScreen(f"Delete “{HOSTILE}”?", "It cannot be undone."), answers.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert answers == [answer]


async def test_foreign_text_in_dialogs_is_shown_as_it_is() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        screens: list[Screen[Any]] = [
            ConfirmScreen(HOSTILE, HOSTILE, yes="[/yes]"),
            NameScreen(HOSTILE, HOSTILE, detail=HOSTILE),
            HelpScreen([HOSTILE, HOSTILE], [("[x]", HOSTILE)], []),
        ]
        for screen in screens:
            host.push_screen(screen)
            await pilot.pause()
            text = seen(host)
            assert "a [blurry] [/lora]" in text
            assert "\x1b" not in text
            assert "\u202e" not in text
            await pilot.press("escape")


async def test_a_name_is_taken_without_the_spaces_around_it() -> None:
    async with FormHost().run_test() as pilot:
        answers: list[str | None] = []
        pilot.app.push_screen(NameScreen("Name", "harbour"), answers.append)
        await pilot.pause()
        await pilot.press("space", "d", "o", "c", "k", "space", "enter")
        await pilot.pause()
        pilot.app.push_screen(NameScreen("Name", "harbour"), answers.append)
        await pilot.pause()
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, NameScreen), "nothing is no name"
        await pilot.press("escape")
        await pilot.pause()
        assert answers == ["dock", None]


async def test_help_explains_the_field_with_the_focus() -> None:
    async with FormHost().run_test(size=(80, 40)) as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        host.form.focus_field("3.seed")
        await pilot.pause()
        await pilot.pause()
        host.push_screen(HelpScreen.explain(host.screen, {"generate": "f12"}))
        await pilot.pause()
        text = seen(host)
        assert "Seed · a seed" in text
        assert "0 … 18446744073709551615" in text
        assert "Draw a new seed for each picture" in text
        assert "f12" in text
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(host.screen, HelpScreen)


async def test_jumping_goes_to_the_place_of_the_letters() -> None:
    async with FormHost().run_test(size=(80, 40)) as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        places = targets(host.screen)
        wanted = next(place for place in places if place.region == host.form.query(SectionHeader)[1].region)
        letters = labels(len(places))[places.index(wanted)]
        host.push_screen(JumpScreen(places), lambda place: place.go() if place else None)
        await pilot.pause()
        await pilot.press(*letters)
        await pilot.pause()
        assert host.focused is host.form.query(SectionHeader)[1]


async def test_jumping_leaves_out_what_is_scrolled_away() -> None:
    async with FormHost().run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        places = targets(pilot.app.screen)
        assert 0 < len(places) < 8
        assert all(pilot.app.screen.region.contains_region(place.region) for place in places)


@pytest.mark.parametrize("count", [0, 1, 26, 27, 51, 300, 676])
def test_letters_are_different_and_none_begins_another(count: int) -> None:
    made = labels(count)
    assert len(set(made)) == count
    assert {letter for word in made for letter in word} <= set(LETTERS)
    singles = {word for word in made if len(word) == 1}
    assert not any(word[0] in singles for word in made if len(word) == 2)
