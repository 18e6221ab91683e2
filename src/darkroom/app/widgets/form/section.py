"""Sections of the form: a heading that folds, and rows that are made when it first unfolds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from darkroom.app.bindings import bindings
from darkroom.app.widgets.form.parameter import LABEL_LETTERS, Made, ParameterField
from darkroom.app.widgets.form.rows import SectionBody
from darkroom.app.widgets.form.summary import summary
from darkroom.app.widgets.lines import Piece, fit
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.strip import Strip

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec

UNTITLED = "Parameters"


class SectionHeader(Widget, can_focus=True):
    """The line of a section: its title, what it holds while folded, and what can be done with it."""

    DEFAULT_CSS: ClassVar[str] = "SectionHeader { height: 1; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("section", only=("section.fold",)),
        Binding("right,l", "fold(False)", "open", show=False),
        Binding("left,h", "fold(True)", "close", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
        Binding("down,j", "app.focus_next", "next", show=False),
    ]

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._section = section

    @property
    def help_text(self) -> str:
        """What the help screen says of it."""
        return f"{self._section.title}\nA section of the form; closed, it shows what it holds on its line."

    def action_section_fold(self) -> None:
        """Opens the section, or closes it."""
        self.action_fold()

    def action_fold(self, folded: bool | None = None) -> None:
        """Opens or closes the section."""
        self._section.fold(not self._section.folded if folded is None else folded, by_person=True)

    def on_click(self, event: events.Click) -> None:
        """A click folds; one on an action at the end of the line runs that."""
        event.stop()
        start = self.size.width
        for name, text in reversed(self._section.actions()):
            start -= len(text) + 2
            if event.x >= start:
                self.post_message(Section.ActionWanted(self._section, name))
                return
        self.action_fold()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - Textual's signature
        """The line."""
        section = self._section
        tone = "label-focus" if self.has_focus else "strong"
        left = [Piece("▸ " if section.folded else "▾ ", "accent"), Piece(section.title, tone)]
        right: list[Piece] = []
        if section.folded:
            left += [Piece("  "), Piece(section.summary(), "quiet")]
            wrong = section.problem_count()
            right = [Piece(f"  ✗ {wrong}", "bad")] if wrong else []
        else:
            for _, text in section.actions():
                right += [Piece("  "), Piece(text, "quiet")]
        columns = self.size.width
        return section.palette.strip(fit(left, right, columns), self.rich_style, columns)


class Section(Vertical):
    """A titled group of rows."""

    DEFAULT_CSS: ClassVar[str] = "Section { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("section", without=("section.fold",))]

    @dataclass
    class Folded(Message):
        """A person opened or closed a section."""

        title: str
        folded: bool

    class ActionWanted(Message):
        """An action of a section ("presets", "swap") is asked for."""

        def __init__(self, section: Section, name: str) -> None:
            super().__init__()
            self.section = section
            self.action_name = name

    def __init__(
        self, key: str, specs: Sequence[ParameterSpec], model: FormModel, palette: Palette, *, folded: bool
    ) -> None:
        super().__init__()
        self.key = key
        self.title = excerpt(key, LABEL_LETTERS) or UNTITLED
        self.specs = tuple(specs)
        self.palette = palette
        self.folded = folded
        self._model = model
        self._body: SectionBody | None = None
        self.header = SectionHeader(self)

    def compose(self) -> ComposeResult:
        """The heading, and the rows unless folded."""
        yield self.header
        if not self.folded:
            yield self._made_body()

    def on_mount(self) -> None:
        """Says that its heading is there."""
        self.post_message(Made())

    def _made_body(self) -> SectionBody:
        self._body = SectionBody(self.specs, self._model, self.palette)
        return self._body

    @property
    def body(self) -> SectionBody | None:
        """The rows; `None` while they were never shown."""
        return self._body

    def fold(self, folded: bool, *, by_person: bool = False) -> None:
        """Closes or opens; rows are made the first time it opens."""
        if folded == self.folded:
            return
        self.folded = folded
        if folded and self._body is not None and self._body.has_focus_within:
            self.screen.set_focus(self.header)
        if self._body is not None:
            self._body.display = not folded
        elif not folded:
            self.mount(self._made_body())
        self.header.refresh()
        if by_person:
            self.post_message(self.Folded(self.key, folded))

    def update_specs(self, specs: Sequence[ParameterSpec]) -> list[ParameterField]:
        """Takes other parameters, as `SectionBody.update_specs`."""
        self.specs = tuple(specs)
        self.header.refresh()
        return self._body.update_specs(self.specs) if self._body is not None else []

    def values_changed(self) -> None:
        """Draws all values again."""
        if self._body is not None:
            self._body.values_changed()
        self.header.refresh()

    def summary(self) -> str:
        """What it holds, on one line."""
        return summary(self.specs, self._model.values)

    def problem_count(self) -> int:
        """How many of its values are wrong."""
        return sum(self._model.problem(spec.address) is not None for spec in self.specs)

    def side(self, role: Role) -> ParameterSpec | None:
        """The parameter that is the width or the height, when the section has exactly one."""
        found = [spec for spec in self.specs if spec.role is role]
        return found[0] if len(found) == 1 else None

    def actions(self) -> tuple[tuple[str, str], ...]:
        """Name and text of what can be done with the section as a whole."""
        if self.side(Role.WIDTH) is None or self.side(Role.HEIGHT) is None:
            return ()
        return (("presets", "p sizes"), ("swap", "s swap"))

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],  # noqa: ARG002 - Textual's signature
    ) -> bool | None:
        """Sizes belong to sections that have a width and a height."""
        return action not in ("section_sizes", "section_swap") or bool(self.actions())

    def action_section_sizes(self) -> None:
        """Asks for the choice of usual sizes."""
        self.post_message(self.ActionWanted(self, "presets"))

    def action_section_swap(self) -> None:
        """Asks for width and height to change places."""
        self.post_message(self.ActionWanted(self, "swap"))
