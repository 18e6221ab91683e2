"""Three lines that stay in sight where the preview has no room: small picture, bar, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal

from darkroom.app.widgets.lines import Line, Piece, clip
from darkroom.app.widgets.preview.runline import moving
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.app.widgets.meter import Meter
    from darkroom.app.widgets.picture import Picture
    from darkroom.domain.generation import Summary


class StripText(TextLines):
    """What runs, in words: prompt, bar and numbers, what waits."""

    def __init__(self, meters: Mapping[str, Meter]) -> None:
        super().__init__()
        self._meters = meters
        self.summary: Summary | None = None
        self.waiting = 0

    def lines(self, columns: int) -> tuple[Line, ...]:
        """Three lines."""
        summary = self.summary
        if summary is None:
            return ()
        prompt = excerpt(summary.prompt, max(columns, 1)) or "no prompt"
        queue = f"{self.waiting} more in the queue" if self.waiting else ""
        return (
            (Piece(clip(prompt, columns)),),
            moving(summary, self._meters.get(summary.id), columns),
            (Piece(clip(queue, columns), "quiet"),),
        )


class RunStrip(Horizontal):
    """Shown while something runs; the stylesheet says in which layouts."""

    def __init__(self, meters: Mapping[str, Meter], *, id: str = "strip") -> None:
        super().__init__(id=id)
        self._text = StripText(meters)
        self._picture: Picture | None = None

    def _made_picture(self) -> Picture:
        """The picture; it and the words are mounted when something runs for the first time."""
        if self._picture is None:
            from darkroom.app.widgets.picture import Picture

            self._picture = Picture()
            self.mount(self._picture, self._text)
        return self._picture

    def show(self, summary: Summary | None, waiting: int) -> None:
        """Speaks of `summary`; `None` hides the strip."""
        text = self._text
        if summary is not None and (text.summary is None or text.summary.id != summary.id):
            self._made_picture().show(None, ident="", live=False)
        text.summary, text.waiting = summary, waiting
        self.set_class(summary is not None, "-running")
        text.refresh()

    def frame(self, generation_id: str, data: bytes) -> None:
        """Draws a picture in the making, when it is of the generation it speaks of."""
        summary = self._text.summary
        if summary is not None and summary.id == generation_id:
            self._made_picture().show(data, ident=f"{generation_id}/live", live=True)

    def tick(self) -> None:
        """Draws the words again."""
        self._text.refresh()
