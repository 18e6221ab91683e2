"""The library of workflows and pasted things, over a real store."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from darkroom.app.pasted import understand
from darkroom.app.screens.file import FileScreen
from darkroom.app.screens.name import NameScreen
from darkroom.app.screens.paste import PasteScreen, PasteUse
from darkroom.app.screens.workflows import WorkflowsScreen
from darkroom.app.widgets.line_input import LineInput
from darkroom.domain.workflow import BUILT_IN, UPSCALE
from tests.app.form_host import HOSTILE
from tests.app.screen_host import ScreenHost, opened_core, settle, words

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

GRAPH = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 7}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
}
UI_DOCUMENT = {"nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}


def png(*texts: tuple[str, str]) -> bytes:
    """A picture of one pixel with embedded texts."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    written = b"".join(chunk(b"tEXt", f"{key}\0{value}".encode("latin-1")) for key, value in texts)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + written + pixels + chunk(b"IEND", b"")


async def test_importing_from_a_picture_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "boats at dawn.png").write_bytes(png(("prompt", json.dumps(GRAPH))))
    async with opened_core(tmp_path / "home") as core:
        app = ScreenHost(WorkflowsScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await settle(pilot)
            await pilot.press("i")
            await pilot.pause()
            assert isinstance(app.screen, FileScreen)
            await pilot.press(*f"{tmp_path}/boa")
            await until_completed(pilot, str(tmp_path / "boats at dawn.png"))
            await pilot.press("tab", "enter")
            await settle(pilot)
            assert (await core.workflows.named("boats at dawn")).graph == GRAPH
            assert "Imported: boats at dawn" in words(pilot)
            await pilot.press("enter")
            await pilot.pause()
        assert app.answers == [(await core.workflows.named("boats at dawn")).id]


async def until_completed(pilot: Pilot[Any], path: str) -> None:
    """Waits until the line offers `path`."""
    async with asyncio.timeout(20):
        while pilot.app.screen.query_one(LineInput)._suggestion != path:
            await pilot.pause()


async def test_what_is_pasted_is_imported_and_can_be_renamed_described_and_deleted(tmp_path: Path) -> None:
    async with opened_core(tmp_path) as core:
        app = ScreenHost(WorkflowsScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await settle(pilot)
            app.post_message(events.Paste(json.dumps(GRAPH)))
            await settle(pilot)
            await pilot.press("r")
            await pilot.pause()
            assert isinstance(app.screen, NameScreen)
            await pilot.press(*"[red]", "enter")
            await settle(pilot)
            kept = await core.workflows.named("[red]")
            await pilot.press("t")
            await pilot.pause()
            await pilot.press(*"a square", "enter")
            await settle(pilot)
            assert (await core.workflows.named("[red]")).description == "a square"
            await pilot.press("m")
            await settle(pilot)
            assert (await core.workflows.default()).id == kept.id
            await pilot.press("d")
            await pilot.pause()
            await pilot.press("y")
            await settle(pilot)
            assert [workflow.id for workflow in await core.workflows.list()] == [BUILT_IN.id, UPSCALE]


async def test_exporting_writes_what_comfyui_accepts_and_overwrites_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("mine")
    async with opened_core(tmp_path / "home") as core:
        await core.workflows.import_text(json.dumps(GRAPH), "square")
        app = ScreenHost(WorkflowsScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await settle(pilot)
            await pilot.press("end", "x")
            await pilot.pause()
            await pilot.press("ctrl+u", *str(target), "enter")
            await settle(pilot)
            assert "Written" in words(pilot)
        assert target.read_text() == "mine"
        assert json.loads((tmp_path / "out-2.json").read_text()) == GRAPH


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{not json", "JSON"),
        ("/no/such/file.json", "cannot be read"),
        (json.dumps({"a": HOSTILE}), ""),
    ],
)
async def test_what_is_no_workflow_is_refused_with_a_reason(tmp_path: Path, text: str, said: str) -> None:
    async with opened_core(tmp_path) as core:
        app = ScreenHost(WorkflowsScreen(core))
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            app.post_message(events.Paste(text))
            await settle(pilot)
            assert said in words(pilot)
            assert "Imported" not in words(pilot)
            assert len(await core.workflows.list()) == 2


async def test_a_document_of_the_web_page_is_kept_and_said_to_be_no_use_yet(tmp_path: Path) -> None:
    text = json.dumps(UI_DOCUMENT, indent=3)
    async with opened_core(tmp_path / "home") as core:
        app = ScreenHost(WorkflowsScreen(core))
        async with app.run_test(size=(100, 30)) as pilot:
            await settle(pilot)
            app.post_message(events.Paste(text))
            await settle(pilot)
            assert "web page" in words(pilot)
            for key in ("enter", "m"):
                await pilot.press(key)
                await settle(pilot)
                assert "Export (API)" in words(pilot)
            assert app.answers == []
            assert (await core.workflows.default()).id == BUILT_IN.id
            await pilot.press("x")
            await pilot.pause()
            await pilot.press("ctrl+u", *f"{tmp_path}/kept.json", "enter")
            await settle(pilot)
        assert (tmp_path / "kept.json").read_text() == text


def test_a_paste_is_understood_without_parsing_it(tmp_path: Path) -> None:
    picture = tmp_path / "a b.png"
    picture.write_bytes(png())
    (tmp_path / "notes.txt").write_text("no picture")
    graph = understand(json.dumps(GRAPH))
    assert graph is not None
    assert (graph.title, graph.about) == ("A workflow of 2 nodes", ("EmptyImage, SaveImage",))
    ui = understand(json.dumps(UI_DOCUMENT))
    assert ui is not None
    assert ui.holds_workflow
    dropped = understand(f"'{picture}'\n")
    assert dropped is not None
    assert (dropped.path, dropped.is_picture, dropped.holds_workflow) == (picture, True, True)
    for text in (
        "",
        "a quiet harbour",
        "{}",
        f"{tmp_path}/notes.txt",
        f"{tmp_path}/gone.png",
        "x" * 9999,
        "/\0",
    ):
        assert understand(text) is None


async def test_a_pasted_picture_is_offered_to_the_form_and_a_workflow_to_the_library(tmp_path: Path) -> None:
    picture = tmp_path / "boat.png"
    picture.write_bytes(png(("prompt", json.dumps(GRAPH))))
    pasted = understand(str(picture))
    assert pasted is not None
    async with opened_core(tmp_path / "home") as core:
        app = ScreenHost(PasteScreen(core, pasted, takes_pictures=True))
        async with app.run_test() as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await settle(pilot)
        assert app.answers == [PasteUse(picture=str(picture))]
        app = ScreenHost(PasteScreen(core, pasted, takes_pictures=False))
        async with app.run_test() as pilot:
            await pilot.pause()
            assert "no field for a picture" in words(pilot)
            await pilot.press("enter")
            await settle(pilot)
        assert app.answers == [PasteUse(workflow_id=(await core.workflows.named("boat")).id)]


async def test_a_refused_paste_says_why_and_stays(tmp_path: Path) -> None:
    pasted = understand(json.dumps(UI_DOCUMENT))
    assert pasted is not None
    async with opened_core(tmp_path) as core:
        app = ScreenHost(PasteScreen(core, pasted, takes_pictures=True))
        async with app.run_test() as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await settle(pilot)
            assert "web page" in words(pilot)
            assert app.answers == []
