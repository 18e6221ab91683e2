"""What a person should know of the server: one line of the form, in full by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.app.screens.notes import NotesScreen
from darkroom.app.widgets.form.notes import FormNotes
from tests.app.form_host import HOSTILE, FormHost, state
from tests.app.test_form_focus import until

if TYPE_CHECKING:
    from textual.pilot import Pilot

NOTES = ("A line that breaks loses the picture: " + "the server keeps none, " * 5, HOSTILE)


async def noted(pilot: Pilot[Any]) -> FormNotes:
    await until(pilot, lambda: bool(pilot.app.query(FormNotes)))
    await pilot.pause()
    return pilot.app.query_one(FormNotes)


async def test_notes_take_one_line_above_the_sections_and_are_read_by_enter() -> None:
    async with FormHost(state(notes=NOTES)).run_test(size=(60, 24)) as pilot:
        line = await noted(pilot)
        text = line.render_line(0).text
        assert text.startswith("! A line that breaks loses the picture")
        assert text.endswith("  1 more")
        assert "…" in text
        assert line.size.height == 1
        assert line.region.y < pilot.app.query("SectionHeader").first().region.y
        line.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, NotesScreen)


async def test_without_notes_there_is_no_line_and_it_goes_when_they_go() -> None:
    async with FormHost().run_test(size=(60, 24)) as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        assert not host.query(FormNotes)
        host.form.load(state(notes=NOTES))
        line = await noted(pilot)
        line.focus()
        await pilot.pause()
        host.form.load(state())
        await pilot.pause()
        assert not line.display
        assert host.focused is not line
