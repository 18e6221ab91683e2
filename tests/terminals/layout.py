"""Where the program puts the picture: asked of the program itself, without a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.app.widgets.history.thumbnails import COLUMNS
from darkroom.terminal.cells import Box, fit
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textual.geometry import Region

    from tests.app.shell import Shell

PREVIEW = ("alt+3",)
"""Keys to the picture, in a window that shows one pane at a time."""

HISTORY = ("alt+4",)
"""Keys to the history, likewise."""

DIALOG = ("f9",)
"""Keys to a dialog that lies over a part of the picture."""


THUMBNAIL_COLUMNS = COLUMNS + 2
"""Of a row of the history: the mark of the chosen one, the thumbnail, and a gap."""


@dataclass(frozen=True, slots=True)
class View:
    """A window and what was pressed in it.

    Attributes:
        columns: Its width.
        lines: Its height.
        keys: Pressed since the program started.
    """

    columns: int
    lines: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What is where in a view, in cells of the screen.

    Attributes:
        area: What the picture may fill; no cells where it is out of sight.
        thumbnails: The small pictures beside the history; no columns where there are none.
        dialog: What lies above, `None` for nothing.
    """

    area: Box
    thumbnails: Box
    dialog: Box | None = None

    def picture(self, size_px: tuple[int, int], cell_px: tuple[int, int]) -> Box:
        """Where a picture of that size lies within the area."""
        box = fit(size_px, self.area.columns, self.area.lines, cell_px)
        return Box(self.area.left + box.left, self.area.top + box.top, box.columns, box.lines)


async def places(home: Path, views: Iterable[View]) -> dict[View, Place]:
    """Where things are in each of `views`, with the home's newest picture shown."""
    found = {}
    async with opened_core(home, theme="darkroom-dark") as core:
        for view in sorted(set(views), key=repr):
            async with shown(core, size=(view.columns, view.lines)) as shell:
                await shell.settle()
                await shell.press(*view.keys)
                await shell.pilot.pause()
                await shell.settle()
                found[view] = _place(shell)
    return found


def _place(shell: Shell) -> Place:
    history = _box(shell.main.history.list.content_region)
    dialogs = [_box(widget.region) for widget in shell.app.screen.query(".dialog")]
    return Place(
        area=_box(shell.main.preview.picture.content_region),
        thumbnails=Box(history.left, history.top, min(THUMBNAIL_COLUMNS, history.columns), history.lines),
        dialog=dialogs[0] if dialogs else None,
    )


def _box(region: Region) -> Box:
    return Box(region.x, region.y, region.width, region.height)
