"""A prompt: its title line with the counts, and the editor below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widget import Widget

from darkroom.app.widgets.form.model import PROMPT_ROLES
from darkroom.app.widgets.form.parameter import Made, ParameterField
from darkroom.app.widgets.lines import Piece, fit
from darkroom.app.widgets.prompt_editor import PromptEditor
from darkroom.domain.parameters import Role
from darkroom.domain.prompt import count
from darkroom.domain.text import plural, printable

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip
    from textual.timer import Timer
    from textual.widgets import TextArea

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec, Value

COUNT_AFTER_S = 0.15
"""Quiet time after which words are counted again: counting 100 kB at every key would be felt."""


class PromptTitle(Widget):
    """The line above a prompt."""

    DEFAULT_CSS: ClassVar[str] = "PromptTitle { height: 1; width: 1fr; }"

    def __init__(self, field: PromptField) -> None:
        super().__init__()
        self._field = field

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - Textual's signature
        """Label, what is wrong, and the counts."""
        field = self._field
        tone = "label-focus" if field.editor.has_focus else "strong"
        left = [Piece("• " if field.typed else "  ", "accent"), Piece(field.label, tone)]
        if field.problem:
            left += [Piece("  ✗ " + field.problem, "bad")]
        right = [Piece("  " + field.counts, "quiet"), Piece(" ")]
        columns = self.size.width
        return field.palette.strip(fit(left, right, columns), self.rich_style, columns)

    def on_enter(self) -> None:
        """Has its tooltip ready."""
        self.tooltip = self._field.tip()

    def on_click(self, event: events.Click) -> None:
        """A click goes into the text."""
        event.stop()
        self._field.editor.focus()


class PromptField(ParameterField, Vertical):
    """Edits text of several lines."""

    DEFAULT_CSS: ClassVar[str] = """
    PromptField { height: auto; }
    PromptField PromptEditor { height: auto; min-height: 1; max-height: 6; border: none; padding: 0 0 0 2; }
    PromptField.-prompt PromptEditor { min-height: 3; max-height: 12; }
    """

    def __init__(self, spec: ParameterSpec, model: FormModel, palette: Palette) -> None:
        super().__init__(classes="-prompt" if spec.role is Role.PROMPT else "")
        self.tie(spec, model, palette)
        self.counts = ""
        self._counter: Timer | None = None
        self._shown = self._as_shown(self.value)
        self.editor = PromptEditor(self._shown)
        self.heading = PromptTitle(self)

    @property
    def stop(self) -> PromptEditor:
        """The text takes the focus."""
        return self.editor

    def compose(self) -> ComposeResult:
        """The title above the editor."""
        yield self.heading
        yield self.editor

    def on_mount(self) -> None:
        """Counts for the first time, and says that there is a text to edit now."""
        self._counter = self.set_interval(COUNT_AFTER_S, self._count, pause=True)
        self._count()
        self.post_message(Made())

    def value_changed(self) -> None:
        """Takes a value that was set elsewhere; the same text leaves cursor and undo alone."""
        text = self._as_shown(self.value)
        if text != self.editor.text:
            self._shown = text
            self.editor.load(text)
            self._count()
        self.heading.refresh()

    @staticmethod
    def _as_shown(value: Value) -> str:
        return "" if value is None else printable(str(value), keep_lines=True)

    def flush(self) -> None:
        """Puts the text into the model now. What was never edited stays as it came, byte for byte."""
        text = self.editor.text
        if text == self._shown:
            return
        self._shown = text
        self.put(text)
        self.heading.refresh()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The text was edited."""
        event.stop()
        self.flush()
        if self._counter is not None:
            self._counter.reset()
            self._counter.resume()

    def on_descendant_focus(self) -> None:
        """The title takes the accent."""
        self.heading.refresh()

    def on_descendant_blur(self) -> None:
        """The title gives it back."""
        self.heading.refresh()

    def _count(self) -> None:
        if self._counter is not None:
            self._counter.pause()
        if self.spec.role not in PROMPT_ROLES:
            return
        words, tokens, _ = count(self.editor.text)
        self.counts = f"{plural(words, 'word')} · ~{plural(tokens, 'token')}" if words else ""
        self.heading.refresh()
