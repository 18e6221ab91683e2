"""A list that knows only its length and draws only what is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from darkroom.app.bindings import bindings
from darkroom.app.widgets.sparing import Sparing
from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from darkroom.app.widgets.lines import Line


class LineList(Sparing, ScrollView, can_focus=True):
    """Items of a fixed height, drawn line by line (Textual's line API).

    A subclass says how an item looks (`item_lines`) and calls `set_length`. A hundred thousand
    items cost as much as ten: nothing is made for an item until it comes into sight.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"cursor", "cursor-mark"}
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("list", without=("list.filter",)),
        Binding("pagedown", "list_page_down", show=False),
        Binding("pageup", "list_page_up", show=False),
    ]
    ITEM_HEIGHT: ClassVar[int] = 1
    CLICKS_TO_CHOOSE: ClassVar[int] = 2

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the item under the cursor; 0 when the list is empty."""

    @dataclass
    class Highlighted(Message):
        """The person moved the cursor to another item."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list."""
            return self.list

    @dataclass
    class Chosen(Message):
        """Enter was pressed on an item, or it was clicked twice."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list."""
            return self.list

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._length = 0

    @property
    def length(self) -> int:
        """Number of items."""
        return self._length

    def set_length(self, length: int) -> None:
        """Says how many items there are; the cursor stays within."""
        self._length = length
        self.virtual_size = Size(0, length * self.ITEM_HEIGHT)
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def item_lines(self, index: int, columns: int) -> tuple[Line | Strip, ...]:
        """The `ITEM_HEIGHT` lines of an item, each at most `columns` cells wide."""
        raise NotImplementedError

    def visible_range(self) -> range:
        """Indexes of the items in sight, those cut at the edges included."""
        first = self.scroll_offset.y // self.ITEM_HEIGHT
        last = -(-(self.scroll_offset.y + self.size.height) // self.ITEM_HEIGHT)
        return range(first, min(last, self._length))

    def refresh_item(self, index: int) -> None:
        """Draws one item again."""
        self.refresh_lines(index * self.ITEM_HEIGHT, self.ITEM_HEIGHT)

    def validate_cursor(self, index: int) -> int:
        """Keeps the cursor on an item."""
        return max(0, min(index, self._length - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draws both items again and brings the new one into sight."""
        self.refresh_item(old)
        self.refresh_item(new)
        self.scroll_to_region(
            Region(0, new * self.ITEM_HEIGHT, max(self.size.width, 1), self.ITEM_HEIGHT),
            animate=False,
            force=True,
        )

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        columns = self.scrollable_content_region.width
        index, line = divmod(y + self.scroll_offset.y, self.ITEM_HEIGHT)
        base = self.rich_style
        if index >= self._length or columns < 1:
            return Strip.blank(columns, base)
        at_cursor = index == self.cursor
        row = self.get_component_rich_style("cursor", partial=True) if at_cursor else None
        drawn = self.item_lines(index, columns - 1)[line]
        mark = self._mark(at_cursor, base, row)
        style = base + row if row else base
        return Strip([mark, *self._segments(drawn, style)]).adjust_cell_length(columns, style)

    def _mark(self, at_cursor: bool, base: Style, row: Style | None) -> Segment:
        if not at_cursor or row is None:
            return Segment(" ", base)
        return Segment("▌", base + row + self.get_component_rich_style("cursor-mark", partial=True))

    def _segments(self, drawn: Line | Strip, style: Style) -> Iterable[Segment]:
        if isinstance(drawn, Strip):
            return ((Segment(text, style + own if own else style)) for text, own, _ in drawn)
        return (Segment(text, style + tone_style(self, tone)) for text, tone in drawn)

    def _move(self, index: int) -> None:
        if not self._length:
            return
        before = self.cursor
        self.cursor = index
        if self.cursor != before:
            self.post_message(self.Highlighted(self, self.cursor))

    def action_list_down(self) -> None:
        """Goes to the next item."""
        self._move(self.cursor + 1)

    def action_list_up(self) -> None:
        """Goes to the item before."""
        self._move(self.cursor - 1)

    def action_list_first(self) -> None:
        """Goes to the first item."""
        self._move(0)

    def action_list_last(self) -> None:
        """Goes to the last item."""
        self._move(self._length - 1)

    def action_list_page_down(self) -> None:
        """Goes a page further."""
        self._move(self.cursor + self._page())

    def action_list_page_up(self) -> None:
        """Goes a page back."""
        self._move(self.cursor - self._page())

    def _page(self) -> int:
        return max(self.size.height // self.ITEM_HEIGHT - 1, 1)

    def action_list_undo(self) -> None:
        """Brings back what was deleted last."""
        from darkroom.app.messages import UndoAsked

        self.post_message(UndoAsked())

    def choose(self) -> None:
        """Opens the item under the cursor."""
        if self._length:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Selects the clicked item, and opens it after as many clicks as that takes."""
        index = (event.y + self.scroll_offset.y) // self.ITEM_HEIGHT
        if index < self._length:
            event.stop()
            self._move(index)
            if event.chain == self.CLICKS_TO_CHOOSE:
                self.choose()
