"""Rows for pictures: a path, completed and checked against the disk."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import Binding

from darkroom.app.widgets.form.disk import KEPT, Look, completion, look
from darkroom.app.widgets.form.dropped import dropped_path
from darkroom.app.widgets.form.entry import EntryRow
from darkroom.app.widgets.lines import Piece, clip
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.worker import Worker

    from darkroom.domain.parameters import Value

HINT = " type a path, or drop a picture"

KEPT_LETTERS = 13
"""Cells that the name of a kept picture takes: it is a long number."""


class PictureRow(EntryRow):
    """Edits the path of a picture: paste or drop one, or complete it with tab."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", show=False, tooltip="Take the completion, else go on"),
    ]

    _ghost = ""
    _seen = Look("", "")
    _looking: Worker[None] | None = None

    def on_mount(self) -> None:
        """Looks at the path that stands there from the start."""
        self._look()

    def read(self, text: str) -> Value:
        """The path; nothing is `None` where that is allowed."""
        return text if text or not self.spec.optional else None

    def pasted(self, text: str) -> str:
        """A dragged file comes quoted or escaped, as its terminal likes."""
        return printable(dropped_path(text))

    def insert(self, text: str) -> None:
        """Types text; a whole path takes the place of what stood there."""
        if len(text) > 1 and text.startswith(("/", "~/", KEPT)):
            self.line.select_all()
        super().insert(text)

    def text_changed(self) -> None:
        """Makes the text the value, and looks at the disk."""
        super().text_changed()
        self._look()

    def value_changed(self) -> None:
        """Takes a path that was set elsewhere."""
        before = self.line.text
        super().value_changed()
        if self.line.text != before:
            self._look()

    def action_complete(self) -> None:
        """Takes the completion; without one the key goes on to the next field."""
        if not self._ghost:
            raise SkipAction
        self.line.move(len(self.line.text))
        self.insert(self._ghost)

    def action_cursor(self, where: str, select: bool = False) -> None:
        """Moves the cursor; to the right of the end stands the completion."""
        at_end = self.line.cursor == len(self.line.text)
        if where == "right" and at_end and not self.line.selected and self._ghost:
            self.action_complete()
        else:
            super().action_cursor(where, select)

    def _look(self) -> None:
        self._ghost = ""
        if not self.is_attached:
            return
        # A function, not a coroutine: one that is replaced before it began leaves nothing unawaited.
        self._looking = self.run_worker(
            partial(self._look_at, self.line.text, typing=self.typing),
            group="look",
            exclusive=True,
            description="looking at a path",
            exit_on_error=False,
        )

    async def _look_at(self, text: str, *, typing: bool) -> None:
        # A newer look cancels this one: what the thread finds then is dropped.
        seen = await asyncio.to_thread(look, text) if text.strip() else Look("", "")
        ghost = await asyncio.to_thread(completion, text) if typing else ""
        self._seen, self._ghost = seen, ghost
        self.model.note(self.address, seen.problem)
        self.redraw()

    def value_pieces(self, columns: int) -> list[Piece]:
        """The path and what would complete it; a kept picture by the start of its name."""
        pieces = super().value_pieces(columns)
        if self.has_focus and not self.line.text:
            return [
                Piece(" ", "cursor"),
                Piece(clip(HINT, columns - 1), "ghost"),
            ]
        if self.has_focus and self._ghost and self.line.cursor == len(self.line.text):
            ghost = self._ghost
            *before, _ = pieces
            return [*before, Piece(ghost[0], "cursor"), Piece(clip(ghost[1:], max(columns // 2, 4)), "ghost")]
        return pieces

    def resting_pieces(self, columns: int) -> list[Piece]:
        """The end of the path tells more than its start; of a kept picture's name a part is enough."""
        text = self.line.text
        if text.startswith(KEPT):
            return [Piece(clip(text.removeprefix(KEPT), min(columns, KEPT_LETTERS)))]
        if len(text) > columns > 4:
            return [Piece("…" + text[len(text) - columns + 1 :])]
        return super().resting_pieces(columns)

    def trailing(self) -> list[Piece]:
        """What kind of picture it is."""
        return [Piece(self._seen.note, "quiet")] if self._seen.note and self.line.text else []
