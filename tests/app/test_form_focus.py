"""Where the focus goes when the fields of the form come and go."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, TextArea

from darkroom.app.widgets.form import ParameterForm
from darkroom.app.widgets.form.section import Section
from darkroom.domain.parameters import Kind, ParameterSpec
from tests.app.form_host import SPECS, FormHost, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.pilot import Pilot

BY_ADDRESS = {spec.address: spec for spec in SPECS}
OTHER = tuple(
    ParameterSpec(f"{n}.other", f"Other {n}", Kind.INTEGER, n, None, "Other", 0, 9999) for n in range(3)
)


async def until(pilot: Pilot[Any], met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():
            await pilot.pause()


def focused(host: FormHost) -> str:
    """Address of the field with the focus; "" when there is none."""
    widget = host.focused
    field = widget.parent if isinstance(widget, TextArea) else widget
    return str(getattr(field, "address", ""))


async def at(pilot: Pilot[Any], address: str) -> FormHost:
    host = pilot.app
    assert isinstance(host, FormHost)
    await pilot.pause()
    assert host.form.focus_field(address)
    await until(pilot, lambda: focused(host) == address)
    return host


async def test_the_nearest_field_above_takes_over_from_one_that_goes() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.tiled")
        gone = ("3.cfg", "3.seed", "3.tiled")
        host.form.load(state([spec for spec in SPECS if spec.address not in gone]))
        assert focused(host) == "3.steps"
        await pilot.press("7")
        assert host.form.values()["3.steps"] == 7


async def test_a_field_of_another_kind_takes_over_from_the_one_it_replaces() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        other = replace(BY_ADDRESS["3.steps"], kind=Kind.TEXT, default="")
        host.form.load(state([other if spec.address == "3.steps" else spec for spec in SPECS], {}))
        await pilot.press("x")
        assert host.form.values()["3.steps"] == "x"


async def test_a_prompt_takes_over_as_soon_as_its_editor_is_made() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "9.prefix")
        other = replace(BY_ADDRESS["9.prefix"], multiline=True)
        host.form.load(state([other if spec.address == "9.prefix" else spec for spec in SPECS]))
        await until(pilot, lambda: isinstance(host.focused, TextArea) and host.focused.is_attached)
        assert focused(host) == "9.prefix"


@pytest.mark.parametrize("address", ["6.text", "3.seed", "5.height"])
async def test_an_altogether_other_form_hears_the_next_key(address: str) -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, address)
        host.form.load(state(OTHER, {}))
        await until(pilot, lambda: host.focused is not None)
        await pilot.press("tab")
        assert focused(host) == "0.other"
        await pilot.press("5")
        assert host.form.values()["0.other"] == 5


async def test_a_form_without_fields_leaves_the_keys_to_the_screen() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        host.form.load(state((), {}))
        await pilot.pause()
        assert host.focused is None
        host.form.load(state(OTHER, {}))
        await until(pilot, lambda: host.focused is not None and host.focused.is_attached)


async def test_a_closed_section_has_its_focus_on_the_heading() -> None:
    async with FormHost().run_test(size=(80, 40)) as pilot:
        host = await at(pilot, "3.steps")
        section = next(section for section in host.query(Section) if section.key == "Sampling")
        await pilot.click(section.header)
        await until(pilot, lambda: host.focused is section.header)
        await pilot.press("enter")
        assert not section.folded


async def test_the_form_gives_the_focus_back_to_the_field_that_had_it() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.cfg")
        host.screen.set_focus(None)
        host.form.take_focus()
        assert focused(host) == "3.cfg"


class WithButton(FormHost):
    """A form that is empty at first, beside something else that takes the focus."""

    def compose(self) -> ComposeResult:
        yield Button("elsewhere")
        yield ParameterForm()


async def test_whoever_went_elsewhere_is_not_fetched_back() -> None:
    async with WithButton(state((), {})).run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        host.form.take_focus()
        assert host.focused is None
        host.query_one(Button).focus()
        await until(pilot, lambda: host.focused is host.query_one(Button))
        host.form.load(state(OTHER, {}))
        await until(pilot, lambda: len(host.query("NumberRow")) == 3)
        await pilot.pause()
        assert host.focused is host.query_one(Button)
