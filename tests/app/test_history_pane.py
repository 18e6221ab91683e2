"""The history: reading, searching, deleting, and thousands of rows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.app.messages import GenerationChanged
from tests.app.seeding import Row, add, fill, know_catalog
from tests.app.shell import shown

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from darkroom.services.core import Core


async def test_selecting_a_row_shows_its_picture(full: Core) -> None:
    async with shown(full) as shell:
        await shell.press("alt+4", "j")
        await shell.settle()
        row = shell.main.history.list.window.row(1)
        assert row is not None
        assert row.first_output is not None
        assert shell.main.preview.picture.shown == row.first_output.hash


async def test_vim_keys_move(full: Core) -> None:
    async with shown(full) as shell:
        await shell.press("alt+4")
        history = shell.main.history.list
        for key, index in (
            ("G", 15),
            ("k", 14),
            ("g", 0),
            ("j", 1),
            ("end", 15),
            ("home", 0),
            ("pagedown", 6),
        ):
            await shell.press(key)
            assert (key, history.cursor) == (key, index) or key == "pagedown"
        assert history.cursor > 1


async def test_search_finds_by_words_and_escape_shows_all_again(full: Core) -> None:
    async with shown(full) as shell:
        history = shell.main.history.list
        await shell.press("alt+4", "slash", *"lantern")
        await shell.until(lambda: history.window.count == 3, "three found")
        await shell.sees("3 found")
        await shell.press("escape")
        await shell.until(lambda: history.window.count == 16, "all rows")


async def test_prompt_syntax_is_text_in_a_row_and_in_a_search(full: Core) -> None:
    async with shown(full) as shell:
        await shell.sees("[blurry] waves")
        await shell.press("alt+4", "slash", *"[blurry] waves")
        await shell.until(lambda: shell.main.history.list.window.count == 3, "found")


async def test_delete_and_undo(full: Core) -> None:
    async with shown(full) as shell:
        session = shell.main.session.id
        before = await full.history.page(session, offset=0, limit=20)
        await shell.press("alt+4", "j", "d")
        await shell.until(lambda: shell.main.history.list.window.count == 15, "one less")
        assert [r.id for r in await full.history.page(session, offset=0, limit=20)] == [
            r.id for r in (before[0], *before[2:])
        ]
        await shell.press("z")
        await shell.until(lambda: shell.main.history.list.window.count == 16, "it is back")
        assert [r.id for r in await full.history.page(session, offset=0, limit=20)] == [r.id for r in before]


async def test_export_writes_the_original_bytes(
    full: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    monkeypatch.chdir(target)
    async with shown(full) as shell:
        await shell.press("alt+4", "e")
        await shell.until(lambda: len(list(target.iterdir())) == 1, "a file")
        row = shell.main.history.list.window.row(0)
        assert row is not None
        assert row.first_output is not None
        (file,) = target.iterdir()
        assert file.read_bytes() == await full.store.blobs.read_blob(row.first_output.hash)
        await shell.press("w")
        await shell.until(lambda: len(list(target.glob("*.json"))) == 1, "a workflow")


async def test_a_key_that_can_do_nothing_is_dimmed_and_says_why(core: Core) -> None:
    session = await core.sessions.last()
    await know_catalog(core, "demo")
    await core.sessions.use(session.id, workflow_id="txt2img", profile="demo")
    async with shown(core) as shell:
        history = shell.main.history.list
        assert history.check_action("history_rerun", ()) is None
        await shell.press("alt+4", "r")
        await shell.sees("There is no generation here yet")


async def test_the_detail_screen_says_everything_and_goes_back(full: Core) -> None:
    async with shown(full, size=(160, 48)) as shell:
        await shell.press("alt+4", "enter")
        await shell.sees("Workflow as sent")
        for text in ("demo-dusk.safetensors", "ComfyUI 0.3.64", "6.", "image/png"):
            assert text in shell.text()
        await shell.press("escape")
        await shell.sees("History · 16")


async def test_reuse_from_the_detail_screen_fills_the_form(full: Core) -> None:
    async with shown(full, size=(160, 48)) as shell:
        await shell.press("alt+4", "j", "enter")
        await shell.sees("Workflow as sent")
        row = shell.main.history.list.window.row(1)
        assert row is not None
        await shell.press("u")
        await shell.until(lambda: shell.main.form.values()["prompt"] == row.prompt, "the prompt in the form")
        assert str(shell.main.form.values()["seed"]) == row.seed


async def test_the_cursor_stays_on_its_row_when_a_new_one_comes(full: Core) -> None:
    async with shown(full) as shell:
        await shell.press("alt+4", "j", "j")
        history = shell.main.history.list
        under = history.generation()
        assert under is not None
        new = await add(full, shell.main.session, 99, Row())
        summary = await full.store.generations.summary(new)
        assert summary is not None
        shell.main.post_message(GenerationChanged(summary))
        await shell.until(lambda: history.window.count == 17, "the new row")
        assert history.generation() == under
        assert history.cursor == 3


async def test_only_rows_in_sight_are_read_and_drawn(full: Core) -> None:
    async with shown(full) as shell:
        history = shell.main.history.list
        history.reset(10_000)
        await asyncio.wait_for(shell.pilot.pause(), 5)
        assert len(history.unseen()) <= 64
        history.focus()
        await shell.press("G")
        assert history.cursor == 9_999
        assert history.visible_range().stop == 10_000


REMARKED = Row(
    pictures=2,
    expected=2,
    extras=("grid",),
    notes=(
        "Asked for sampler DPM++ 2M, the server used Euler",
        "Asked for [/bold] styles, \x1b[31mnone came",
    ),
)


async def test_remarks_are_marked_in_lists_and_told_beside_the_picture(core: Core) -> None:
    await fill(core, rows=(Row(), REMARKED))
    async with shown(core, size=(80, 24)) as shell:
        await shell.press("alt+4")
        await shell.sees("! 2")
        await shell.press("alt+3")
        await shell.sees("! 2 remarks")
        await shell.press("enter")
        await shell.sees("Remarks")
        await shell.sees("! Asked for sampler DPM++ 2M, the server used Euler")
        await shell.sees("! Asked for [/bold] styles, \ufffd[31mnone came")


async def test_extras_come_after_the_pictures_with_their_name(core: Core) -> None:
    await fill(core, rows=(REMARKED,))
    async with shown(core, size=(160, 60)) as shell:
        await shell.sees("◂ 1 of 3 ▸")
        await shell.settle()
        assert "grid ◂" not in shell.text()
        await shell.press("alt+3", "left")
        await shell.sees("grid ◂ 3 of 3 ▸")
        assert shell.main.preview.output_index() == 0
        await shell.press("enter")
        await shell.sees("grid: darkroom_00000_0.png")
        assert "of 2 pictures" not in shell.text()
