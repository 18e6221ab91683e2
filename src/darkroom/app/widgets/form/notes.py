"""What a person should know of the server before the first picture, on one calm line of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widget import Widget

from darkroom.app.widgets.lines import Piece, fit
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

    from darkroom.app.widgets.form.palette import Palette


class FormNotes(Widget, can_focus=True):
    """The first note, cut where the line ends, and how many more there are; enter shows all in full."""

    DEFAULT_CSS: ClassVar[str] = "FormNotes { height: 1; width: 1fr; margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "read", "read"),
        Binding("up,k", "app.focus_previous", "previous", show=False),
        Binding("down,j", "app.focus_next", "next", show=False),
    ]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._notes: tuple[str, ...] = ()
        self.display = False

    def show(self, notes: Sequence[str]) -> None:
        """Shows other notes; without any it takes no line."""
        self._notes = tuple(printable(note) for note in notes)
        self.display = bool(notes)
        self.refresh()

    @property
    def help_text(self) -> str:
        """What the help screen says of it."""
        return "\n".join(("What to know of this server", *self._notes))

    def action_read(self) -> None:
        """Shows all notes in full."""
        # Loaded when somebody asks.
        from darkroom.app.screens.notes import NotesScreen

        self.app.push_screen(NotesScreen("What to know of this server", self._notes))

    def on_click(self, event: events.Click) -> None:
        """A click reads."""
        event.stop()
        self.action_read()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - Textual's signature
        """The line."""
        columns = self.size.width
        more = len(self._notes) - 1
        left = [Piece("! ", "warn"), Piece(self._notes[0] if self._notes else "", "quiet")]
        right = [Piece(f"  {more} more", "faint")] if more > 0 else []
        return self._palette.strip(fit(left, right, columns), self.rich_style, columns)
