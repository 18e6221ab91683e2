"""The grid of the contact sheet: moves, marks and jumps; its pictures are looked up as they are drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message

from darkroom.app.bindings import bindings
from darkroom.app.jumper import Target
from darkroom.app.widgets.batch.drawn import CellGrid
from darkroom.app.widgets.gallery.cell import caption
from darkroom.app.widgets.gallery.painted import TellingStrip
from darkroom.app.widgets.lines import Piece, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.filter import LineFilter
    from textual.strip import Strip

    from darkroom.app.widgets.gallery.sheet import Sheet

MOVES = tuple(f"gallery.{move}" for move in ("left", "right", "up", "down", "first", "last"))
HOLDING = tuple(f"gallery.mark_{move}" for move in ("left", "right", "up", "down"))
MARKING = ("gallery.mark", "gallery.range", *HOLDING, "gallery.mark_all")


class GalleryGrid(CellGrid):
    """Pictures by position; those in sight are drawn, and the marked ones are told by colour and sign."""

    help_text = (
        "Every picture that was made, the newest first.\n"
        "Space marks one, v and shift mark ranges; e writes the marked ones to files, d deletes them, and "
        "of two f shows both in one place. Without marks these keys are about the picture under the cursor."
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--marked"}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("gallery", only=MOVES + MARKING)]

    class Marked(Message):
        """Other pictures are marked now."""

    def __init__(self, sheet: Sheet, picture: Callable[[str, int, bool], Sequence[Strip] | None]) -> None:
        """An empty grid.

        Args:
            sheet: What there is to show.
            picture: The strips of a picture by its hash, in the size of this index, and of half blocks alone
                when that is true; empty when it is not drawn, `None` while it is not made.
        """
        super().__init__({}, 0, id="gallery-grid")
        self._sheet = sheet
        self._picture = picture
        self._covered = False
        self.painted: Callable[[int, int, int], object] = lambda _y, _first, _last: None
        """Is told what goes to the terminal: a line, its first column, and the one behind its last."""

    # How a cell looks

    def draw(self, position: int) -> tuple[Strip, ...]:
        """A picture and its caption; blank where there is none."""
        key = self._sheet.key(position)
        picture = self._sheet.picture(position)
        columns, lines = self.shape.picture
        marks = self._sheet.marks
        in_range = position in marks.span(self._sheet.index, self.cursor)
        marked = key is not None and (in_range or marks.is_marked(key))
        strips = (
            None if picture is None else self._picture(picture.output.hash, self.size_index, self._covered)
        )
        if strips:
            body = self.picture_strips(strips)
        else:
            word = "" if key is None else "…" if strips is None else "not drawn"
            body = self.empty_strips(_middle(word, columns, lines))
        under = self.get_component_rich_style("grid--marked", partial=True) if marked else None
        return self.framed(position, body, caption(picture, columns, marked=marked), under)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Of half blocks while a screen above tints them: a placeholder's colour is its number."""
        covered = not self.screen.is_active
        if covered != self._covered:
            self._covered = covered
            self.forget()
            # This is the middle of a paint: `refresh` would be heard at the next one only.
            self._styles_cache.clear()
        # Of all that puts strips together this is the last: from here on they are written short.
        return [
            TellingStrip(strip, crop.x, partial(self.painted, y))
            for y, strip in enumerate(super().render_lines(crop), crop.y)
        ]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters without the one that gives palette colours RGB values; as `Canvas` has them."""
        return [item for item in super().get_line_filters() if not isinstance(item, ANSIToTruecolor)]

    # Marks

    def marks_changed(self) -> None:
        """Draws marks again, and tells of them."""
        self.reframe(self.in_sight())
        self.post_message(self.Marked())

    def _hold(self, across: int, down: int) -> None:
        key = self._sheet.key(self.cursor)
        marks = self._sheet.marks
        if key is not None:
            if marks.anchor is None:
                marks.begin_range(key, held=True)
            super().go(across, down)
            self.marks_changed()

    def go(self, across: int, down: int) -> None:
        """Moves the cursor; a range that shift held open ends, one that v opened follows."""
        self._before_move()
        super().go(across, down)
        self._after_move()

    def _before_move(self) -> None:
        marks = self._sheet.marks
        if marks.anchor is not None and marks.held:
            marks.keep_range(self._sheet.index, self.cursor)

    def _after_move(self) -> None:
        if self._sheet.marks.anchor is not None:
            self.marks_changed()

    def to(self, position: int) -> None:
        """Moves the cursor to a place, as `go` does."""
        self._before_move()
        self.cursor = position
        self._after_move()

    def action_gallery_mark(self) -> None:
        """Marks a picture or not any more; ends a range, keeping it."""
        key, marks = self._sheet.key(self.cursor), self._sheet.marks
        if marks.anchor is not None:
            marks.keep_range(self._sheet.index, self.cursor)
        elif key is not None:
            marks.toggle(key)
        self.marks_changed()

    def action_gallery_range(self) -> None:
        """Opens a range, or ends it, keeping it."""
        key, marks = self._sheet.key(self.cursor), self._sheet.marks
        if marks.anchor is not None:
            marks.keep_range(self._sheet.index, self.cursor)
        elif key is not None:
            marks.begin_range(key)
        self.marks_changed()

    def action_gallery_mark_all(self) -> None:
        """Marks all, or none."""
        sheet = self._sheet
        is_all = len(sheet.marks.all(sheet.index, self.cursor)) == len(sheet.index)
        sheet.marks.clear()
        if not is_all:
            sheet.marks.add(sheet.index.keys(0, len(sheet.index)))
        self.marks_changed()

    def action_gallery_mark_left(self) -> None:
        """Marks to the left."""
        self._hold(-1, 0)

    def action_gallery_mark_right(self) -> None:
        """Marks to the right."""
        self._hold(1, 0)

    def action_gallery_mark_up(self) -> None:
        """Marks a row upwards."""
        self._hold(0, -1)

    def action_gallery_mark_down(self) -> None:
        """Marks a row downwards."""
        self._hold(0, 1)

    # Moves

    def action_gallery_left(self) -> None:
        """One to the left."""
        self.go(-1, 0)

    def action_gallery_right(self) -> None:
        """One to the right."""
        self.go(1, 0)

    def action_gallery_up(self) -> None:
        """One up."""
        self.go(0, -1)

    def action_gallery_down(self) -> None:
        """One down."""
        self.go(0, 1)

    def action_gallery_first(self) -> None:
        """To the newest."""
        self.to(0)

    def action_gallery_last(self) -> None:
        """To the oldest."""
        self.to(self.shape.size - 1)

    def on_click(self, event: events.Click) -> None:
        """Goes to what was clicked; with ctrl marks it, with shift all from the cursor on; twice opens it."""
        position = self.position_at(event.x, event.y)
        if position is None:
            return
        event.stop()
        event.prevent_default()
        key, marks = self._sheet.key(self.cursor), self._sheet.marks
        if event.shift and key is not None:
            if marks.anchor is None:
                marks.begin_range(key, held=True)
            self.cursor = position
            self.marks_changed()
            return
        self.to(position)
        if event.ctrl or event.meta:
            self.action_gallery_mark()
        elif event.chain == 2:
            self.post_message(self.Chosen())

    # Letters

    def jump_targets(self) -> Iterator[Target]:
        """The pictures in sight, each where its first cell is."""
        shape, content = self.shape, self.content_region
        for position in self.in_sight():
            if self._sheet.key(position) is None:
                continue
            x, y = shape.corner(position)
            top = y + self.head_lines - round(self.scroll_y)
            cell = Region(content.x + x, content.y + top, shape.cell_columns, shape.cell_lines)
            seen = cell.intersection(content)
            yield Target(seen, self._goer(position))

    def _goer(self, position: int) -> Callable[[], None]:
        def go() -> None:
            self.focus()
            self.to(position)

        return go


def _middle(word: str, columns: int, lines: int) -> list[tuple[Piece, ...]]:
    """A word in the middle of so many lines of so many cells."""
    blank = (Piece(" " * columns),)
    room = max(columns - len(word), 0) // 2
    said = fit([Piece(" " * room), Piece(word, "faint")], (), columns)
    return [said if line == lines // 2 else blank for line in range(lines)]
