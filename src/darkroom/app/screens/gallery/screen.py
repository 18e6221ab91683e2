"""The contact sheet: composes it, says what it shows, and follows what happens meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from darkroom.app.bindings import bindings
from darkroom.app.graphics import graphics_of
from darkroom.app.layouts import StagedScreen
from darkroom.app.screens.gallery.keys import GalleryKeys
from darkroom.app.screens.gallery.reading import SheetReader
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.gallery.cell import about
from darkroom.app.widgets.gallery.grid import MARKING, MOVES, GalleryGrid
from darkroom.app.widgets.line_input import LineInput
from darkroom.app.working import attempt
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app import messages
    from darkroom.app.board import Board
    from darkroom.app.deeds import Deeds
    from darkroom.domain.session import Session
    from darkroom.services.core import Core
    from darkroom.terminal.protocol import Choice


class Look(NamedTuple):
    """How somebody looked at the sheet last.

    Attributes:
        size: Index of the pictures' size; `None` for the one that fits best.
        everywhere: All sessions were shown.
    """

    size: int | None = None
    everywhere: bool = False


class GalleryScreen(GalleryKeys, StagedScreen[None]):
    """Every picture in a grid. What fills the form is asked of the main screen, which comes forward then."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("gallery", without=MOVES + MARKING)]
    AUTO_FOCUS = "GalleryGrid"

    def __init__(
        self, core: Core, board: Board, deeds: Deeds, session: Session, look: Look | None = None
    ) -> None:
        """The sheet of a session, as it was looked at last."""
        super().__init__()
        self.core = core
        self.deeds = deeds
        self.reader = SheetReader(self, core, session, board.clock, self._say)
        self.sheet = self.reader.sheet
        self.grid = self.reader.grid
        self._names: dict[str, str] = {session.id: session.name}
        self._could = (0, False)
        if look is not None:
            self.reader.everywhere = look.everywhere
            self.grid.choose_size(look.size)

    @property
    def look(self) -> Look:
        """How it is looked at, for the next time."""
        return Look(self.grid.chosen_size, self.reader.everywhere)

    def compose(self) -> ComposeResult:
        """Title, search, grid, the picture under the cursor, keys."""
        yield Static(id="gallery-title", markup=False)
        yield LineInput(placeholder="search prompts", classes="filter", id="gallery-search")
        yield self.grid
        yield Static("", classes="empty", markup=False)
        yield Static(id="gallery-about", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Reads what there is."""
        graphics = graphics_of(self.app)
        graphics.begin()
        graphics.changed.subscribe(self, self._changed, immediate=True)
        self._say()
        self.reader.reread()
        attempt(self, self._name_sessions(), group="gallery-names", description="reading sessions")

    def on_unmount(self) -> None:
        """Frees what the terminal keeps."""
        self.reader.drawing.forget()

    def on_screen_suspend(self) -> None:
        """Another screen lies above: the line is its own, and half blocks may be seen through it."""
        self.reader.look()

    def on_screen_resume(self) -> None:
        """It is seen again."""
        self.reader.look()

    def _changed(self, _choice: Choice) -> None:
        self.reader.redraw()

    async def _name_sessions(self) -> None:
        self._names = {session.id: session.name for session in await self.core.sessions.list()}
        self._say()

    # Words

    def _say(self) -> None:
        if not self.is_mounted:
            return
        position, count = self.grid.cursor, len(self.sheet)
        picture = self.sheet.picture(position)
        session = ""
        if picture is not None and self.reader.everywhere:
            session = excerpt(self._names.get(picture.summary.session_id, ""), 60)
        place = f"{position + 1:,} of {count:,}" if count else ""
        self._write("#gallery-title", self._title())
        self._write("#gallery-about", about(picture, place, session))
        is_empty = self.reader.is_read and not count
        if is_empty:
            words = "Nothing found" if self.reader.words else "No pictures yet\nctrl+g makes the first"
            self._write(".empty", Content(words))
        self.set_class(is_empty, "-empty")
        can = (count, self._count() == 2)
        if can != self._could:
            self._could = can
            self.refresh_bindings()

    def _write(self, place: str, words: Content) -> None:
        """Their height is fixed: nothing is laid out anew."""
        shown = self.query_one(place, Static)
        if shown.content != words:
            shown.update(words, layout=False)

    def _title(self) -> Content:
        reader = self.reader
        name = "all sessions" if reader.everywhere else excerpt(reader.session.name, 80)
        marked = self.sheet.marks.count(self.sheet.index, self.grid.cursor)
        return Content.assemble(
            ("  Pictures  ", "$quiet"),
            (name, "bold"),
            (f"  “{excerpt(reader.words, 60)}”" if reader.words else "", "$accent"),
            (f"  {plural(len(self.sheet), 'picture')}" if reader.is_read else "", "$quiet"),
            (f"  {marked:,} marked" if marked else "", "$accent"),
            (
                "  a range: v ends it" if self.sheet.marks.anchor and not self.sheet.marks.held else "",
                "$quiet",
            ),
        )

    @on(GalleryGrid.Moved)
    @on(GalleryGrid.Marked)
    def _moved(self, message: GalleryGrid.Moved | GalleryGrid.Marked) -> None:
        message.stop()
        self._say()

    @on(GalleryGrid.InSight)
    def _in_sight(self, message: GalleryGrid.InSight) -> None:
        message.stop()
        self.reader.look()

    @on(GalleryGrid.Chosen)
    def _chosen(self, message: GalleryGrid.Chosen) -> None:
        message.stop()
        self.action_gallery_open()

    # The search

    def action_gallery_search(self) -> None:
        """Opens the search."""
        self.add_class("-searching")
        self.query_one("#gallery-search", Input).focus()

    def close_search(self) -> bool:
        """Shows everything again; whether there was a search."""
        if not self.has_class("-searching"):
            return False
        field = self.query_one("#gallery-search", Input)
        with self.prevent(Input.Changed):
            field.value = ""
        self.remove_class("-searching")
        self.grid.focus()
        self.reader.find("")
        return True

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self.reader.find(message.value)

    @on(Input.Submitted)
    def _to_results(self, message: Input.Submitted) -> None:
        message.stop()
        self.grid.focus()

    # What happens meanwhile

    def on_generation_changed(self, message: messages.GenerationChanged) -> None:
        """A generation came further, ended, or left for the trash."""
        message.stop()
        self.reader.stale(message.summary.number)

    def on_store_changed(self, message: messages.StoreChanged) -> None:
        """Others wrote: all of it is read again."""
        message.stop()
        self.reader.stale()
