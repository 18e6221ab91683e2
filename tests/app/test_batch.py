"""Ordering a batch: what is typed, what it makes, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from darkroom.app.screens.batch import MANY, BatchScreen
from darkroom.app.screens.batch_typed import COUNT, PROMPTS, Typed, read
from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.widgets.batch.cycle import Cycle
from darkroom.app.widgets.batch.lines import PromptLine
from darkroom.domain.queue import Hold, Priority
from darkroom.services.batching.wanted import Templating
from tests.app.batching import waiting_core
from tests.app.form_host import HOSTILE
from tests.app.shell import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.services.core import Core
    from tests.app.shell import Shell


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    async with waiting_core(tmp_path) as opened:
        yield opened


async def open_form(shell: Shell) -> BatchScreen:
    await shell.press("alt+m")
    await shell.until(lambda: isinstance(shell.app.screen, BatchScreen), "the screen of a batch")
    screen = shell.app.screen
    assert isinstance(screen, BatchScreen)
    await shell.until(lambda: screen.preview.composed is not None, "its preview")
    return screen


async def counted(shell: Shell, screen: BatchScreen, jobs: int) -> None:
    def is_so() -> bool:
        composed = screen.preview.composed
        return composed is not None and len(composed.plan) == jobs

    await shell.until(is_so, f"{jobs} jobs")


async def order(core: Core) -> list[dict[str, object]]:
    session = await core.sessions.last()
    (batch, *_) = await core.store.batches.of_session(session.id)
    return [dict(job.coordinates) for job in await core.store.batches.jobs(batch.id)]


async def test_a_sweep_is_counted_as_one_types_and_added_by_enter(core: Core) -> None:
    async with shown(core) as shell:
        await shell.press(*"typed ")  # the key works in a text field
        screen = await open_form(shell)
        await shell.press(*"steps=2,3", "tab", *"cfg=5,7")
        await counted(shell, screen, 4)
        await shell.sees("4 jobs, unknown how long")
        await shell.sees("changes least often")
        await shell.press("enter")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        await shell.sees("Added: steps × cfg, 4 jobs")
        await shell.until(lambda: shell.main.history.list.window.count == 4, "the rows of the history")
        assert await order(core) == [
            {"steps": steps, "cfg": cfg} for steps in ("2", "3") for cfg in ("5", "7")
        ]
        row = shell.main.history.list.window.row(0)
        assert row is not None
        assert row.prompt.startswith("typed ")


async def test_each_mistake_stands_beside_its_axis_and_nothing_is_added(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        await shell.press(*"steps=2..", "tab", *"cfg=5,x", "tab", *"nope=1")
        await shell.sees("is no range")
        await shell.sees("x: CFG takes a number")
        await shell.sees("nope: there is no such field")
        await shell.press("enter")
        await shell.until(lambda: len(screen.preview.marks) == 3, "three marks")
        assert screen.preview.composed is None
        assert screen.is_active
        session = await core.sessions.last()
        assert await core.store.batches.of_session(session.id) == ()


async def test_names_and_values_are_completed(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        await shell.press(*"sam", "tab", *"eul", "tab", *",ddi", "tab")
        await counted(shell, screen, 2)
        assert screen.typed.axes == ("sampler=euler,ddim",)
        await shell.press("tab", *"prof", "tab", *"b", "tab")
        await shell.until(lambda: screen.typed.axes[1:] == ("profile=box",), "the name of a server")


async def test_what_was_typed_is_there_the_next_time(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        await shell.press(*"steps=2,3", "tab", "tab", *"/nowhere")
        await shell.until(lambda: PROMPTS in screen.preview.marks, "a mark")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        await shell.press("alt+m")
        await shell.sees("/nowhere")
        again = shell.app.screen
        assert isinstance(again, BatchScreen)
        assert again is not screen
        assert again.typed.axes == ("steps=2,3",)


async def test_seeds_templates_priority_and_pause(core: Core) -> None:
    core.paths.wildcards.mkdir(parents=True, exist_ok=True)
    (core.paths.wildcards / "colour.txt").write_text("red\ngreen\n")
    async with shown(core, size=(120, 40)) as shell:
        shell.main.form.set_values({"prompt": "a __colour__ {boat|house}", "seed": 7})
        screen = await open_form(shell)
        await shell.sees("__colour__")
        screen.query_one("#batch-count").focus()
        await shell.press("2", "tab", "space", "tab", "right", "right", "tab", "right", "tab", "space")
        await counted(shell, screen, 8)
        await shell.press("ctrl+g")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        jobs = await core.queue.page(limit=10)
        assert {(job.priority, job.hold) for job in jobs} == {(Priority.URGENT, Hold.PAUSED)}
        assert {(job.summary.prompt, job.summary.seed) for job in jobs} == {
            (f"a {colour} {what}", seed)
            for colour in ("red", "green")
            for what in ("boat", "house")
            for seed in ("7", "8")
        }


async def test_the_seeds_that_were_shown_are_those_that_are_added(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        screen.query_one("#batch-count").focus()
        await shell.press("3")
        await counted(shell, screen, 3)
        assert screen.preview.composed is not None
        (axis,) = screen.preview.composed.plan.axes
        await shell.press("enter")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        assert [job["seed"] for job in await order(core)] == list(axis.labels)


async def test_pasted_lines_are_a_prompt_list(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        line = screen.query_one(PromptLine)
        line.focus()
        line.post_message(events.Paste(f"a boat\n\n{HOSTILE.splitlines()[0]}\r\n# no prompt"))
        await counted(shell, screen, 2)
        await shell.sees("3 pasted lines; backspace forgets them")
        await shell.press("backspace")
        await counted(shell, screen, 1)


async def test_a_large_batch_is_asked_about_once_more(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        await shell.press(*f"seed=1..{MANY + 1}", "enter")
        await shell.until(lambda: isinstance(shell.app.screen, ConfirmScreen), "a question")
        await shell.sees(f"Add {MANY + 1} jobs?")
        await shell.press("n")
        await shell.until(lambda: shell.app.screen is screen, "the form")
        await shell.press("enter")
        await shell.until(lambda: isinstance(shell.app.screen, ConfirmScreen), "a question")
        await shell.press("y")
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        assert len(await order(core)) == MANY + 1


async def test_a_click_chooses(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        await shell.pilot.click("#batch-priority", offset=(14, 0))
        await shell.until(lambda: screen.typed.priority is Priority.URGENT, "urgent")
        assert screen.query_one("#batch-priority", Cycle).value is Priority.URGENT


def test_a_prompt_list_is_a_file_and_what_is_wrong_with_it_is_said(tmp_path: Path) -> None:
    good = tmp_path / "a list.txt"
    good.write_text("a boat\na house\n")
    reading = read(Typed(prompts=f"'{good}'", templates=Templating.DRAW, count="3"))
    assert [axis.labels for axis in reading.wanted.axes] == [("1: a boat", "2: a house")]
    assert reading.wanted.count == 3
    assert "no such file" in read(Typed(prompts=str(tmp_path / "nothing"))).marks[PROMPTS]
    assert "no such file" in read(Typed(prompts="/dev/zero")).marks[PROMPTS]
    assert read(Typed(count="x")).marks[COUNT] == "a whole number"
    assert read(Typed(count="0")).marks[COUNT] == "at least 1"


def test_two_lines_of_one_name_are_marked_at_the_second() -> None:
    reading = read(Typed(axes=("steps=1,2", "", "steps=3"), pasted="a\nb"))
    assert dict(reading.marks) == {2: "it stands there twice"}
    assert dict(read(Typed(axes=("prompt=a,b",), pasted="a\nb")).marks) == {0: "the prompt list sets it"}


async def test_keys_that_come_all_at_once_go_where_they_were_meant(core: Core) -> None:
    async with shown(core) as shell:
        screen = await open_form(shell)
        for key in (*"steps=2,3", "tab", *"cfg=5,7", "tab", *"sam", "tab", *"eul", "tab"):
            shell.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await counted(shell, screen, 4)
        assert screen.typed.axes == ("steps=2,3", "cfg=5,7", "sampler=euler")
