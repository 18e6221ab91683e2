"""Where the focus is in a form whose fields come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.parameter import ParameterField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

    from darkroom.app.widgets.form.body import FormBody

ANYWHERE = ""
"""Stands for an address where any field will do."""


class FocusKeeper:
    """Gives the focus to fields of one form: waits for those that are made, and moves it off those that go.

    Left to Textual, the focus of a widget that goes jumps to the one before it, which may be on its way out
    as well: it would hear every key and do nothing. Seen on Textual 8.2.8, `App._prune`.
    """

    def __init__(self, form: FormBody) -> None:
        self._form = form
        self._last: Widget | None = None
        self._wanted: str | None = None
        self._came_from: Widget | None = None

    def seen(self, widget: Widget) -> None:
        """A widget of the form got the focus."""
        self._last = widget

    def want(self, address: str = ANYWHERE) -> None:
        """Goes to a field as soon as it is there.

        Args:
            address: Of the field; by default the one that had the focus last, else the first of the form.
        """
        self._wanted, self._came_from = address, self._form.screen.focused
        self.settle()

    def settle(self) -> None:
        """Goes where the focus is wanted, if that is made by now and the person has not gone elsewhere."""
        if self._wanted is None:
            return
        screen = self._form.screen
        if self._has_left(screen.focused):
            self._wanted = None
            return
        target = self._target(self._wanted)
        if target is not None:
            # A form that is shown for the first time stands at its top already.
            screen.set_focus(target, scroll_visible=self._last is not None)
            self._wanted, self._last = None, target
        elif self._wanted == ANYWHERE:
            # Keys that are pressed until then belong to nobody.
            screen.set_focus(None)
            self._came_from = None

    def release(self, leaving: Sequence[Widget], before: Sequence[Widget]) -> None:
        """Removes widgets; the focus, when it is in one of them, goes first.

        Args:
            leaving: What is removed. The form does not count it among its fields any more.
            before: What was shown, from top to bottom, as `FormBody.shown` gave it.
        """
        screen = self._form.screen
        focused = screen.focused
        if focused is not None and any(widget in leaving for widget in focused.ancestors_with_self):
            screen.set_focus(None)
            self.want(self._heir(focused, before))
        for widget in leaving:
            widget.remove()

    def _heir(self, focused: Widget, before: Sequence[Widget]) -> str:
        """Address of the field that takes over: the parameter's new one, else the nearest above."""
        shown = {field.address for field in self._form.shown() if isinstance(field, ParameterField)}
        heir = ANYWHERE
        for field in before:
            if isinstance(field, ParameterField) and field.address in shown:
                heir = field.address
            if focused in (field, stop_of(field)):
                return heir
        return ANYWHERE

    def _has_left(self, focused: Widget | None) -> bool:
        return (
            focused is not None
            and focused is not self._came_from
            and focused.is_attached
            and self._form not in focused.ancestors
        )

    def _target(self, address: str) -> Widget | None:
        shown = [widget for widget in self._form.shown() if stop_of(widget).is_attached]
        if address == ANYWHERE:
            stops = [stop for stop in map(stop_of, shown) if stop.focusable]
            return self._last if self._last in stops else next(iter(stops), None)
        fields = (field for field in shown if isinstance(field, ParameterField))
        return next((field.stop for field in fields if field.address == address), None)


def stop_of(widget: Widget) -> Widget:
    """What takes the focus for a heading or a field."""
    return widget.stop if isinstance(widget, ParameterField) else widget
