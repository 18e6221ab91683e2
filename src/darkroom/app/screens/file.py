"""Asking for a file, with its path completed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding
from textual.suggester import Suggester
from textual.widgets import Button, Input

from darkroom.app.screens.dialog import Dialog, button, text
from darkroom.app.widgets.form.disk import completion
from darkroom.app.widgets.form.dropped import dropped_path
from darkroom.app.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual import events
    from textual.binding import BindingType
    from textual.widget import Widget


class _Paths(Suggester):
    """Completes paths, looking at the disk in a thread."""

    def __init__(self, endings: Collection[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        rest = await asyncio.to_thread(completion, value, self._endings)
        return value + rest if rest else None


class _PathInput(LineInput):
    """A line that takes dragged files as terminals paste them."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.value = dropped_path(event.text)
        self.cursor_position = len(self.value)


class FileScreen(Dialog[str]):
    """Ends with the path that was typed, or `None`.

    Args:
        title: What is asked for.
        path: What stands there first.
        endings: Of the files that completion offers.
        detail: Words above the line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", tooltip="Take the completion", priority=True)
    ]

    def __init__(self, title: str, path: str = "", *, endings: Collection[str], detail: str = "") -> None:
        super().__init__()
        self.dialog_title = title
        self._path = path
        self._endings = endings
        self._detail = detail

    def content(self) -> Iterable[Widget]:
        """The line."""
        if self._detail:
            yield text(self._detail, classes="dialog--quiet")
        yield _PathInput(
            self._path,
            placeholder="a path; tab completes it",
            select_on_focus=False,
            suggester=_Paths(self._endings),
        )

    def buttons(self) -> Iterable[Button]:
        """Cancel, and done."""
        return button("Cancel", id="no"), button("OK", id="yes", variant="primary")

    def on_mount(self) -> None:
        """The line has the focus, the cursor at its end."""
        line = self.query_one(_PathInput)
        line.focus()
        line.cursor_position = len(line.value)

    def action_complete(self) -> None:
        """Takes the completion; where there is none, the key goes on."""
        line = self.query_one(_PathInput)
        before = line.value
        if self.focused is line:
            line.action_cursor_right()
        if line.value == before:
            raise SkipAction

    @on(Button.Pressed, "#no")
    def _no(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        typed = dropped_path(self.query_one(_PathInput).value)
        if typed:
            self.dismiss(typed)
