"""Lines to type a batch into, each with what is wrong below it, and completed from what the form knows."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Static

from darkroom.app.widgets.line_input import LineInput
from darkroom.domain.batch.axis import PROFILE
from darkroom.domain.entered import named
from darkroom.domain.errors import InputError
from darkroom.domain.text import plural, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from darkroom.domain.form import Form

EXAMPLES = ("steps=20..40/5", "cfg_scale=5,7,9", "sampler=…", "")
"""Shown in empty lines: how an axis is written."""

LIST_ENDINGS = frozenset((".txt", ".jsonl", ".ndjson"))


class NameCompletion(Suggester):
    """Completes the name of a field, and after the sign the values that a field has to choose from."""

    def __init__(self, form: Form, profiles: Collection[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._form = form
        self._profiles = sorted(profiles)
        roles = [str(spec.role) for spec in form.specs if spec.role is not None]
        others = [spec.address for spec in form.specs if spec.role is None]
        self._names = [*dict.fromkeys((*roles, PROFILE, *others))]

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line with what is missing; `None` when nothing fits."""
        return self.complete(value)

    def complete(self, value: str) -> str | None:
        """The same, at once."""
        name, equals, rest = value.partition("=")
        if not equals:
            return _first(f"{known}=" for known in self._names if known.startswith(name)) if name else None
        typed = rest.rpartition(",")[2]
        start = typed.lstrip()
        used = {part.strip() for part in rest.split(",")[:-1]}
        found = (known for known in self.values(name) if known not in used)
        completed = _first(known for known in found if start and known.lower().startswith(start.lower()))
        if completed is None or "," in completed or '"' in completed:
            return None
        return value + completed[len(start) :] if completed != start else None

    def values(self, name: str) -> Sequence[str]:
        """What a field has to choose from; nothing for one that has no choices, or that is not there."""
        if name.strip() == PROFILE:
            return self._profiles
        try:
            spec = named(self._form, name)
        except InputError:
            return ()
        return spec.choices or ()


def _first(found: Iterable[str]) -> str | None:
    return next(iter(found), None)


class PathCompletion(Suggester):
    """Completes paths of prompt lists, looking at the disk in a thread."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path; `None` when nothing fits."""
        from darkroom.app.widgets.form.disk import completion

        rest = await asyncio.to_thread(completion, value, LIST_ENDINGS)
        return value + rest if rest else None


class MarkedLine(Vertical):
    """A line to type, and below it what is wrong with it."""

    DEFAULT_CSS = """
    MarkedLine { height: auto; }
    MarkedLine Input { height: 1; margin: 0; }
    MarkedLine Horizontal { height: 1; }
    MarkedLine .mark { height: auto; display: none; }
    MarkedLine.-wrong .mark { display: block; }
    """

    def __init__(self, line: LineInput, beside: Widget | None = None, *, id: str | None = None) -> None:
        """`beside` stands to the right of the line."""
        super().__init__(id=id)
        self.line = line
        self._beside = beside
        self._mark = Static("", markup=False, classes="mark -bad")

    def compose(self) -> ComposeResult:
        """Line and mark."""
        yield self.line if self._beside is None else Horizontal(self.line, self._beside)
        yield self._mark

    def mark(self, words: str) -> None:
        """Says what is wrong; "" for nothing."""
        self._mark.update(Content("✗ " + printable(words)) if words else "")
        self.set_class(bool(words), "-wrong")


class PromptLine(LineInput):
    """The path of a prompt list, or the prompts themselves when several lines are pasted.

    Attributes:
        pasted: Those lines; "" for none.
    """

    pasted = ""

    class Pasted(Message):
        """Lines were pasted, or forgotten."""

    def __init__(self, path: str, pasted: str) -> None:
        super().__init__(path, suggester=PathCompletion(), select_on_focus=False, id="batch-prompts")
        self.pasted = pasted
        self._tell()

    def _tell(self) -> None:
        count = sum(bool(line.strip()) for line in self.pasted.split("\n"))
        said = f"{plural(count, 'pasted line')}; backspace forgets them"
        self.placeholder = said if self.pasted else "a file of prompts, or paste lines here"

    def _on_paste(self, event: events.Paste) -> None:
        from darkroom.app.widgets.form.dropped import dropped_path

        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if "\n" in text:
            self._keep(printable(text, keep_lines=True))
            self.value = ""
        else:
            self.insert_text_at_cursor(dropped_path(text))

    def _keep(self, pasted: str) -> None:
        self.pasted = pasted
        self._tell()
        self.refresh()
        self.post_message(self.Pasted())

    async def _on_key(self, event: events.Key) -> None:
        if self.pasted and event.key in ("backspace", "delete"):
            event.stop()
            event.prevent_default()
            self._keep("")
            return
        await super()._on_key(event)

    def validate_value(self, value: str) -> str:
        """A path takes the place of pasted lines."""
        value = super().validate_value(value)
        if value and self.pasted:
            self._keep("")
        return value


class AxisLines(Vertical):
    """Lines of axes; below the last one that is written there is always an empty one."""

    DEFAULT_CSS = "AxisLines { height: auto; }"

    help_text = (
        'What differs from job to job: steps=20..40/5, cfg_scale=5,7,9, profile=box,lab, prompt="a, b",c.\n'
        "Several lines are multiplied. Tab completes names, and values where the field has a list of them."
    )

    def __init__(self, axes: Sequence[str], completion: NameCompletion) -> None:
        super().__init__(id="batch-axes")
        self._completion = completion
        self._growing = asyncio.Lock()
        self._lines = [self._line(index, text) for index, text in enumerate((*axes, ""))]

    def compose(self) -> ComposeResult:
        """The lines."""
        yield from self._lines

    def _line(self, index: int, text: str) -> MarkedLine:
        placeholder = EXAMPLES[min(index, len(EXAMPLES) - 1)]
        line = LineInput(
            text, placeholder=placeholder, select_on_focus=False, suggester=self._completion, classes="axis"
        )
        return MarkedLine(line)

    def texts(self) -> tuple[str, ...]:
        """The lines as they stand, without the empty last one."""
        return tuple(marked.line.value for marked in self._lines[:-1])

    def focus_first(self) -> None:
        """Begins at the first empty line."""
        self._lines[-1].line.focus()

    def mark(self, marks: dict[int, str]) -> None:
        """Says what is wrong, by index of the line."""
        for index, marked in enumerate(self._lines):
            marked.mark(marks.get(index, ""))

    async def on_input_changed(self) -> None:
        """Adds an empty line below."""
        await self.grow()

    def after(self, line: Widget | None) -> LineInput | None:
        """The line below one of these; `None` below the last, and for others."""
        lines = [marked.line for marked in self._lines]
        return next((below for above, below in pairwise(lines) if above is line), None)

    async def grow(self) -> None:
        """Adds an empty line below, where the last one is written."""
        async with self._growing:  # whoever asks twice finds the line there
            if self._lines[-1].line.value:
                fresh = self._line(len(self._lines), "")
                self._lines.append(fresh)
                await self.mount(fresh)
