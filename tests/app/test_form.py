"""The form as a whole, driven by keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.geometry import Region
from textual.widgets import TextArea

from darkroom.app.widgets.form import ParameterForm
from darkroom.app.widgets.form.section import SectionHeader
from darkroom.domain.parameters import Kind, ParameterSpec
from tests.app.form_host import HOSTILE, SPECS, VALUES, FormHost, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


async def at(pilot: Pilot[object], address: str) -> FormHost:
    """Puts the focus on a field."""
    host = pilot.app
    assert isinstance(host, FormHost)
    await pilot.pause()
    assert host.form.focus_field(address)

    def has_it() -> bool:
        focused = host.focused
        field = focused.parent if isinstance(focused, TextArea) else focused
        return getattr(field, "address", "") == address

    await until(pilot, has_it)
    return host


async def until(pilot: Pilot[Any], met: Callable[[], bool]) -> None:
    """Waits for a condition."""
    async with asyncio.timeout(20):
        while not met():
            await pilot.pause()


async def test_typing_replaces_a_number_and_tells_it() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        await pilot.press("3", "5")
        assert host.form.values()["3.steps"] == 35
        assert [values["3.steps"] for values in host.told] == [3, 35]


async def test_steps_keep_to_the_servers_digits_and_limits() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.cfg")
        await pilot.press("up", "up", "up")
        assert host.form.values()["3.cfg"] == 8.3
        await pilot.press("shift+down", "minus")
        assert host.form.values()["3.cfg"] == 7.2
        await at(pilot, "3.steps")
        await pilot.press("1", "enter", "down")
        assert host.form.values()["3.steps"] == 1


async def test_what_is_no_number_stays_typed_and_is_wrong() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        await pilot.press("ctrl+u")
        await pilot.press("0")
        assert host.form.model.problem("3.steps") == "at least 1"
        await pilot.press("ctrl+z")
        assert host.form.values()["3.steps"] == 20


async def test_a_prompt_takes_lines_and_leaves_the_numbers_of_panes_alone() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "6.text")
        await pilot.press("end", "enter", "1", "question_mark")
        assert host.form.values()["6.text"] == "a quiet harbour\n1?"
        await pilot.press("tab")
        assert host.focused is not None
        assert host.focused.parent is not host.form.query("PromptField").first()


async def test_values_are_never_behind_the_keys() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "6.text")
        editor = host.focused
        assert isinstance(editor, TextArea)
        editor.insert("!")
        assert host.form.values()["6.text"] == "!a quiet harbour"


async def test_text_that_was_not_touched_goes_back_as_it_came() -> None:
    async with FormHost(state(values={**VALUES, "6.text": HOSTILE, "9.prefix": HOSTILE})).run_test() as pilot:
        host = await at(pilot, "9.prefix")
        await pilot.press("tab")
        assert host.form.values()["6.text"] == HOSTILE
        assert host.form.values()["9.prefix"] == HOSTILE
        assert "\x1b[31m" not in host.export_screenshot()
        assert "\u202e" not in host.export_screenshot()


async def test_loading_the_same_specs_keeps_the_cursor_and_the_widgets() -> None:
    async with FormHost().run_test(size=(80, 12)) as pilot:
        host = await at(pilot, "6.text")
        await pilot.press("right", "right")
        editor = host.focused
        assert isinstance(editor, TextArea)
        host.form.load(state(values={**VALUES, "3.steps": 7}))
        await pilot.pause()
        assert host.focused is editor
        assert editor.cursor_location == (0, 2)
        assert host.form.values()["3.steps"] == 7


async def test_other_specs_keep_what_stays_and_its_focus() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.cfg")
        focused = host.focused
        more = ParameterSpec("lora.strength", "Strength", Kind.NUMBER, 1.0, None, "Model", -10.0, 10.0)
        specs = [spec for spec in SPECS if spec.address != "3.tiled"]
        specs.insert(4, more)
        host.form.load(state(specs))
        await pilot.pause()
        assert host.focused is focused
        assert [field.address for field in host.form.fields()] == [
            spec.address for spec in specs if not spec.advanced
        ]
        assert host.form.values()["lora.strength"] == 1.0


async def test_sections_compose_their_rows_when_they_first_open() -> None:
    many = [replace(SPECS[4], address=f"{n}.steps", section=f"Node {n // 10}") for n in range(300)]
    async with FormHost(state(many, {})).run_test() as pilot:
        await pilot.pause()
        form = pilot.app.query_one(ParameterForm)
        assert len(list(form.fields())) == 40
        headers = list(form.query(SectionHeader))
        headers[-1].focus()
        await pilot.press("enter")
        await pilot.pause()
        assert len(list(form.fields())) == 50


async def test_the_first_problem_gets_the_focus_even_in_a_closed_section() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        assert not host.form.focus_first_problem()
        host.form.mark({"9.prefix": "no such folder", "no.such": "ignored"})
        assert host.form.focus_first_problem()
        await pilot.pause()
        await pilot.pause()
        assert host.focused is not None
        assert getattr(host.focused, "address", "") == "9.prefix"
        assert "no such folder" in host.export_screenshot().replace("&#160;", " ")
        await pilot.press("x")
        assert host.form.model.problem("9.prefix") is None


async def test_a_form_without_prompts_leaves_no_room_for_them() -> None:
    sampling = [spec for spec in SPECS if spec.section == "Sampling"]
    async with FormHost(state(sampling)).run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)

        def place() -> Region:
            # While another form is put in, there is none.
            headers = host.query(SectionHeader)
            return headers.first().region if headers else Region()

        await until(pilot, lambda: bool(place()))
        without = place().y
        assert without <= 1
        host.form.load(state(SPECS))
        await until(pilot, lambda: place().y > without + 6)
        host.form.load(state(sampling))
        await until(pilot, lambda: place().y == without)


async def test_swap_exchanges_width_and_height() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "5.width")
        await pilot.press("s")
        await pilot.pause()
        assert (host.form.values()["5.width"], host.form.values()["5.height"]) == (768, 1024)


async def test_choosing_a_lora_asks_for_another_form() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "lora.name")
        await pilot.press("right")
        await pilot.pause()
        assert [type(event) for event in host.said] == [ParameterForm.Changed, ParameterForm.RebuildWanted]
        await pilot.press("delete")
        await pilot.pause()
        assert host.form.values()["lora.name"] is None
        assert isinstance(host.said[-1], ParameterForm.RebuildWanted)


async def test_seeds_go_round() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.seed")
        host.form.set_last_seed(41)
        await pilot.press("l")
        assert host.form.values()["3.seed"] == 41
        await pilot.press("plus")
        assert host.form.values()["3.seed"] == 42
        await pilot.press("r")
        assert host.form.values()["3.seed"] == -1
        await pilot.press("plus")
        assert host.form.values()["3.seed"] == 42
        await pilot.press("1", "8", *"446744073709551615", "enter")
        await pilot.press("ctrl+shift+a", *"18446744073709551615", "enter", "plus")
        assert host.form.values()["3.seed"] == 0
