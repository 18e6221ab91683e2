"""The editor of prompts and of other text with several lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.actions import SkipAction
from textual.binding import Binding
from textual.widgets import TextArea
from textual.widgets.text_area import Document, Selection

from darkroom.app.bindings import bindings
from darkroom.app.widgets.longline import LongLine
from darkroom.domain.prompt import change_weight
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

WEIGHT_STEP = 0.05
"""What one press adds to a weight."""

_SETTINGS = re.compile(r"(?:\A|[\r\n])Steps: \d+, [^\r\n]*\bSampler: [^\r\n]*\bSeed: \d[^\r\n]*\s*\Z")
"""The last line of the parameters that A1111 and its kin write beside a picture."""

LONG = 2000
"""Characters from which a line is drawn in pieces."""


class PromptEditor(TextArea, inherit_bindings=False):
    """A text area that leaves the program's own keys alone, and weighs words.

    The text in it is always printable: what is put in from outside goes through `printable`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("prompt"),
        *(
            binding
            for binding in TextArea.BINDINGS
            if isinstance(binding, Binding) and binding.key not in ("f6", "f7", "ctrl+c,super+c")
        ),
        Binding("ctrl+c,super+c", "copy", "copy", show=False),
        Binding("ctrl+shift+a", "select_all", "select all", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__(
            printable(text, keep_lines=True),
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = True

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn; long ones are divided row by row."""
        line = self.document.get_line(line_index)
        kind = LongLine if len(line) > LONG else Text
        return kind(line, end="", no_wrap=True)

    def put(self, text: str) -> None:
        """Replaces the whole text as one edit, so that undo brings the old one back."""
        self.replace(printable(text, keep_lines=True), (0, 0), self.document.end)

    def load(self, text: str) -> None:
        """Replaces the whole text and forgets the edits before; the cursor stays where it can."""
        cursor, scroll = self.cursor_location, self.scroll_offset
        self.load_text(printable(text, keep_lines=True))
        self.move_cursor(self.clamp_visitable(cursor))
        self.scroll_to(scroll.x, scroll.y, animate=False)

    async def _on_paste(self, event: events.Paste) -> None:
        """Pastes with everything made printable. Settings that somebody copied are left to the screen."""
        event.prevent_default()
        if _SETTINGS.search(event.text):
            return
        event.stop()
        self.replace(printable(event.text, keep_lines=True), *self.selection)

    def action_paste(self) -> None:
        """Pastes what was copied within the program."""
        self.replace(printable(self.app.clipboard, keep_lines=True), *self.selection)

    def action_copy(self) -> None:
        """Copies the selection; with none, the key is left to others."""
        if not self.selected_text:
            raise SkipAction
        self.app.copy_to_clipboard(self.selected_text)

    def action_prompt_stronger(self) -> None:
        """Raises the weight of what is selected, or of the word under the cursor."""
        self._weigh(1)

    def action_prompt_weaker(self) -> None:
        """Lowers it."""
        self._weigh(-1)

    def _weigh(self, direction: int) -> None:
        document = self.document
        if not isinstance(document, Document):
            return
        index = document.get_index_from_location
        before, cursor = self.text, index(self.selection.end)
        start, end = sorted((index(self.selection.start), cursor))
        after = change_weight(before, start, end, WEIGHT_STEP * direction)
        if after.text == before:
            return
        part = after.text[after.start : after.end]
        old_end = len(before) - (len(after.text) - after.end)
        added = part.startswith("(") - before.startswith("(", after.start)
        place = document.get_location_from_index
        self.replace(part, place(after.start), place(old_end))
        if start == end:
            self.move_cursor(place(min(max(cursor + added, after.start), after.end)))
        else:
            self.selection = Selection(place(after.start), place(after.end))
