"""The main screen: what the core tells goes to the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from darkroom.app.bindings import bindings
from darkroom.app.graphics import Graphics, graphics_of
from darkroom.app.screens.main.generating import GeneratingScreen
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.history.list import HistoryList
from darkroom.app.widgets.status import QueueWords, StatusLine, StatusView
from darkroom.app.widgets.strip import RunStrip
from darkroom.app.working import attempt, tell_error
from darkroom.domain.generation import Status
from darkroom.domain.profile import shown_name

if TYPE_CHECKING:
    from textual.binding import BindingType

    from darkroom.app import messages
    from darkroom.app.screens.main.queueing import QueueWatch
    from darkroom.app.widgets.linelist import LineList
    from darkroom.domain.generation import Summary

TICK_S = 0.25
"""How often the remaining time moves while something runs; nothing ticks otherwise."""

APP_KEYS = ("commands", "help", "theme", "images", "quit", "find", "jump")
"""Global keys that are answered elsewhere: by the app on every screen."""


class MainScreen(GeneratingScreen):
    """One session at work."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("global", without=APP_KEYS),
        *bindings("viewer", only=("viewer.close",)),
    ]

    _picked = ""
    """The generation that the person picked to look at; "" while the picture follows what runs."""

    _frame: messages.PreviewArrived | None = None
    """A picture in the making that waits for a pause in typing."""

    def on_mount(self) -> None:
        """Starts what waits for the first paint."""
        self.graphics.changed.subscribe(self, lambda _: self.show_status())
        self.form.editor = self.core.settings.editor
        self._clock = self.set_interval(TICK_S, self._tick, pause=True)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        attempt(self, self._start(), group="start", description="starting")

    async def _start(self) -> None:
        await self.core.start()
        self.connect()
        from darkroom.app.screens.main.queueing import QueueWatch

        self._watch = QueueWatch(self)
        self._watch.stale()

    def _tick(self) -> None:
        if self.pacing.typing:
            return  # the news that come meanwhile move the numbers too
        self.show_status()
        self.preview.progressed()
        self.query_one(RunStrip).tick()

    def title_form(self) -> None:
        """Says which workflow and server the form is for."""
        state = self.desk.state
        words = [
            (state.workflow.name, ""),
            ("  on ", "$faint"),
            (shown_name(self.profile) or "no server yet", "$quiet"),
        ]
        self.query_one("#form-title", Static).update(Content.assemble(*words))

    def show_status(self) -> None:
        """Brings status line and strip up to date."""
        leading, waiting = self.board.leading(), self.board.waiting
        running = leading if leading is not None and leading.status is not Status.NEW else None
        self.query_one(StatusLine).show(
            StatusView(
                self.session.name,
                self.core.connections.state(self.profile) if self.profile else None,
                running,
                self.board.meters.get(running.id) if running else None,
                waiting if running or not leading else waiting + 1,
                str(self.graphics.protocol),
                self._watch.words() if self._watch is not None else QueueWords(),
            )
        )
        self.query_one(RunStrip).show(leading, waiting)
        if running is None:
            self._clock.pause()
        else:
            self._clock.resume()

    @property
    def graphics(self) -> Graphics:
        """How pictures are drawn."""
        return graphics_of(self.app)

    def on_generation_changed(self, message: messages.GenerationChanged) -> None:
        """A row is new, came further, ended, or left for the trash."""
        message.stop()
        summary = message.summary
        self.board.changed(summary)
        self._queue_stale()
        self.history.update_row(summary)
        shown = self.preview.generation()
        if summary.trashed and shown is not None and shown.id == summary.id:
            self._picked = ""
            self.preview.show(self.query_one(HistoryList).generation())
        elif not summary.trashed and summary.session_id == self.session.id and self._wants(summary, shown):
            self.preview.show(summary, keep_picture=not self._picked)
        self.show_status()
        self.refresh_bindings()

    def _wants(self, summary: Summary, shown: Summary | None) -> bool:
        """Whether the picture pane should show it: it does already, or it follows and this one runs now."""
        if shown is None or summary.id == shown.id:
            return True
        if self._picked:
            return False
        runs = summary.status is Status.RUNNING and shown.status is not Status.RUNNING
        return runs or (shown.status.final and not summary.status.final)

    def follow(self) -> None:
        """Shows what is at work from now on."""
        self._picked = ""

    def on_line_list_highlighted(self, message: LineList.Highlighted) -> None:
        """Shows the picture of the row under the cursor."""
        message.stop()
        if isinstance(message.list, HistoryList):
            summary = message.list.generation()
            if summary is not None:
                self._picked = "" if self.board.get(summary.id) else summary.id
                self.preview.show(summary)

    def on_live_progress(self, message: messages.LiveProgress) -> None:
        """A run came further."""
        message.stop()
        self.board.came(message.generation_id, message.event)
        self.show_progress(message.generation_id)

    def show_progress(self, generation_id: str) -> None:
        """Draws anew what tells how far a run is."""
        self.history.list.progressed(generation_id)
        self.preview.progressed()
        self.show_status()

    def on_preview_arrived(self, message: messages.PreviewArrived) -> None:
        """A picture in the making."""
        message.stop()
        if self.core.settings.previews:
            is_waiting = self._frame is not None
            self._frame = message
            if not is_waiting:
                self._draw_frame()

    def _draw_frame(self) -> None:
        """Draws the latest picture in the making, as soon as nobody types."""
        frame, wait_s = self._frame, self.pacing.wait_s()
        if frame is None:
            return
        if wait_s:
            self.set_timer(wait_s, self._draw_frame)
            return
        self._frame = None
        self.pacing.drawn()
        self.preview.frame(frame.generation_id, frame.data)
        self.query_one(RunStrip).frame(frame.generation_id, frame.data)

    def on_connection_changed(self, message: messages.ConnectionChanged) -> None:
        """The server came, went, or said who it is."""
        message.stop()
        state = message.state
        self._queue_stale()
        if state.profile != self.profile:
            return
        self.show_status()
        # A group says so how many of its servers are up: one more may have other models.
        who = f"{state.profile} {state.info.label}" if state.info is not None else state.profile
        if state.phase == "down":
            self._read_from = ""  # it may come back as another version, with other models
        elif state.phase == "up" and self._read_from != who:
            self._read_from = who
            self.refresh_form()

    _read_from = ""
    """Whose lists were read since it was last away, or said to be something else."""

    def on_store_changed(self, message: messages.StoreChanged) -> None:
        """Another process wrote: what is shown is read again."""
        message.stop()
        self._queue_stale()
        attempt(self, self._read_again(), group="reread", exclusive=True, description="reading anew")

    async def _read_again(self) -> None:
        rows = await self.history.reload()
        self.board.seed(rows)
        shown = self.preview.generation()
        fresh = next((row for row in rows if shown is not None and row.id == shown.id), None)
        if fresh is not None and fresh != shown:
            self.preview.show(fresh, keep_picture=True)
        await self._list()

    _watch: QueueWatch | None = None
    """Looks at the queue; there is none before the first paint."""

    def on_queue_changed(self, message: messages.QueueChanged) -> None:
        """What waits, its order, or what holds it, changed."""
        message.stop()
        self._queue_stale()

    def _queue_stale(self) -> None:
        if self._watch is not None:
            self._watch.stale()

    def queue_looked_at(self) -> None:
        """The queue was read: the status line and the footer tell of it."""
        footer = self.query_one(KeyFooter)
        left_out = frozenset[str]() if self.board.busy else frozenset({"queue"})
        if footer.left_out != left_out:
            footer.left_out = left_out
            self.refresh_bindings()
        self.show_status()

    async def reread_row(self, generation_id: str) -> None:
        """Shows a generation as the store has it now."""
        summary = await self.core.store.generations.summary(generation_id)
        if summary is not None:
            self.history.update_row(summary)

    def on_status_line_queue_asked(self, message: StatusLine.QueueAsked) -> None:
        """Opens the queue."""
        message.stop()
        self.action_queue()

    def on_trouble(self, message: messages.Trouble) -> None:
        """Says what went wrong."""
        message.stop()
        tell_error(self, message.error)
