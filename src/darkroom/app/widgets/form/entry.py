"""Rows that are typed into: one line of text with a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.actions import SkipAction
from textual.binding import Binding
from textual.geometry import Offset

from darkroom.app.widgets.form.field import FIELD_BINDINGS, FieldRow
from darkroom.app.widgets.form.line import LineBuffer
from darkroom.app.widgets.form.reading import show
from darkroom.app.widgets.lines import Piece, width
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec, Value

LINE_BINDINGS: list[BindingType] = [
    Binding("left", "cursor('left')", show=False),
    Binding("right", "cursor('right')", show=False),
    Binding("shift+left", "cursor('left', True)", show=False),
    Binding("shift+right", "cursor('right', True)", show=False),
    Binding("ctrl+left", "cursor('word_left')", show=False),
    Binding("ctrl+right", "cursor('word_right')", show=False),
    Binding("ctrl+shift+left", "cursor('word_left', True)", show=False),
    Binding("ctrl+shift+right", "cursor('word_right', True)", show=False),
    Binding("home", "cursor('start')", show=False),
    Binding("end,ctrl+e", "cursor('end')", show=False),
    Binding("shift+home", "cursor('start', True)", show=False),
    Binding("shift+end", "cursor('end', True)", show=False),
    Binding("backspace", "erase('left')", show=False),
    Binding("delete,ctrl+d", "erase('right')", show=False),
    Binding("ctrl+w,ctrl+backspace,alt+backspace", "erase('word_left')", show=False),
    Binding("alt+delete", "erase('word_right')", show=False),
    Binding("ctrl+u", "erase('start')", "clear", show=False, tooltip="Delete everything before the cursor"),
    Binding("ctrl+k", "erase('end')", show=False),
    Binding("ctrl+shift+a", "select_all", show=False),
    Binding("ctrl+c,super+c", "copy", show=False),
    Binding("ctrl+x,super+x", "cut", show=False),
    Binding("ctrl+v", "paste", show=False),
    Binding("ctrl+z,super+z", "undo", "undo", show=False, tooltip="Back to what stood here before"),
    Binding("enter", "commit", "done", show=False, tooltip="Take it as typed"),
]


class EntryRow(FieldRow):
    """Edits a value as one line of text.

    `typing` is true from the first change after the focus came or `enter` was pressed; before that the
    whole text counts as selected, so that typing replaces it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*LINE_BINDINGS, *FIELD_BINDINGS]

    def __init__(self, spec: ParameterSpec, model: FormModel, palette: Palette) -> None:
        self.line = LineBuffer()
        self.typing = False
        self._before: Value = None
        super().__init__(spec, model, palette)
        self._load_line()

    # -- what subclasses say

    def accepts(self, character: str) -> bool:
        """Whether a typed character goes into the text."""
        return character.isprintable()

    def read(self, text: str) -> Value:
        """The value that `text` means; `text` itself when it means none."""
        return text

    def written(self, value: Value) -> str:
        """`value` as text for editing."""
        return show(self.spec, value)

    # -- the text and the value

    def value_changed(self) -> None:
        """Takes the value that was set elsewhere into the text."""
        self._load_line()
        super().value_changed()

    def _load_line(self) -> None:
        if self.typing and self.read(self.line.text) == self.value:
            # Half-typed text ("1.", "1024*") is not tidied up under the person's hands.
            return
        self.typing = False
        self.line.set(self.written(self.value))
        if self.has_focus:
            self.line.select_all()

    def text_changed(self) -> None:
        """Makes the text the value; called after each edit."""
        self.typing = True
        self.edit(self.read(self.line.text))
        self._place_terminal_cursor()

    def commit(self) -> None:
        """Ends typing: the text is written as the value it means."""
        if self.typing:
            self.typing = False
            self._load_line()
            self.redraw()

    # -- keys

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's signature
        """Keys that are typed do not reach the bindings of the panes around."""
        return character is not None and character.isprintable() and self.accepts(character)

    def on_key(self, event: events.Key) -> None:
        """Types a character."""
        if event.is_printable and event.character is not None and self.accepts(event.character):
            event.stop()
            event.prevent_default()
            self.insert(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Types what was pasted, on one line."""
        event.stop()
        event.prevent_default()
        self.insert(self.pasted(event.text))

    def pasted(self, text: str) -> str:
        """What a paste puts into the line."""
        return printable(text.strip("\r\n"))

    def insert(self, text: str) -> None:
        """Puts `text` at the cursor."""
        self.line.insert(text)
        self.text_changed()

    def _target(self, where: str) -> int:
        line = self.line
        match where:
            case "left" | "right":
                return line.cursor + (1 if where == "right" else -1)
            case "word_left":
                return line.word_left()
            case "word_right":
                return line.word_right()
        return 0 if where == "start" else len(line.text)

    def action_cursor(self, where: str, select: bool = False) -> None:
        """Moves the cursor; a selection is left at its edge."""
        if not select and self.line.selected and where in ("left", "right"):
            self.line.move(self.line.selection[where == "right"])
        else:
            self.line.move(self._target(where), select=select)
        self.redraw()
        self._place_terminal_cursor()

    def action_erase(self, where: str) -> None:
        """Deletes the selection, or from the cursor to a place."""
        self.line.erase(self._target(where))
        self.text_changed()

    def action_select_all(self) -> None:
        """Selects the whole text."""
        self.line.select_all()
        self.redraw()

    def action_copy(self) -> None:
        """Copies the selection; with none, the key is left to others."""
        if not self.line.selected or not self.typing:
            raise SkipAction
        self.app.copy_to_clipboard(self.line.selected)

    def action_cut(self) -> None:
        """Copies the selection and deletes it."""
        if self.line.selected:
            self.app.copy_to_clipboard(self.line.selected)
            self.action_erase("left")

    def action_paste(self) -> None:
        """Types what was copied within the program."""
        self.insert(self.pasted(self.app.clipboard))

    def action_undo(self) -> None:
        """Brings back the value that the field had when it got the focus."""
        self.typing = False
        self.edit(self._before)
        self._load_line()
        self.redraw()

    def action_commit(self) -> None:
        """Takes the text as typed, and is ready for another."""
        self.commit()
        self.line.select_all()
        self.redraw()

    # -- focus and mouse

    def on_focus(self) -> None:
        """Selects the whole text, so that typing replaces it."""
        self._before = self.value
        self.line.select_all()
        self.redraw()
        self._place_terminal_cursor()

    def on_blur(self) -> None:
        """Takes the text as typed."""
        self.commit()
        self.line.move(len(self.line.text))
        self.line.scroll = 0
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor where the click was; a second click selects all."""
        event.stop()
        if event.chain > 1:
            self.line.select_all()
        else:
            self.line.move(self.line.index_at(max(event.x - self._value_start(), 0)))
        self.redraw()

    def _place_terminal_cursor(self) -> None:
        """Puts the terminal's own cursor there, for input methods."""
        line = self.line
        column = self._value_start() + cell_len(line.text[line.scroll : line.cursor])
        region = self.content_region
        self.app.cursor_position = Offset(region.x + min(column, max(region.width - 1, 0)), region.y)

    # -- how it looks

    def value_pieces(self, columns: int) -> list[Piece]:
        """The text, scrolled to the cursor where the row has the focus."""
        if not self.has_focus or columns > 5000:
            return self.resting_pieces(columns)
        window = self.line.window(columns)
        tone = "selection" if window.selected else "cursor"
        pieces = [Piece(window.before), Piece(window.inside, tone), Piece(window.after)]
        if window.selected and self.line.cursor == len(self.line.text) and width(pieces) < columns:
            pieces.append(Piece(" ", "cursor"))
        return [piece for piece in pieces if piece.text]

    def resting_pieces(self, columns: int) -> list[Piece]:
        """The value as it stands without the focus."""
        return super().value_pieces(columns)
