"""The prompt: weights, counts, $EDITOR, long texts."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from rich.style import Style
from rich.text import Text
from textual import events

from darkroom.app.editor import edit_text, editor_command
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.app.widgets.longline import LongLine
from darkroom.app.widgets.prompt_editor import PromptEditor
from darkroom.domain.errors import InputError
from tests.app.form_host import HOSTILE, VALUES, FormHost, state

ROOT = Path(__file__).parents[2]


def editor_of(host: FormHost) -> PromptEditor:
    return host.query(PromptEditor).first()


async def test_two_keys_weigh_the_word_under_the_cursor_and_undo_takes_it_back() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        editor = editor_of(host)
        editor.focus()
        editor.move_cursor((0, 4))
        await pilot.press("alt+up", "alt+up")
        assert host.form.values()["6.text"] == "a (quiet:1.1) harbour"
        await pilot.press("alt+down", "alt+down")
        assert host.form.values()["6.text"] == "a quiet harbour"
        assert editor.cursor_location == (0, 4)
        await pilot.press("alt+down")
        assert host.form.values()["6.text"] == "a (quiet:0.95) harbour"
        await pilot.press("ctrl+z")
        assert host.form.values()["6.text"] == "a quiet harbour"


async def test_a_selection_is_weighed_as_a_whole_and_stays_selected() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        editor = editor_of(host)
        editor.focus()
        await pilot.press("end", *["ctrl+shift+left"] * 2, "alt+up", "alt+up")
        assert host.form.values()["6.text"] == "a (quiet harbour:1.1)"
        assert editor.selected_text == "(quiet harbour:1.1)"


async def test_words_and_tokens_are_counted_in_the_title() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        field = host.query(PromptField).first()
        assert field.counts.startswith("3 words · ~")
        field.editor.focus()
        await pilot.press("end", *" at dawn")
        async with asyncio.timeout(10):
            while not field.counts.startswith("5 words"):
                await pilot.pause()


async def test_pastes_are_made_printable_and_the_global_keys_get_through() -> None:
    async with FormHost(state(values={**VALUES, "6.text": ""})).run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        editor_of(host).focus()
        host.post_message(events.Paste(f"{HOSTILE}\nsecond"))
        await pilot.pause()
        await pilot.pause()
        value = host.form.values()["6.text"]
        assert isinstance(value, str)
        assert value.endswith("\nsecond")
        assert "[/lora]" in value
        assert "\x1b" not in value
        for key in (
            "ctrl+g",
            "ctrl+o",
            "ctrl+p",
            "ctrl+f",
            "ctrl+n",
            "ctrl+t",
            "ctrl+r",
            "f1",
            "f4",
            "f6",
            "f7",
        ):
            assert key not in editor_of(host)._bindings.key_to_bindings, key


async def test_a_prompt_of_100_kb_is_edited_in_place() -> None:
    text = ("a quiet harbour, " * 6000)[:100_000]
    async with FormHost(state(values={**VALUES, "6.text": text})).run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        editor = editor_of(host)
        editor.focus()
        editor.move_cursor(editor.document.end)
        await pilot.press("!", "left", "?")
        assert host.form.values()["6.text"] == f"{text}?!"
        async with asyncio.timeout(8):  # the editor may still be growing
            while not editor.render_line(editor.size.height - 1).text.rstrip().endswith("?!"):
                await pilot.pause()


def test_a_long_line_gives_the_same_rows_as_a_plain_one() -> None:
    words = "a quiet harbour at dawn " * 10
    plain, long = Text(words), LongLine(words)
    for text in (plain, long):
        text.stylize(Style(bold=True), 3, 60)
        text.stylize(Style(italic=True), 59, 61)
    offsets = [24, 60, 61, 200]
    for number in range(5):
        assert long.divide(offsets)[number] == plain.divide(offsets)[number]
    assert list(long.divide(offsets)[0:5]) == list(plain.divide(offsets))


@pytest.mark.parametrize(
    ("setting", "environ", "command"),
    [
        ("sh -c", {}, ["sh", "-c"]),
        ("", {"VISUAL": "sh", "EDITOR": "cat"}, ["sh"]),
        ("", {"EDITOR": "cat -A"}, ["cat", "-A"]),
    ],
)
def test_the_editor_is_the_one_that_was_asked_for(
    setting: str, environ: dict[str, str], command: list[str]
) -> None:
    assert editor_command(setting, {"PATH": os.environ["PATH"], **environ}) == command


@pytest.mark.parametrize("wanted", ["no-such-editor -x", "'unclosed"])
def test_an_editor_that_is_not_there_is_told(wanted: str) -> None:
    with pytest.raises(InputError):
        editor_command(wanted, {"PATH": os.environ["PATH"]})


async def test_where_the_terminal_cannot_be_lent_f4_says_so() -> None:
    async with FormHost().run_test() as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        with pytest.raises(InputError, match="cannot be handed"):
            await edit_text(host, "text", [sys.executable, "-c", ""])
        host.form.editor = sys.executable
        editor_of(host).focus()
        await pilot.press("f4")
        await host.workers.wait_for_complete()
        await pilot.pause()
        assert any("cannot be handed" in notice.title for notice in host._notifications)
        assert host.form.values()["6.text"] == VALUES["6.text"]


EDITOR = """
import pathlib, stat, sys
file = pathlib.Path(sys.argv[1])
seen = f"{stat.S_IMODE(file.stat().st_mode):o} {stat.S_IMODE(file.parent.stat().st_mode):o}"
pathlib.Path(sys.argv[0]).with_name("seen").write_text(f"{seen} {file} {file.read_text()}")
file.write_text(file.read_text() + " at \\x1b[31mdawn\\n")
"""


async def test_in_a_real_terminal_the_editor_gets_a_private_file_and_its_text_comes_back(
    tmp_path: Path,
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    master, slave = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(program), f"{sys.executable} {script}", str(tmp_path / "result")),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "PYTHONPATH": str(ROOT)},
    )
    os.close(slave)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, _drain, master)
    try:
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    finally:
        loop.remove_reader(master)
        os.close(master)
    assert (tmp_path / "result").read_text() == "a quiet harbour at \ufffd[31mdawn"
    modes, folder, file, text = (tmp_path / "seen").read_text().split(" ", 3)
    assert (modes, folder, text) == ("600", "700", "a quiet harbour")
    assert file not in await asyncio.to_thread(_names_below, "/tmp")  # noqa: S108 - where temporary files lie


def _names_below(folder: str) -> set[str]:
    return {str(path) for path in Path(folder).glob("darkroom-*/*")}


def _drain(descriptor: int) -> None:
    try:
        os.read(descriptor, 65536)
    except OSError:
        asyncio.get_running_loop().remove_reader(descriptor)


PROGRAM = """
import pathlib, sys
from tests.app.form_host import FormHost

class Host(FormHost):
    def on_mount(self):
        self.form.editor = sys.argv[1]
        self.run_worker(self.edit(), exit_on_error=True)

    async def edit(self):
        self.form.action_editor()
        await self.workers.wait_for_complete([w for w in self.workers if w.group == "editor"])
        pathlib.Path(sys.argv[2]).write_text(self.form.values()["6.text"])
        self.exit()

Host().run()
"""
