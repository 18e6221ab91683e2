"""What the screens of servers and of workflows share: a list, its deeds, and words below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding
from textual.containers import ItemGrid
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog
from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import fit
from darkroom.app.working import attempt
from darkroom.domain.errors import DarkroomError
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.app.widgets.lines import Line, Piece


class Row(NamedTuple):
    """A row of the list.

    Attributes:
        key: What it stands for, unique.
        left: Pieces from the left; what does not fit is cut.
        right: Pieces at the end of the line.
    """

    key: str
    left: Sequence[Piece]
    right: Sequence[Piece]


LEAST_ROWS, MOST_ROWS = 3, 12
"""Rows in sight."""

DEED_WIDTH = 16
"""Cells of a button; as many stand side by side as fit."""


class RowList(LineList):
    """A line a row."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row], at: str = "") -> None:
        """Shows `rows`; the cursor goes to `at`, or stays on its row where that is still there."""
        wanted = at or self.current()
        self._rows = rows
        self.set_length(len(rows))
        self.styles.height = min(max(len(rows), LEAST_ROWS), MOST_ROWS)
        self.cursor = next((n for n, row in enumerate(rows) if row.key == wanted), self.cursor)

    def current(self) -> str:
        """Key of the row under the cursor; "" when there is none."""
        return self._rows[self.cursor].key if self._rows else ""

    def item_lines(self, index: int, columns: int) -> tuple[Line, ...]:
        """The line of a row."""
        row = self._rows[index]
        return (fit(row.left, row.right, columns),)


class Deed(NamedTuple):
    """Something that can be done on a listing: `action_NAME` does it.

    Attributes:
        name: Name of the action.
        key: The letter that runs it.
        label: Word on its button.
        help: What it does.
    """

    name: str
    key: str
    label: str
    help: str


def deed_bindings(deeds: Iterable[Deed]) -> list[BindingType]:
    """The keys of some deeds, for `BINDINGS`."""
    return [Binding(deed.key, deed.name, deed.label, tooltip=deed.help) for deed in deeds]


class ListingScreen(Dialog[str]):
    """Ends with the key of the chosen row, or `None`."""

    DEFAULT_CSS: ClassVar[str] = """
    ListingScreen > .dialog { width: 96; }
    ListingScreen .listing--words { height: auto; min-height: 2; max-height: 8; margin-top: 1; }
    ListingScreen .listing--deeds { height: auto; margin-top: 1; }
    ListingScreen .listing--deeds Button { min-width: 1; width: 1fr; height: 1; }
    """
    DEEDS: ClassVar[tuple[Deed, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowList()
        self._words = Static("", markup=False, classes="listing--words")

    def content(self) -> Iterable[Widget]:
        """The list, the words, and what can be done."""
        yield self.rows
        yield self._words
        buttons = [_button(deed) for deed in self.DEEDS]
        yield ItemGrid(*buttons, classes="listing--deeds", min_column_width=DEED_WIDTH)

    def on_mount(self) -> None:
        """The list has the focus."""
        self.rows.focus()

    def say(self, words: str, tone: str = "quiet") -> None:
        """Shows words below the list; the tone is `quiet`, `good` or `bad`."""
        for known in ("quiet", "good", "bad"):
            self._words.set_class(tone == known, f"-{known}")
        self._words.update(Content(printable(words, keep_lines=True)))

    def work(self, doing: Coroutine[object, object, str | None], description: str) -> None:
        """Runs something in the background; what it returns, or what went wrong, is said below the list."""
        attempt(self, self._told(doing), group="deed", exclusive=True, description=description)

    async def _told(self, doing: Coroutine[object, object, str | None]) -> None:
        try:
            said = await doing
        except DarkroomError as error:
            self.say("\n".join(error.lines()), "bad")
        else:
            if said:
                self.say(said, "good")

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.rows.focus()
        await self.run_action(event.button.name or "")

    @on(LineList.Chosen)
    def _chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Ends with the row under the cursor."""
        if self.rows.current():
            self.dismiss(self.rows.current())


def _button(deed: Deed) -> Button:
    label = Content.assemble((deed.key, "$accent"), " ", deed.label)
    made = Button(label, name=deed.name, compact=True, tooltip=deed.help)
    made.can_focus = False
    return made
