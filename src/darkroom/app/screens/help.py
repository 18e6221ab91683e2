"""Help: what has the focus, and every key that works there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from darkroom.app.bindings import PLAIN
from darkroom.app.screens.dialog import Dialog
from darkroom.config.keymap import bindings_for
from darkroom.config.keynames import display
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.binding import ActiveBinding, BindingType
    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.widget import Widget

KEYS_WIDTH = 18
"""Cells for the keys; longer lists of keys push their words aside."""

GENERAL = (
    "Darkroom makes pictures with a server, keeps each of them, and can repeat it.",
    "Move with tab and the arrow keys; enter goes in, escape goes back.",
)

Row = tuple[str, str]
"""Keys, and what they do."""


class HelpScreen(Dialog[None]):
    """Explains a widget by its `help_text`, and lists the keys that work in it and everywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,q,question_mark", "dismiss(None)", "back", show=False, priority=True),
    ]
    dialog_title = "Help"

    def __init__(self, about: Sequence[str], here: Sequence[Row], everywhere: Sequence[Row]) -> None:
        """Args are lines and rows as `explain` gives them."""
        super().__init__()
        self._about = about
        self._here = here
        self._everywhere = everywhere

    @classmethod
    def explain(cls, screen: Screen[object], overrides: Mapping[str, str] | None = None) -> HelpScreen:
        """Help about what has the focus on `screen`, with the person's own keys put in."""
        focused = screen.focused
        return cls(
            help_lines(focused),
            here(screen.active_bindings.values()),
            [(key.shown(), key.help) for key in bindings_for("global", overrides)],
        )

    def content(self) -> Iterable[Widget]:
        """The words, then the keys."""
        title, *rest = (printable(line) for line in self._about)
        words = Content.assemble((title, "bold"), *(f"\n{line}" for line in rest))
        yield Static(words, classes="help--about")
        for heading, rows in (("Keys here", self._here), ("Keys everywhere", self._everywhere)):
            if rows:
                yield Static(heading, markup=False, classes="help--heading")
                yield Static(_table(rows), classes="help--keys")

    def on_mount(self) -> None:
        """Arrow keys scroll."""
        frame = self.query_one(".dialog")
        frame.can_focus = True
        frame.focus()


def help_lines(widget: Widget | None) -> list[str]:
    """What a widget, or the nearest thing around it that knows, says of itself."""
    nodes: Iterable[DOMNode] = () if widget is None else widget.ancestors_with_self
    for node in nodes:
        text = getattr(node, "help_text", "")
        if isinstance(text, str) and text:
            return printable(text, keep_lines=True).split("\n")
    return list(GENERAL)


def here(active: Iterable[ActiveBinding]) -> list[Row]:
    """The keys of the focused widget and of what is around it, each action once, global ones left out."""
    known = {key.id for key in bindings_for("global")}
    rows: dict[tuple[int, str], tuple[list[str], str]] = {}
    for node, binding, enabled, tooltip in active:
        words = tooltip or binding.tooltip or (binding.description if binding.show else "")
        if not enabled or binding.system or not words:
            continue
        if (binding.id or "").removesuffix(PLAIN) in known:
            continue
        keys, _ = rows.setdefault((id(node), binding.action), ([], words))
        keys.append(display(binding.key))
    return [(", ".join(dict.fromkeys(keys)), words[:1].upper() + words[1:]) for keys, words in rows.values()]


def _table(rows: Sequence[Row]) -> Content:
    lines = []
    for keys, words in rows:
        gap = " " * max(KEYS_WIDTH - len(keys), 2)
        lines.append(Content.assemble((printable(keys), "$accent"), gap, printable(words)))
    return Content("\n").join(lines)
