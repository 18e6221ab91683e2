"""The pictures of one generation side by side, small; the one that is shown large is marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.message import Message

from darkroom.app.widgets.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual import events

    from darkroom.domain.generation import Output

COLUMNS, LINES = 8, 4
"""Cells of a small picture, the mark below it not counted."""


class Frame(Picture):
    """One small picture. A click chooses it."""

    @dataclass
    class Chosen(Message):
        """It was clicked: the place of its output among all."""

        place: int

    place = 0
    """Which of the outputs it shows, counted from 0."""

    of = ""
    """The hash of that output."""

    def on_click(self, event: events.Click) -> None:
        """Chooses it."""
        event.stop()
        self.post_message(self.Chosen(self.place))


class Filmstrip(Horizontal):
    """As many small pictures as there is room for, the marked one among them."""

    DEFAULT_CSS: ClassVar[str] = f"""
    Filmstrip {{ height: {LINES + 1}; align-horizontal: center; }}
    Filmstrip Frame {{ width: {COLUMNS}; height: {LINES + 1}; margin: 0 1 0 0; }}
    """

    def __init__(self, path: Callable[[str], Path]) -> None:
        """An empty strip; `path` tells where a picture's bytes are, by its hash."""
        super().__init__()
        self._path = path
        self._outputs: Sequence[Output] = ()
        self._at = 0

    def show(self, outputs: Sequence[Output], at: int) -> None:
        """Shows the pictures of a generation, that at a place marked."""
        self._outputs, self._at = outputs, at
        self._arrange()

    def on_resize(self) -> None:
        """Shows as many as there is room for now."""
        self._arrange()

    def _arrange(self) -> None:
        room = self.size.width // (COLUMNS + 1)
        count = min(room, len(self._outputs))
        frames = list(self.query(Frame))
        for frame in frames[count:]:
            frame.remove()
        del frames[count:]
        fresh = [Frame() for _ in range(count - len(frames))]
        if fresh:
            self.mount(*fresh)
        first = max(0, min(self._at - count // 2, len(self._outputs) - count))
        for place, frame in enumerate([*frames, *fresh], first):
            output = self._outputs[place]
            frame.place = place
            frame.set_class(place == self._at, "-current")
            if frame.of != output.hash:
                frame.of = output.hash
                frame.show(self._path(output.hash) if output.kind.is_picture else None, ident=output.hash)
