"""Panes: side by side, one at a time, whole screen, and windows that are too small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.shell import shown

if TYPE_CHECKING:
    from darkroom.services.core import Core

PANES = ("sessions", "form", "preview", "history")


@pytest.mark.parametrize(
    ("width", "visible"),
    [(160, {"sessions", "form-pane", "preview", "history"}), (120, {"form-pane", "preview", "history"})],
)
async def test_wide_windows_show_panes_side_by_side(full: Core, width: int, visible: set[str]) -> None:
    async with shown(full, size=(width, 40)) as shell:
        seen = {
            i
            for i in ("sessions", "form-pane", "preview", "history")
            if shell.main.query_one(f"#{i}").size.area
        }
        assert seen == visible


async def test_a_narrow_window_shows_one_pane_at_a_time(full: Core) -> None:
    async with shown(full, size=(80, 24)) as shell:
        for number, pane in enumerate(PANES, 1):
            await shell.press(f"alt+{number}")
            boxes = {p: shell.main.query_one("#form-pane" if p == "form" else f"#{p}") for p in PANES}
            assert [p for p, box in boxes.items() if box.size.area] == [pane]
            assert boxes[pane].outer_size.width == 80


async def test_digits_are_typed_where_text_is_typed_and_move_elsewhere(full: Core) -> None:
    async with shown(full, size=(160, 48)) as shell:
        await shell.press("4")
        typed = str(shell.main.form.values()["prompt"])
        assert typed.startswith("4")
        await shell.press("alt+4", "1")
        await shell.until(
            lambda: shell.app.focused is not None and shell.app.focused.id == "session-list", "sessions"
        )
        assert shell.main.form.values()["prompt"] == typed


async def test_the_picture_takes_the_whole_screen_and_gives_it_back(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        focused = shell.app.focused
        await shell.press("f5")
        assert shell.main.preview.outer_size.width == 120
        assert shell.main.preview.size.height >= 34
        await shell.press("escape")
        assert shell.main.preview.size.width < 80
        assert shell.app.focused is focused


async def test_the_sidebar_is_shown_and_hidden(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        await shell.press("f3")
        assert shell.main.sidebar.size.area
        await shell.press("f3")
        assert not shell.main.sidebar.size.area


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (1, 1), (200, 4)])
async def test_tiny_windows_never_crash(full: Core, size: tuple[int, int]) -> None:
    async with shown(full, size=size) as shell:
        await shell.press("alt+4", "j", "f5", "escape", "alt+1", "slash", "a", "escape")
        await shell.pilot.resize_terminal(120, 36)
        await shell.sees("harbour studies")


async def test_a_hopeless_window_says_so(full: Core) -> None:
    async with shown(full, size=(28, 6)) as shell:
        await shell.sees("Make the window larger")
        await shell.pilot.resize_terminal(80, 24)
        await shell.until(lambda: "Make the window" not in shell.text(), "the panes are back")


async def test_next_pane_goes_round(full: Core) -> None:
    async with shown(full, size=(120, 36)) as shell:
        seen = []
        for _ in range(3):
            await shell.press("f6")
            assert shell.app.focused is not None
            seen.append(shell.app.focused.id)
        assert seen[:2] == ["preview", "history-list"]
