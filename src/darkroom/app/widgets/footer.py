"""The few keys that matter here; what can do nothing now is dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.app.widgets.lines import Line, Piece, width
from darkroom.app.widgets.textlines import TextLines
from darkroom.config.keymap import KEYS
from darkroom.config.keynames import display

if TYPE_CHECKING:
    from textual import events
    from textual.screen import Screen

FIRST = ("generate", "cancel", "queue")
"""Global keys that stand before those of the pane."""

LAST = ("help",)
"""Global keys that keep their place at the end, whatever else has no room."""

GLOBAL = frozenset(key.id for key in KEYS if key.group == "global")


class Hint(NamedTuple):
    """A key as the footer shows it."""

    id: str
    key: str
    shown: str
    label: str
    enabled: bool

    def pieces(self) -> Line:
        """The key and its word."""
        if not self.enabled:
            return (Piece(f" {self.shown} ", "faint"), Piece(f"{self.label} ", "faint"))
        return (Piece(f" {self.shown} ", "accent"), Piece(f"{self.label} ", "quiet"))


class KeyFooter(TextLines):
    """One line of keys that can be clicked, chosen by what has the focus."""

    def __init__(self, *, id: str = "footer") -> None:
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self.left_out = frozenset({"queue"})
        """Ids of keys that work and are not worth the room just now."""

    def on_mount(self) -> None:
        """Follows the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._updated)
        self._updated(self.screen)

    def _updated(self, screen: Screen[object]) -> None:
        if not screen.is_active:
            return
        hints: dict[str, Hint] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.id is not None and binding.id not in (*hints, *self.left_out):
                shown = display(binding.key)
                hints[binding.id] = Hint(binding.id, binding.key, shown, binding.description, active.enabled)
        self._hints = arrange(tuple(hints.values()))
        self.refresh()

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The line: as many keys as there is room for."""
        pieces = [piece for hint in kept(self._hints, columns) for piece in hint.pieces()]
        return (tuple(pieces),)

    async def on_click(self, event: events.Click) -> None:
        """Runs what was clicked, as if its key had been pressed."""
        at = 0
        for hint in kept(self._hints, self.size.width):
            at += width(hint.pieces())
            if event.x < at:
                self.app.simulate_key(hint.key)
                return


def arrange(hints: tuple[Hint, ...]) -> tuple[Hint, ...]:
    """Generate and cancel, then the keys of what has the focus, then those that work everywhere."""
    first = [h for name in FIRST for h in hints if h.id == name]
    own = [h for h in hints if h.id not in GLOBAL]
    rest = [h for h in hints if h.id in GLOBAL and h.id not in FIRST]
    return (*first, *own, *rest)


def kept(hints: tuple[Hint, ...], columns: int) -> tuple[Hint, ...]:
    """Those that fit, in order; the last ones keep their place."""
    last = [hint for hint in hints if hint.id in LAST]
    room = columns - width(piece for hint in last for piece in hint.pieces())
    chosen = []
    for hint in hints:
        if hint in last:
            continue
        room -= width(hint.pieces())
        if room < 0:
            break
        chosen.append(hint)
    return (*chosen, *last)
