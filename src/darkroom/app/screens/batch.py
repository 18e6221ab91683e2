"""Ordering a batch: what differs from job to job, how many that makes, and how long they take."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from darkroom.app.screens.batch_preview import Preview, preview
from darkroom.app.screens.batch_typed import COUNT, PROMPTS, Typed
from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.dialog import Dialog, button
from darkroom.app.widgets.batch.cycle import Cycle
from darkroom.app.widgets.batch.lines import AxisLines, MarkedLine, NameCompletion, PromptLine
from darkroom.app.widgets.line_input import LineInput
from darkroom.app.working import attempt
from darkroom.domain.errors import DarkroomError
from darkroom.domain.queue import Batch, Priority
from darkroom.domain.text import excerpt, plural
from darkroom.services.batching.wanted import Templating

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

REST_S = 0.15
"""Rest after a keystroke before the batch is counted."""

MANY = 100
"""Jobs from which on a batch is asked about once more."""

SEEDS_HELP = (
    "So many pictures of everything, with the seeds that follow the form's.\n"
    "A random seed is drawn once, so that pictures can be compared, or anew for each job."
)
TEMPLATES_HELP = (
    "What becomes of {a|b} and __name__ in prompts.\n"
    "They are text; or one prompt is drawn for each job; or all prompts that they stand for are made."
)
SEEDS = ((False, "one seed for all"), (True, "a seed for each job"))
TEMPLATES = ((Templating.OFF, "are text"), (Templating.DRAW, "draw one each"), (Templating.ALL, "make all"))
PRIORITIES = tuple(
    (priority, priority.word) for priority in (Priority.NORMAL, Priority.URGENT, Priority.IDLE)
)
PAUSED = ((False, "in their turn"), (True, "when I resume them"))


class BatchScreen(Dialog[Batch]):
    """Ends with the batch that was added, or `None`.

    Attributes:
        typed: What the fields held last, for the next time.
    """

    DEFAULT_CSS: ClassVar[str] = """
    BatchScreen > .dialog { width: 92; }
    BatchScreen #batch-fields { height: auto; max-height: 46vh; }
    BatchScreen .batch--row, BatchScreen .batch--row Horizontal { height: auto; }
    BatchScreen .batch--label { width: 12; height: 1; }
    BatchScreen .batch--field { width: 1fr; height: auto; }
    BatchScreen .cycle { height: 1; width: 1fr; }
    BatchScreen #batch-count { width: 14; margin-right: 1; }
    BatchScreen #batch-words { height: auto; min-height: 5; max-height: 7; margin-top: 1; }
    BatchScreen #batch-wildcards { height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "add", "add", priority=True, tooltip="Add the batch to the queue"),
        Binding("tab", "complete", "complete", tooltip="Take the completion, or go on", priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "add", "add", show=False),
    ]
    dialog_title = "Batch"

    def __init__(
        self, core: Core, state: FormState, values: Mapping[str, Value], profile: str, typed: Typed
    ) -> None:
        """What is ordered from.

        Args:
            core: Composes and keeps it.
            state: The form.
            values: What it holds now, by address.
            profile: Server or group of what no axis sends elsewhere.
            typed: What the fields hold at first.
        """
        super().__init__()
        self._core = core
        self._state = state
        self._values = dict(values)
        self._profile = profile
        self.typed = typed
        self.preview = Preview()
        self._seeds = Cycle(SEEDS, typed.own_seeds, id="batch-seeds", help=SEEDS_HELP)
        self._templates = Cycle(TEMPLATES, typed.templates, id="batch-templates", help=TEMPLATES_HELP)
        self._priority = Cycle(PRIORITIES, typed.priority, id="batch-priority")
        self._paused = Cycle(PAUSED, typed.paused, id="batch-paused")
        self._news = 0
        self._looked_at = typed
        self._counting = False
        self._adding = False

    def content(self) -> Iterable[Widget]:
        """The fields, and below them what they make."""
        typed = self.typed
        rows = VerticalScroll(*self._rows(typed), id="batch-fields", can_focus=False)
        yield rows
        yield Static("", markup=False, id="batch-words")

    def _rows(self, typed: Typed) -> Iterable[Widget]:
        profiles = [profile.name for profile in self._core.profiles.list()]
        yield _row("Vary", AxisLines(typed.axes, NameCompletion(self._state.form, profiles)))
        yield _row("Prompts", MarkedLine(PromptLine(typed.prompts, typed.pasted), id="batch-prompts-line"))
        count = LineInput(typed.count, id="batch-count")
        yield _row("Seeds", MarkedLine(count, self._seeds, id="batch-count-line"))
        yield _row(
            "Templates",
            self._templates,
            Static("", markup=False, id="batch-wildcards", classes="dialog--quiet"),
        )
        yield _row("Priority", self._priority)
        yield _row("They go", self._paused)

    def buttons(self) -> Iterable[Button]:
        """Cancel, and add."""
        return button("Cancel", id="cancel"), button("Add (enter)", id="add", variant="primary")

    def on_mount(self) -> None:
        """The axes have the focus; what there is is counted."""
        self.query_one(AxisLines).focus_first()
        self._count()
        attempt(self, self._name_wildcards(), group="wildcards", description="looking for wildcards")

    async def _name_wildcards(self) -> None:
        names = await self._core.batches.wildcards.names()
        if names:
            shown = " ".join(f"__{excerpt(name, 40)}__" for name in names[:12])
            more = f" and {len(names) - 12} more" if len(names) > 12 else ""
            words = self.query_one("#batch-wildcards", Static)
            words.update(Content(shown + more))
            words.display = True

    # What was typed

    def _read(self) -> Typed:
        prompts = self.query_one(PromptLine)
        return Typed(
            self.query_one(AxisLines).texts(),
            self.query_one("#batch-count", LineInput).value.strip(),
            self._seeds.value,
            prompts.value,
            prompts.pasted,
            self._templates.value,
            self._priority.value,
            self._paused.value,
        )

    @on(Input.Changed)
    @on(PromptLine.Pasted)
    @on(Cycle.Changed)
    def _changed(self) -> None:
        if self.is_mounted:
            self._count()

    def _count(self) -> None:
        """Counts anew, soon; one after the other, and only the newest."""
        self._news += 1
        self.typed = self._read()
        if not self._counting:
            self._counting = True
            attempt(self, self._keep_counting(), group="preview", description="counting a batch")

    async def _keep_counting(self) -> None:
        try:
            while True:
                news = self._news
                await asyncio.sleep(REST_S)
                if news != self._news:
                    continue
                typed = self.typed
                found = await preview(self._core, self._state, self._values, self._profile, typed)
                if news == self._news:
                    self.preview, self._looked_at = found, typed
                    self._show()
                    return
        finally:
            self._counting = False

    # What it makes

    def _show(self) -> None:
        found = self.preview
        axes = {owner: words for owner, words in found.marks.items() if isinstance(owner, int)}
        self.query_one(AxisLines).mark(axes)
        self.query_one("#batch-count-line", MarkedLine).mark(found.marks.get(COUNT, ""))
        self.query_one("#batch-prompts-line", MarkedLine).mark(found.marks.get(PROMPTS, ""))
        self.query_one("#batch-words", Static).update(found.words())

    async def action_complete(self) -> None:
        """Takes the completion; where there is none, the key goes on to the next field."""
        line = self.focused
        if line is not None:
            # Keys of fast typists, and of slow lines, may still wait in its queue; this one went past them.
            was_typed = asyncio.Event()
            line.call_later(was_typed.set)
            await was_typed.wait()
        if isinstance(line, Input) and line.cursor_at_end and self._completed(line):
            return
        axes = self.query_one(AxisLines)
        await axes.grow()
        below = axes.after(line)
        if below is not None:
            self.set_focus(below)  # a new line has its place among the others only when all is laid out anew
        else:
            self.focus_next()

    def _completed(self, line: Input) -> bool:
        before = line.value
        if isinstance(line.suggester, NameCompletion):
            # At once: who types fast does not wait until a completion is shown.
            line.value = line.suggester.complete(before) or before
            line.cursor_position = len(line.value)
        else:
            line.action_cursor_right()
        return line.value != before

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_add()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "add":
            self.action_add()
        else:
            self.dismiss(None)

    def action_add(self) -> None:
        """Adds the batch, after asking where it is large."""
        if not self._adding:
            self._adding = True
            attempt(self, self._add(), group="add", description="adding a batch")

    async def _add(self) -> None:
        try:
            typed = self._read()
            found = self.preview
            # What was shown is added, with the seeds that were drawn for it.
            if found.composed is None or typed != self._looked_at:
                found = await preview(self._core, self._state, self._values, self._profile, typed)
                self.preview, self._looked_at = found, typed
                self._show()
            if found.composed is None or not await self._is_meant(found):
                return
            self.query_one("#batch-words", Static).update(Content.styled("Adding …", "$quiet"))
            batch = await self._core.batches.add(found.composed, priority=typed.priority, paused=typed.paused)
            self.dismiss(batch)
        except DarkroomError:
            self._show()
            raise
        finally:
            self._adding = False

    async def _is_meant(self, found: Preview) -> bool:
        jobs = len(found.composed.plan) if found.composed is not None else 0
        if jobs <= MANY:
            return True
        question = ConfirmScreen(f"Add {plural(jobs, 'job')}?", found.takes(), yes="Add them", no="Not yet")
        sure = await self.app.push_screen_wait(question)
        return bool(sure)


def _row(label: str, *fields: Widget) -> Horizontal:
    words = Static(label, markup=False, classes="batch--label dialog--quiet")
    return Horizontal(words, Vertical(*fields, classes="batch--field"), classes="batch--row")
