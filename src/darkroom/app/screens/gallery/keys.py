"""The keys of the contact sheet, and why one can do nothing just now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.app.working import attempt
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from textual.screen import Screen

    from darkroom.app.deeds import Deeds
    from darkroom.app.jumper import Target
    from darkroom.app.messages import Asked
    from darkroom.app.screens.gallery.reading import SheetReader
    from darkroom.app.widgets.gallery.grid import GalleryGrid
    from darkroom.app.widgets.gallery.sheet import Sheet
    from darkroom.domain.generation import Summary
    from darkroom.domain.pictures import Key, Picture
    from darkroom.services.core import Core

    _Base = Screen[None]
else:
    _Base = object

NEEDS_PICTURE = frozenset(
    f"gallery_{name}" for name in ("open", "detail", "mark", "range", "export", "delete", "jump")
)


def _go(target: Target | None) -> None:
    if target is not None:
        target.go()


class GalleryKeys(_Base):
    """Beside the screen: one method a key."""

    core: Core
    deeds: Deeds
    grid: GalleryGrid
    sheet: Sheet
    reader: SheetReader

    def close_search(self) -> bool:
        """Shows everything again; whether there was a search."""
        raise NotImplementedError

    # What cannot be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dims the keys that have nothing to work on."""
        del parameters
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now, as a sentence; "" when it can."""
        if action in NEEDS_PICTURE and not len(self.sheet):
            return "There is no picture here"
        if action == "gallery_flip" and self._count() != 2:
            return "Mark two pictures with space first"
        return ""

    def _count(self) -> int:
        return self.sheet.marks.count(self.sheet.index, self.grid.cursor)

    def _meant(self) -> list[Key]:
        """The marked pictures, or else the one under the cursor."""
        marked = self.sheet.marks.all(self.sheet.index, self.grid.cursor)
        key = self.sheet.key(self.grid.cursor)
        return marked or ([key] if key is not None else [])

    async def _pictures(self) -> list[Picture]:
        """All about them, in the order in which they were marked."""
        keys = self._meant()
        found = {picture.key: picture for picture in await self.core.history.pictured(keys)}
        return [found[key] for key in keys if key in found]

    def unmark(self) -> None:
        """Marks nothing any more."""
        self.sheet.marks.clear()
        self.grid.marks_changed()

    # Looking

    def action_gallery_open(self) -> None:
        """Shows the picture alone."""
        picture = self.sheet.picture(self.grid.cursor)
        if picture is not None:
            attempt(self, self._view(picture), group="detail", exclusive=True, description="opening")

    async def _view(self, picture: Picture) -> None:
        from darkroom.app.screens.gallery.viewing import view

        await view(self, picture)

    def action_gallery_detail(self) -> None:
        """Shows everything about its generation."""
        picture = self.sheet.picture(self.grid.cursor)
        if picture is not None:
            attempt(
                self, self._detail(picture.summary), group="detail", exclusive=True, description="opening"
            )

    async def _detail(self, summary: Summary) -> None:
        from darkroom.app.messages import Asked
        from darkroom.app.screens.detail import DetailScreen

        generation = await self.core.history.get(summary.id)
        detail = DetailScreen(self.core, self.deeds, generation)
        verb = await self.app.push_screen_wait(detail)
        if verb:
            self.hand_over(Asked(verb, generation.summary, detail.output))

    def hand_over(self, asked: Asked) -> None:
        """Has the main screen do something, which comes to the front for it."""
        main = self.app.screen_stack[0]
        main.post_message(asked)
        while self.app.screen is not main:
            self.app.screen.dismiss(None)

    def action_gallery_flip(self) -> None:
        """Shows the two marked pictures in one place."""
        attempt(self, self._flip(), group="flip", exclusive=True, description="showing two pictures")

    async def _flip(self) -> None:
        from darkroom.app.screens.gallery.viewing import flip

        marked = await self._pictures()
        if len(marked) == 2:
            await flip(self, marked[0], marked[1])

    def action_gallery_jump(self) -> None:
        """Puts letters on the pictures in sight."""
        from darkroom.app.screens.jump import JumpScreen

        self.app.push_screen(JumpScreen([*self.grid.jump_targets()]), _go)

    def action_gallery_larger(self) -> None:
        """Larger pictures."""
        self.grid.zoom(1)

    def action_gallery_smaller(self) -> None:
        """Smaller pictures."""
        self.grid.zoom(-1)

    def action_gallery_scope(self) -> None:
        """This session, or all of them."""
        self.reader.show_everywhere(not self.reader.everywhere)

    # Doing

    def action_gallery_export(self) -> None:
        """Writes the marked pictures, or the one under the cursor, to files."""
        attempt(self, self._export(), group="export", exclusive=True, description="exporting pictures")

    async def _export(self) -> str | None:
        pictures = await self._pictures()
        if not pictures:
            return None
        folder = Path.cwd()
        if len(pictures) > 1:
            from darkroom.app.screens.file import FileScreen
            from darkroom.app.widgets.form.dropped import file_meant

            title = f"Export {plural(len(pictures), 'picture')} to a folder"
            typed = await self.app.push_screen_wait(FileScreen(title, str(folder / "pictures"), endings=()))
            if not typed:
                return None
            folder = file_meant(typed)
        files = await self.core.exports.chosen(pictures, folder)
        return f"Written: {files[0]}" if len(files) == 1 else f"{plural(len(files), 'file')} in {folder}"

    def action_gallery_delete(self) -> None:
        """Moves the generations of the marked pictures, or of the one under the cursor, to the trash."""
        attempt(self, self._delete(), group="deed", description="deleting")

    async def _delete(self) -> str | None:
        summaries = {picture.summary.id: picture.summary for picture in await self._pictures()}
        if not summaries:
            return None
        said = await self.deeds.delete_all([*summaries.values()])
        self.unmark()
        self.reader.reread()
        return said

    def action_gallery_undo(self) -> None:
        """Brings back what was deleted last."""
        attempt(self, self.deeds.undo(), group="deed", description="undoing")

    def action_gallery_close(self) -> None:
        """Drops the range, the marks, the search, in this order; then back."""
        if self.sheet.marks.anchor is not None and not self.sheet.marks.held:
            self.sheet.marks.drop_range()
            self.grid.marks_changed()
        elif self._count():
            self.unmark()
        elif not self.close_search():
            self.dismiss(None)
