"""The status line: session, server, what runs, queue, graphics protocol; each in its fixed place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from darkroom.app.widgets.lines import Line, Piece, clip, fit, width
from darkroom.app.widgets.meter import Meter, duration_text, left_text, numbers, stage_text, step_text
from darkroom.app.widgets.textlines import TextLines
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from textual import events

    from darkroom.domain.generation import Summary
    from darkroom.domain.server import ServerInfo
    from darkroom.services.updates import ConnectionState

WIDE, ROOMY, MEDIUM = 156, 132, 96
"""Cells from which the line says everything, all but the server's memory, and the speed."""

LABEL_COLUMNS = 24
"""Of a server's own name, at most."""

QUEUE_COLUMNS, EMPTY_COLUMNS, PROTOCOL_COLUMNS = 12, 12, 6
"""Of the number of jobs, of the time until they are done, and of the way that pictures are drawn."""

MEMORY_COLUMNS = 24
"""Of what it says of its memory, at most."""


class QueueWords(NamedTuple):
    """What the line says of the queue.

    Attributes:
        paused: It is stopped, all of it or that of the server in use.
        seconds: Until it is empty; `None` when nothing is known, or nothing moves.
        more: There are jobs beside whose time is unknown.
    """

    paused: bool = False
    seconds: float | None = None
    more: bool = False


class StatusView(NamedTuple):
    """What the line shows.

    Attributes:
        session: Name of the session.
        connection: The profile and its state; `None` before one was chosen.
        running: The generation to speak of, `None` when nothing is on its way.
        meter: How far it is.
        waiting: Generations behind it.
        protocol: How pictures are drawn ("half", "kitty", "sixel", "none").
        queue: What else is known of the queue.
    """

    session: str = ""
    connection: ConnectionState | None = None
    running: Summary | None = None
    meter: Meter | None = None
    waiting: int = 0
    protocol: str = ""
    queue: QueueWords = QueueWords()


class StatusLine(TextLines):
    """One quiet line. `show` gives it a view; `tick` moves the remaining time."""

    class QueueAsked(Message):
        """The words about the queue were clicked."""

    def __init__(self, *, id: str = "status") -> None:
        super().__init__(id=id)
        self._view = StatusView()

    def show(self, view: StatusView) -> None:
        """Shows `view`."""
        if view != self._view or view.running is not None:
            self._view = view
            self.refresh()

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The line."""
        view = self._view
        name = Piece(f" {excerpt(view.session, columns) or 'Darkroom'}  ", "strong")
        return (fit((name,), self._right(view, columns), columns),)

    def _right(self, view: StatusView, columns: int) -> Line:
        return (
            *connection_pieces(view.connection, roomy=columns >= ROOMY, wide=columns >= WIDE),
            *self._run(view, columns),
            *queue_pieces(view, roomy=columns >= ROOMY),
            Piece(view.protocol.rjust(PROTOCOL_COLUMNS - 1) + " ", "faint"),
        )

    def on_click(self, event: events.Click) -> None:
        """A click on the words about the queue opens it."""
        columns = self.size.width
        words = width(queue_pieces(self._view, roomy=columns >= ROOMY))
        if columns - PROTOCOL_COLUMNS - words <= event.x < columns - PROTOCOL_COLUMNS:
            event.stop()
            self.post_message(self.QueueAsked())

    def _run(self, view: StatusView, columns: int) -> Line:
        meter = view.meter
        if columns >= MEDIUM:
            stage = Piece(f"{stage_text(meter):>13}" if view.running else " " * 13, "quiet")
            moving = numbers(meter if view.running else None)
            return (Piece("   ▶" if view.running else "    ", "accent"), stage, *moving, Piece("   "))
        if view.running is None:
            return (Piece(" " * 20),)
        counted = meter is not None and meter.step is not None
        middle = step_text(meter) if counted else f" {clip(stage_text(meter), 8):<8}"
        return (Piece("  ▶", "accent"), Piece(middle, "strong"), Piece(left_text(meter)), Piece(" "))


def queue_pieces(view: StatusView, *, roomy: bool) -> Line:
    """“queue 12”, "paused 12" where it is stopped, and with `roomy` the time until it is empty."""
    words = view.queue
    count = f"{view.waiting:,}" if view.waiting < 10_000 else f"{view.waiting // 1000}k"
    if words.paused:
        said = Piece((f"paused {count}" if view.waiting else "paused").ljust(QUEUE_COLUMNS), "warn")
    else:
        said = Piece((f"queue {count}" if view.waiting else "").ljust(QUEUE_COLUMNS), "quiet")
    if not roomy:
        return (said,)
    left = ""
    if view.waiting and words.seconds is not None:
        left = f"{'over ' if words.more else ''}{duration_text(words.seconds)}"
    return (said, Piece(clip(left, EMPTY_COLUMNS).ljust(EMPTY_COLUMNS + 1), "quiet"))


DOTS = {
    "unknown": Piece("○", "quiet"),
    "connecting": Piece("◌", "warn"),
    "up": Piece("●", "good"),
    "down": Piece("○", "bad"),
    "asleep": Piece("○", "quiet"),
}
"""The state of a server in one cell."""


def connection_pieces(state: ConnectionState | None, *, roomy: bool, wide: bool = False) -> Line:
    """“box ● ComfyUI 0.3.64 · 2 jobs · 20.1 of 24.0 GB free”, as far as there is room.

    The profile, a dot, and then what answers or what is wrong; with `roomy` the jobs that the server has,
    ours and others', and with `wide` its memory too.
    """
    if state is None:
        return (Piece("no server", "quiet"),)
    pieces = (Piece(excerpt(shown_name(state.profile), 21) + " "), DOTS[state.phase])
    if state.phase == "down":
        title = state.error.title if state.error and roomy else "down"
        return (*pieces, Piece(" " + clip(title, LABEL_COLUMNS), "bad"))
    if not roomy:
        return pieces
    words = {"connecting": "connecting", "asleep": "starts when needed"}.get(state.phase, "")
    if words or state.info is None:
        return (*pieces, Piece(f" {words}", "quiet"))
    said = clip(state.info.label, LABEL_COLUMNS) + _load(state.info, wide=wide)
    return (*pieces, Piece(f" {said}", "quiet"))


def _load(info: ServerInfo, *, wide: bool) -> str:
    """What the server has to do, and the free memory of its first device."""
    jobs = f" · {plural(info.queue_remaining, 'job')}" if info.queue_remaining else ""
    memory = next((said for said in map(_memory, info.devices) if said), "") if wide else ""
    return jobs + (f" · {clip(memory, MEMORY_COLUMNS)}" if memory else "")


def _memory(device: str) -> str:
    """“20.1 of 24.0 GB free” of a line that begins with the device's name."""
    said = device.rpartition(" · ")[2]
    return said if said.endswith(("free", "used")) else ""
