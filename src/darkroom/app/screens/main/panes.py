"""The panes of the main screen: side by side where there is room, one at a time where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from darkroom.app.layouts import StagedScreen
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.form import ParameterForm
from darkroom.app.widgets.history import HistoryPane
from darkroom.app.widgets.history.list import HistoryList
from darkroom.app.widgets.preview import PreviewPane
from darkroom.app.widgets.sessions import SessionList, SessionsPane
from darkroom.app.widgets.status import StatusLine
from darkroom.app.widgets.strip import RunStrip
from darkroom.app.widgets.tabs import PaneTabs

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from darkroom.app.board import Board
    from darkroom.app.widgets.history.thumbnails import Thumbnails
    from darkroom.services.core import Core

Pane = Literal["sessions", "form", "preview", "history"]
PANES: tuple[Pane, ...] = ("sessions", "form", "preview", "history")

NARROW, WIDE = 100, 140
"""Columns from which panes stand side by side, and from which the sidebar has room."""

LEAST_COLUMNS, LEAST_LINES = 30, 8
"""Below that nothing useful can be shown."""


class PanesScreen(StagedScreen[None]):
    """Composes the panes and moves between them; knows no service.

    State classes: `-narrow`, `-medium` or `-wide` by width; `-tiny` when hopeless; `-show-PANE` says
    which pane a narrow screen shows; `-zoomed` gives the picture all of it; `-sidebar` and `-no-sidebar`
    are the person's own choice. The title of the pane with the focus is `-active`.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it so
    AUTO_FOCUS = "PromptEditor"

    def __init__(self, core: Core, board: Board, thumbnails: Thumbnails) -> None:
        super().__init__(classes="-show-form")
        self.core = core
        self.board = board
        self._thumbnails = thumbnails
        self._pane: Pane = "form"
        self._before_zoom: Widget | None = None
        self._form = ParameterForm()
        self._styled_as: frozenset[str] | None = None

    def compose(self) -> ComposeResult:
        """Status, tabs, panes, strip, footer."""
        # Textual sets the class of the width after the first paint: without this, columns would jump.
        breakpoints = self._get_breakpoint_classes(self.app.size.width, self.HORIZONTAL_BREAKPOINTS)
        self.add_class(*breakpoints)
        meters = self.board.meters
        yield StatusLine()
        yield PaneTabs()
        with Horizontal(id="panes"):
            yield SessionsPane()
            with Vertical(id="form-pane"):
                yield Static("", id="form-title", classes="pane-title -active", markup=False)
                yield self._form
            with Vertical(id="right"):
                yield PreviewPane(self.core, meters)
                yield HistoryPane(self.core, self._thumbnails, meters)
        yield RunStrip(meters)
        yield KeyFooter()

    @property
    def form(self) -> ParameterForm:
        """The form. What is loaded into it before it is mounted is there at the first paint."""
        return self._form

    @property
    def preview(self) -> PreviewPane:
        """The picture."""
        return self.query_one(PreviewPane)

    @property
    def history(self) -> HistoryPane:
        """The list of generations."""
        return self.query_one(HistoryPane)

    @property
    def sidebar(self) -> SessionsPane:
        """The sessions."""
        return self.query_one(SessionsPane)

    def on_mount(self) -> None:
        """Remembers what all that is mounted was styled for."""
        self._styled_as = self.classes

    def update_node_styles(self, animate: bool = True) -> None:
        """Styles everything anew.

        Not the first time: Textual asks for it when a screen comes up whose widgets were styled just before,
        while they were mounted, and it was a tenth of the start.
        """
        before, self._styled_as = self._styled_as, None
        if self.classes != before:
            super().update_node_styles(animate)

    def on_resize(self, event: events.Resize) -> None:
        """Says so when the window is hopelessly small."""
        tiny = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_LINES
        if tiny and not self.query("#too-small"):
            self.mount(Static("Make the window larger", id="too-small", markup=False))
        self.set_class(tiny, "-tiny")

    def go(self, pane: Pane) -> None:
        """Shows a pane and gives it the focus."""
        self.remove_class("-zoomed")
        if pane == "sessions" and not self.sidebar.display:
            self.add_class("-sidebar")
            self.remove_class("-no-sidebar")
        self._show(pane)
        if pane == "form":
            self.form.take_focus()
        else:
            self._target(pane).focus()

    def _show(self, pane: Pane) -> None:
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-show-{name}")
        self.query_one(PaneTabs).show(pane)

    def _target(self, pane: Literal["sessions", "preview", "history"]) -> Widget:
        if pane == "sessions":
            return self.query_one(SessionList)
        if pane == "history":
            return self.query_one(HistoryList)
        return self.preview

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the one that a narrow screen shows."""
        within = {node.id for node in event.widget.ancestors_with_self}
        shown: Pane = next((name for name in PANES if name in within), "form")
        # The titles and not the panes: a class on a pane has the style sheets applied to all that is in it.
        for name, title in self._titles().items():
            title.set_class(name == shown, "-active")
        if shown != self._pane:
            self._show(shown)
        if shown != "sessions" and not self.has_class("-wide"):
            self.remove_class("-sidebar")

    def _titles(self) -> dict[Pane, Widget]:
        return {
            "sessions": self.sidebar.query_one(".pane-title"),
            "form": self.query_one("#form-title"),
            "history": self.history,
        }

    def on_pane_tabs_picked(self, message: PaneTabs.Picked) -> None:
        """Goes to the pane whose tab was clicked."""
        if message.index < len(PANES):
            self.go(PANES[message.index])
        else:
            self.action_queue()

    def action_queue(self) -> None:
        """Shows the queue."""
        raise NotImplementedError

    def action_pane_sessions(self) -> None:
        """Goes to the sessions."""
        self.go("sessions")

    def action_pane_form(self) -> None:
        """Goes to the form."""
        self.go("form")

    def action_pane_preview(self) -> None:
        """Goes to the picture."""
        self.go("preview")

    def action_pane_history(self) -> None:
        """Goes to the history."""
        self.go("history")

    def action_next_pane(self) -> None:
        """Goes to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Goes to the pane before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        narrow = self.has_class("-narrow")
        panes = [p for p in PANES if narrow or p != "sessions" or self.sidebar.display]
        place = panes.index(self._pane) if self._pane in panes else 0
        self.go(panes[(place + by) % len(panes)])

    def action_zoom(self) -> None:
        """Gives the picture the whole screen, or takes it back."""
        self.toggle_class("-zoomed")
        self.refresh_bindings()
        if self.has_class("-zoomed"):
            self._before_zoom = self.focused
            self.preview.focus()
        elif self._before_zoom is not None and self._before_zoom.is_attached:
            self._before_zoom.focus()
        else:
            self.go(self._pane)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape takes the whole screen back from the picture, and has nothing else to close."""
        del parameters
        return self.has_class("-zoomed") if action == "viewer_close" else True

    def action_viewer_close(self) -> None:
        """Takes the whole screen back from the picture."""
        self.action_zoom()

    def action_sidebar(self) -> None:
        """Shows or hides the sessions."""
        if self.has_class("-narrow"):
            self.go("sessions")
            return
        shown = self.sidebar.display
        self.set_class(shown, "-no-sidebar")
        self.set_class(not shown, "-sidebar")
        if shown and self._pane == "sessions":
            self.go("form")
