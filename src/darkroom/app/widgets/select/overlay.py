"""The list that opens over a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.screen import ModalScreen

from darkroom.app.widgets.line_input import LineInput
from darkroom.app.widgets.select.choices import Choice, ChoiceList
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from darkroom.app.widgets.linelist import LineList
    from darkroom.domain.parameters import Value

MOST_LINES = 14
"""Choices in sight at once."""

LEAST_COLUMNS = 26
_FRAME = 2
_AROUND_LABEL = 7


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen; `value` is `None` where "none" was."""

    value: Value


class SelectOverlay(ModalScreen[Picked | None]):
    """Lets a person choose one of many; ends with what was picked, or `None` when they thought better.

    Args:
        choices: In the order they are shown without a filter.
        current: The value that is marked.
        over: Region of the screen it belongs to: it opens below, or above where there is more room.
            `None` for the middle of the screen.
        typed: What the filter holds at first.
        title: What is chosen, shown on the frame.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SelectOverlay { layout: vertical; align: left top; }
    SelectOverlay > Vertical { height: auto; }
    SelectOverlay Input { height: 1; border: none; padding: 0 1; }
    SelectOverlay ChoiceList { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("enter,tab", "pick", "choose", priority=True),
        Binding("down,ctrl+n", "move('down')", "down", show=False, priority=True),
        Binding("up", "move('up')", "up", show=False, priority=True),
        Binding("pagedown", "move('page_down')", "page down", show=False),
        Binding("pageup", "move('page_up')", "page up", show=False),
    ]

    def __init__(
        self,
        choices: Sequence[Choice],
        current: Value,
        *,
        over: Region | None = None,
        typed: str = "",
        title: str = "",
    ) -> None:
        super().__init__()
        self._choices = choices
        self._over = over
        self._typed = typed
        self._ready = False
        self._title = title
        self._list = ChoiceList(choices, current)
        self._frame = Vertical()

    def compose(self) -> ComposeResult:
        """The filter above the list."""
        with self._frame:
            yield LineInput(placeholder="type to filter", select_on_focus=False)
            yield self._list

    def on_mount(self) -> None:
        """Takes its place and the letters that were typed already."""
        # A string would be read as markup.
        self._frame.border_title = Content(printable(self._title))
        self.query_one(LineInput).focus()
        self._place()
        self._ready = True
        self.type("")

    def type(self, text: str) -> None:
        """Adds to the filter what was typed before it had the focus."""
        self._typed += text
        if self._ready and self._typed:
            line = self.query_one(LineInput)
            line.value += self._typed
            line.cursor_position = len(line.value)
            self._typed = ""

    def on_key(self, event: events.Key) -> None:
        """Keys of fast typists that arrive before the filter has the focus."""
        if self.focused is None and event.is_printable and event.character is not None:
            event.stop()
            self.type(event.character)

    def on_resize(self) -> None:
        """Stays within the screen."""
        self._place()

    def _place(self) -> None:
        screen = self.app.size
        longest = max((len(choice.label) + len(choice.note) for choice in self._choices), default=0)
        over = self._over or Region((screen.width - longest) // 2 - 4, screen.height // 5, longest, 1)
        columns = min(max(LEAST_COLUMNS, longest + _AROUND_LABEL), screen.width - 2)
        below = screen.height - over.bottom
        above = over.y
        lines = min(max(len(self._choices), 1), MOST_LINES, max(below, above) - _FRAME - 1)
        lines = max(min(lines, screen.height - _FRAME - 1), 1)
        height = lines + _FRAME + 1
        y = over.bottom if below >= height or below >= above else over.y - height
        x = max(0, min(over.x, screen.width - columns - 1))
        self._list.styles.height = lines
        self._frame.styles.width = columns
        self._frame.styles.offset = (x, max(0, min(y, screen.height - height)))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filters at every key."""
        event.stop()
        self._filter(event.value)

    def _filter(self, query: str) -> None:
        self._list.filter(query)
        count = self._list.length
        self._frame.border_subtitle = "nothing like it" if not count else f"{count:,}" if query else ""

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """A choice was clicked."""
        event.stop()
        self.action_pick()

    def on_click(self, event: events.Click) -> None:
        """A click outside closes it."""
        if event.widget is self:
            self.dismiss(None)

    def action_pick(self) -> None:
        """Ends with the choice under the cursor."""
        choice = self._list.picked()
        if choice is not None:
            self.dismiss(Picked(choice.value))

    def action_move(self, how: str) -> None:
        """Moves the cursor of the list while the filter keeps the focus."""
        {
            "down": self._list.action_list_down,
            "up": self._list.action_list_up,
            "page_down": self._list.action_list_page_down,
            "page_up": self._list.action_list_page_up,
        }[how]()
