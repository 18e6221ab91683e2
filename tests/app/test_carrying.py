"""Settings from elsewhere in the form: pasted, used again, carried to another service; and the notes."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from textual import events

from darkroom.app.pasted import understand
from darkroom.app.screens.notes import NotesScreen
from darkroom.app.screens.paste import PasteScreen
from darkroom.app.widgets.history import HistoryPane
from darkroom.app.widgets.prompt_editor import PromptEditor
from darkroom.domain.parameters import Role
from darkroom.domain.profile import Profile
from darkroom.domain.workflow import BUILT_IN
from tests.app.form_host import HOSTILE, FormHost
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.app.shell import Shell


INFOTEXT = """a [lighthouse|tower] <lora:nope:1>
Negative prompt: fog
Steps: 33, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 4711, Size: 512x768, Model: nothing_like_it"""


def test_an_infotext_is_settings_whatever_its_newlines() -> None:
    for text in (INFOTEXT, INFOTEXT.replace("\n", "\r"), INFOTEXT.replace("\n", "\r\n")):
        pasted = understand(text)
        assert pasted is not None
        assert pasted.settings is not None
        assert pasted.settings.first(Role.STEPS) == 33
        assert not pasted.holds_workflow
        assert pasted.about[-1] == (
            "From AUTOMATIC1111, 33 steps, DPM++ 2M Karras, 512×768, seed 4711, nothing_like_it"
        )


def test_pictures_are_looked_into_for_settings(tmp_path: Path) -> None:
    chunks = PngInfo()
    chunks.add_text("parameters", INFOTEXT)
    image = Image.new("RGB", (8, 8))
    image.save(tmp_path / "a.png", pnginfo=chunks)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + INFOTEXT.encode("utf-16-be")
    for name in ("b.jpg", "c.webp"):
        image.save(tmp_path / name, exif=exif)
    plain = Image.Exif()
    plain[0x9286] = json.dumps({"metadata_scheme": "fooocus", "prompt": "a cat", "seed": "7"})
    plain[0x927C] = "fooocus"
    image.save(tmp_path / "d.webp", exif=plain)
    image.save(tmp_path / "e.jpg")
    for name, seed in (("a.png", 4711), ("b.jpg", 4711), ("c.webp", 4711), ("d.webp", 7)):
        pasted = understand(str(tmp_path / name))
        assert pasted is not None
        assert pasted.settings is not None, name
        assert pasted.settings.first(Role.SEED) == seed
        assert (pasted.is_picture, pasted.holds_workflow) == (True, False)
    bare = understand(str(tmp_path / "e.jpg"))
    assert bare is not None
    assert bare.settings is None


HERE = Profile(name="here", service="comfyui", url="http://127.0.0.1:9/")


@asynccontextmanager
async def on_a_server(
    home: Path, *profiles: Profile, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Shell]:
    """The program with a session on a server that is away, so that none is looked for."""
    async with opened_core(home, profiles=[HERE, *profiles]) as core:
        session = await core.sessions.last()
        await core.sessions.use(session.id, workflow_id=BUILT_IN.id, profile=HERE.name)
        async with shown(core, size=size) as shell:
            await shell.until(lambda: bool(shell.main.query(HistoryPane)), "all panes")
            yield shell


async def test_what_was_pasted_fills_the_form_after_a_look_and_says_what_was_lost(tmp_path: Path) -> None:
    async with on_a_server(tmp_path, size=(80, 24)) as shell:
        shell.main.post_message(events.Paste(INFOTEXT))
        await shell.until(lambda: isinstance(shell.app.screen, PasteScreen), "the look at it")
        await shell.sees("33 steps")
        await shell.press("enter")
        await shell.until(lambda: isinstance(shell.app.screen, NotesScreen), "the notes")
        await shell.sees("LoRA: “nope” was left out")
        await shell.sees("changes in each step")
        values = shell.main.form.values()
        assert values["steps"] == 33
        assert values["seed"] == 4711
        assert (values["sampler"], values["scheduler"]) == ("dpmpp_2m", "karras")
        assert values["prompt"] == "a lighthouse"
        await shell.press("enter")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")


async def test_all_that_can_be_done_with_a_paste_has_room(tmp_path: Path) -> None:
    chunks = PngInfo()
    for keyword, text in (("parameters", INFOTEXT), ("prompt", '{"1": {"class_type": "X", "inputs": {}}}')):
        chunks.add_text(keyword, text)
    Image.new("RGB", (8, 8)).save(tmp_path / "all.png", pnginfo=chunks)
    async with on_a_server(tmp_path / "home", size=(80, 24)) as shell:
        shell.main.post_message(events.Paste(str(tmp_path / "all.png")))
        await shell.until(lambda: isinstance(shell.app.screen, PasteScreen), "the look at it")
        for words in ("Leave it", "Import workflow", "Use as image", "Use settings"):
            await shell.sees(words)


async def test_settings_pasted_into_the_prompt_are_settings(tmp_path: Path) -> None:
    async with on_a_server(tmp_path) as shell:
        shell.main.form.focus_field("prompt")
        await shell.until(lambda: isinstance(shell.main.focused, PromptEditor), "the prompt with the focus")
        shell.app.post_message(events.Paste(INFOTEXT))
        await shell.until(lambda: isinstance(shell.app.screen, PasteScreen), "the look at it")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        assert shell.main.form.values()["prompt"] == ""


@pytest.mark.parametrize("service", ["a1111", "invokeai", "fooocus"])
async def test_another_service_takes_over_what_was_typed(tmp_path: Path, service: str) -> None:
    there = Profile(name="there", service=service, url="http://127.0.0.1:9/")
    async with on_a_server(tmp_path, there) as shell:
        main = shell.main
        main.form.set_values({"prompt": "a (cat:1.3)", "width": 768, "height": 512, "seed": 5, "steps": 12})
        worker = main.run_worker(main.use_profile("there"))
        await shell.until(
            lambda: worker.is_finished or isinstance(shell.app.screen, NotesScreen), "the other form"
        )
        assert main.desk.state.profile.service == service
        values = main.form.values()
        weighted = "a (cat)1.3" if service == "invokeai" else "a (cat:1.3)"
        assert (values["prompt"], values["width"], values["height"]) == (weighted, 768, 512)
        assert values["steps"] == 12
        if isinstance(shell.app.screen, NotesScreen):
            await shell.press("enter")
        await shell.until(lambda: worker.is_finished, "the end of it")


async def test_notes_are_data_and_scroll() -> None:
    notes = [f"{HOSTILE} {number}" for number in range(60)]
    async with FormHost().run_test(size=(80, 24)) as pilot:
        answers: list[None] = []
        pilot.app.push_screen(NotesScreen(HOSTILE, notes), answers.append)
        await pilot.pause()
        screen = pilot.app.screen
        frame = screen.query_one(".dialog")
        assert frame.region.height <= 23
        await pilot.press("pagedown", "down")
        await pilot.pause()
        assert frame.scroll_offset.y > 10
        await pilot.press("enter")
        await pilot.pause()
        assert answers == [None]
