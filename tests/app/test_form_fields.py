"""Each kind of field, driven by keys and by the mouse."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.widgets import TextArea

from darkroom.app.widgets.form.field import FieldRow
from darkroom.domain.parameters import Kind, ParameterSpec
from tests.app.form_host import VALUES, FormHost, state
from tests.app.test_workflows import png

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from darkroom.app.widgets.form import ParameterForm

SAVING = {
    "10.image": ParameterSpec("10.image", "Image", Kind.IMAGE, None, None, "Saving", optional=True),
    "9.prefix": ParameterSpec("9.prefix", "Prefix", Kind.TEXT, "darkroom", None, "Saving"),
}


async def at(pilot: Pilot[Any], address: str) -> FormHost:
    """Puts the focus on a field."""
    host = pilot.app
    assert isinstance(host, FormHost)
    await pilot.pause()
    assert host.form.focus_field(address)
    await until(pilot, lambda: getattr(host.focused, "address", "") == address)
    return host


async def until(pilot: Pilot[Any], met: Callable[[], bool]) -> None:
    """Waits for a condition."""
    async with asyncio.timeout(20):
        while not met():
            await pilot.pause()


def row(host: FormHost, address: str) -> FieldRow:
    return next(field for field in host.query(FieldRow) if field.address == address)


def shown(host: FormHost, address: str) -> str:
    """A field as it stands on the screen."""
    field = row(host, address)
    return "\n".join(field.render_line(y).text.rstrip() for y in range(field.size.height))


@pytest.mark.parametrize(
    ("keys", "value", "text"),
    [
        ("1024*1.5", 1536, "1536"),
        ("(640+128)/2", 384, "384"),
        ("7/2", 3.5, "3.5"),
        ("1+", "1+", "1+"),
        ("2**9", "2**9", "2**9"),
    ],
)
async def test_sums_are_worked_out_when_the_field_is_left(keys: str, value: object, text: str) -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "5.width")
        await pilot.press(*keys)
        assert host.form.values()["5.width"] == value
        await pilot.press("tab")
        assert text in shown(host, "5.width").split()


async def test_a_sum_tells_its_result_while_it_is_typed() -> None:
    async with FormHost().run_test(size=(100, 40)) as pilot:
        host = await at(pilot, "5.width")
        await pilot.press(*"512*2")
        assert "= 1024" in shown(host, "5.width")


async def test_signs_step_until_something_is_typed() -> None:
    low = ParameterSpec("3.shift", "Shift", Kind.NUMBER, 0.5, None, "Sampling", -10.0, 10.0, 0.5)
    async with FormHost(state([low], {})).run_test() as pilot:
        host = await at(pilot, "3.shift")
        await pilot.press("minus", "minus")
        assert host.form.values()["3.shift"] == -0.5
        await pilot.press("backspace", "minus", "2", "enter", "plus")
        assert host.form.values()["3.shift"] == -1.5
        await pilot.press("shift+up")
        assert host.form.values()["3.shift"] == 3.5


async def test_a_wrong_value_says_why_beside_the_field_or_below_it() -> None:
    async with FormHost().run_test(size=(120, 40)) as pilot:
        host = await at(pilot, "3.steps")
        await pilot.press(*"99999")
        await pilot.pause()
        assert "✗ at most 10000" in shown(host, "3.steps")
        assert row(host, "3.steps").size.height == 1
    async with FormHost().run_test(size=(40, 40)) as pilot:
        host = await at(pilot, "3.steps")
        await pilot.press(*"99999")
        await pilot.pause()
        assert shown(host, "3.steps").splitlines()[1].strip() == "✗ at most 10000"
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert row(host, "3.steps").size.height == 1


async def test_the_mouse_places_the_cursor_folds_and_turns_over() -> None:
    async with FormHost().run_test(size=(80, 40)) as pilot:
        host = await at(pilot, "3.steps")
        section = next(section for section in host.form.query("Section") if section.query("ToggleRow"))
        await until(pilot, lambda: bool(section.query_one("ToggleRow").region))
        await pilot.click("ToggleRow")
        await until(pilot, lambda: host.form.values()["3.tiled"] is True)
        await pilot.click("SeedRow", offset=(20, 0))
        await until(pilot, lambda: host.focused is row(host, "3.seed"))
        await pilot.click(section.query_one("SectionHeader"))
        await until(pilot, lambda: not row(host, "3.steps").region.height)
        await pilot.click(section.query_one("SectionHeader"))
        await until(pilot, lambda: bool(row(host, "3.steps").region.height))


async def test_turning_over_by_keys() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.tiled")
        for keys, value in ((("space",), True), (("enter",), False), (("y",), True), (("n",), False)):
            await pilot.press(*keys)
            assert host.form.values()["3.tiled"] is value


async def test_editing_one_line_by_the_usual_keys() -> None:
    async with FormHost(state(SAVING.values(), {})).run_test() as pilot:
        host = await at(pilot, "9.prefix")
        await pilot.press("end", *"/a b", "ctrl+w", "X", "home", "delete", "ctrl+right", "left", "ctrl+k")
        assert host.form.values()["9.prefix"] == "arkroo"
        await pilot.press("shift+home", "ctrl+x", *"[b]", "ctrl+v")
        assert host.form.values()["9.prefix"] == "[b]arkroo"
        await pilot.press("ctrl+z")
        assert host.form.values()["9.prefix"] == "darkroom"


async def test_a_dropped_picture_is_understood_and_checked(tmp_path: Path) -> None:
    picture = tmp_path / "it's a boat.png"
    picture.write_bytes(png())
    escaped = str(picture).replace(" ", "\\ ").replace("'", "\\'")
    async with FormHost(state(SAVING.values(), {})).run_test(size=(120, 20)) as pilot:
        host = await at(pilot, "10.image")
        for dropped in (escaped, f'"{picture}"', picture.as_uri(), str(picture)):
            host.post_message(events.Paste(dropped))
            await until(pilot, lambda: "PNG" in shown(host, "10.image"))
            assert host.form.values()["10.image"] == str(picture)
            await pilot.press("ctrl+u")
            assert host.form.values()["10.image"] is None


async def test_a_path_that_leads_nowhere_is_a_problem_before_sending(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    async with FormHost(state(SAVING.values(), {})).run_test(size=(120, 20)) as pilot:
        host = await at(pilot, "10.image")
        for path, problem in (("gone.png", "no such file"), ("", "a folder"), ("notes.txt", "not a picture")):
            host.post_message(events.Paste(f"{tmp_path}/{path}"))
            await until(pilot, partial(has_problem, host, problem))
        await pilot.press("ctrl+u")
        await until(pilot, lambda: host.form.model.problem("10.image") is None)


def has_problem(host: FormHost, problem: str) -> bool:
    return host.form.model.problem("10.image") == problem


async def test_tab_completes_a_path_and_then_goes_on(tmp_path: Path) -> None:
    (tmp_path / "harbour.png").write_bytes(png())
    (tmp_path / "harbour.txt").write_text("not offered")
    async with FormHost(state([*SAVING.values()][::-1], {})).run_test(size=(120, 20)) as pilot:
        host = await at(pilot, "10.image")
        await pilot.press(*f"{tmp_path}/h")
        await until(pilot, lambda: "harbour.png" in shown(host, "10.image"))
        await pilot.press("tab")
        assert host.form.values()["10.image"] == f"{tmp_path}/harbour.png"
        await until(pilot, lambda: "PNG" in shown(host, "10.image"))
        assert host.focused is row(host, "10.image")
        await pilot.press("tab")
        assert host.focused is not row(host, "10.image")


async def test_f1_text_tells_where_a_value_came_from_and_its_limits() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "5.width")
        field = row(host, "5.width")
        assert "Now 1024: system default" in field.help_text
        assert "16 … 16384" in field.help_text
        await pilot.press("up")
        assert "Now 1032: typed" in field.help_text
        editor = host.query(TextArea).first()
        assert "Prompt · text" in getattr(editor.parent, "help_text", "")


async def test_what_is_half_typed_survives_news_from_outside() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.cfg")
        await pilot.press("1", "full_stop")
        host.form.set_last_seed(7)
        host.form.mark({})
        host.form.load(state(values={**VALUES, "3.cfg": 1.0}))
        await pilot.press("5")
        assert host.form.values()["3.cfg"] == 1.5
        editor = host.query(TextArea).first()
        editor.insert("!")
        host.form.set_last_seed(8)
        assert host.form.values()["6.text"] == "!a quiet harbour"


async def test_a_form_that_took_a_while_to_make_keeps_what_was_typed_since() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        asked = host.form.values()
        await pilot.press("3", "0")
        host.query(TextArea).first().insert("!")
        host.form.load(state(values={**VALUES, "3.steps": 20, "3.cfg": 2.0}), asked_with=asked)
        values = host.form.values()
        assert (values["3.steps"], values["3.cfg"], values["6.text"]) == (30, 2.0, "!a quiet harbour")
        host.form.load(state(values={**VALUES, "3.steps": 20}))
        assert host.form.values()["3.steps"] == 20


class RebuildingHost(FormHost):
    """Loads the form again whenever it is asked to, as the main screen does."""

    def on_parameter_form_rebuild_wanted(self, event: ParameterForm.RebuildWanted) -> None:
        self.form.load(state(SAVING.values(), event.values))


async def test_fast_typing_outruns_no_rebuild() -> None:
    async with RebuildingHost(state(SAVING.values(), {})).run_test() as pilot:
        host = await at(pilot, "10.image")
        for letter in "harbour":
            host.post_message(events.Key(letter, letter))
        await until(pilot, lambda: host.form.values()["10.image"] == "harbour")
        assert host.focused is row(host, "10.image")


async def test_the_mouse_takes_the_last_seed_and_swaps() -> None:
    async with FormHost().run_test(size=(80, 40)) as pilot:
        host = await at(pilot, "3.steps")
        host.form.set_last_seed(123456)
        await pilot.pause()
        await pilot.click("SeedRow", offset=(row(host, "3.seed").size.width - 2, 0))
        assert host.form.values()["3.seed"] == 123456
        header = row(host, "5.width").parent.parent.query_one("SectionHeader")  # type: ignore[union-attr]
        await pilot.click(header, offset=(header.size.width - 2, 0))
        await pilot.pause()
        assert host.form.values()["5.width"] == 768


async def test_values_set_from_outside_replace_what_is_shown() -> None:
    async with FormHost().run_test() as pilot:
        host = await at(pilot, "3.steps")
        host.form.set_values({"3.steps": 33, "6.text": "boats", "no.such": 1, "lora.name": "ink.safetensors"})
        await pilot.pause()
        assert "33" in shown(host, "3.steps")
        assert host.form.values() == {
            **{spec.address: spec.default for spec in host.initial.form.specs},
            **VALUES,
            "3.steps": 33,
            "6.text": "boats",
            "lora.name": "ink.safetensors",
        }
        assert [type(message).__name__ for message in host.said] == ["Changed", "RebuildWanted"]


async def test_a_kept_picture_is_named_in_few_letters() -> None:
    kept = "blob:" + "0123456789abcdef" * 4
    async with FormHost(state(values={**VALUES, "10.image": kept})).run_test(size=(100, 40)) as pilot:
        host = await at(pilot, "10.image")
        host.form.focus_field("3.steps")
        await until(pilot, lambda: "0123456789ab…" in shown(host, "10.image"))
        assert "456789abcdef0" not in shown(host, "10.image")
        assert host.form.values()["10.image"] == kept
