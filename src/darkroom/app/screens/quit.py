"""The dialogs on the way out: what becomes of the work that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Static

from darkroom.app.leaving import work_left
from darkroom.app.screens.dialog import Dialog, text
from darkroom.app.screens.listing import Row, RowList
from darkroom.app.throttle import Throttle
from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import Piece
from darkroom.app.widgets.meter import stage_text, step_text
from darkroom.app.widgets.queue.head import estimated
from darkroom.app.working import attempt
from darkroom.domain.generation import Status
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.app import messages
    from darkroom.app.board import Board
    from darkroom.app.leaving import Left
    from darkroom.domain.errors import DarkroomError
    from darkroom.services.core import Core

CHOICES = (
    ("background", "b", "Keep it running", "in the background, without this screen"),
    ("wait", "w", "Wait", "and leave when the queue is empty"),
    ("pause", "p", "Pause everything", "and leave; what runs is fetched next time"),
    ("stay", "esc", "Stay", "and change nothing"),
)
"""Name, key, label, words."""

LOOK_EVERY_S = 0.25


class Choices(RowList):
    """The rows; one click is enough."""

    CLICKS_TO_CHOOSE = 1


class QuitScreen(Dialog[str]):
    """Ends with "background", "wait" or "pause", or `None` to stay."""

    dialog_title = "Work is left"
    DEFAULT_CSS: ClassVar[str] = """
    QuitScreen > .dialog { width: 76; }
    QuitScreen Choices { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "choose", tooltip="Do what the cursor is on"),
        *(Binding(key, f"answer('{name}')", label, tooltip=label) for name, key, label, _ in CHOICES[:3]),
        Binding("s", "answer('stay')", "stay", show=False),
    ]

    def __init__(self, left: Left, trouble: DarkroomError | None = None) -> None:
        """`trouble` says why what was wanted could not be done."""
        super().__init__()
        self._left = left
        self._trouble = trouble
        self._rows = Choices()

    def content(self) -> Iterable[Widget]:
        """What is left, what goes with this process, and what may be done."""
        if self._trouble is not None:
            yield text("\n".join(self._trouble.lines()), classes="dialog--bad")
        yield text("\n".join(told(self._left)))
        yield self._rows

    def on_mount(self) -> None:
        """The first choice is that nothing stops."""
        rows = [
            Row(
                name,
                [Piece(f"{key:>3}  ", "accent"), Piece(label, "strong"), Piece(f" {words}", "quiet")],
                (),
            )
            for name, key, label, words in CHOICES
        ]
        self._rows.show(rows)
        self._rows.focus()

    @on(LineList.Chosen)
    def _chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Does what the cursor is on."""
        self.action_answer(self._rows.current())

    def action_answer(self, name: str) -> None:
        """Ends with an answer."""
        self.dismiss(None if name == "stay" else name)

    def quit_again(self) -> None:
        """Who presses the key twice wants to be gone, and loses nothing by it."""
        self.dismiss("background")


class WaitScreen(Dialog[str]):
    """Ends with "empty" when nothing is left to do, with "background", or with `None` to stay."""

    dialog_title = "Leaves when the queue is empty"
    DEFAULT_CSS: ClassVar[str] = """
    WaitScreen > .dialog { width: 76; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "quit_again", "in the background", tooltip="Leave now; it goes on in the background"),
    ]

    def __init__(self, core: Core, board: Board, left: Left) -> None:
        super().__init__()
        self._core = core
        self._board = board
        self._left = left
        self._throttle = Throttle(self, LOOK_EVERY_S, board.clock, self._look)

    def content(self) -> Iterable[Widget]:
        """How far it is."""
        yield Static("", id="wait-words", markup=False)
        yield text("\nesc stays here, b leaves now: it goes on in the background", classes="dialog--quiet")

    def on_mount(self) -> None:
        """Shows what there is, and looks from now on."""
        self._say()
        self.set_interval(LOOK_EVERY_S, self._say)
        self._throttle.ask()

    def on_queue_changed(self, message: messages.QueueChanged) -> None:
        """There may be less to do."""
        message.stop()
        self._throttle.ask()

    def on_store_changed(self, message: messages.StoreChanged) -> None:
        """Another process did something."""
        message.stop()
        self._throttle.ask()

    def on_generation_changed(self, message: messages.GenerationChanged) -> None:
        """A job came further, or ended."""
        message.stop()
        self._throttle.ask()

    def on_sessions_changed(self, message: messages.SessionsChanged) -> None:
        """What comes when nothing more is done for a job."""
        message.stop()
        self._throttle.ask()

    def _look(self) -> None:
        attempt(self, self._looked(), group="wait", exclusive=True, description="waiting for the queue")

    async def _looked(self) -> None:
        self._left = await work_left(self._core)
        if self._left.any:
            self._say()
        else:
            self.dismiss("empty")

    def _say(self) -> None:
        lines = told(self._left, all_of_it=False)
        running = self._board.leading()
        meter = self._board.meters.get(running.id) if running is not None else None
        if running is not None and meter is not None and running.status is Status.RUNNING:
            lines.append(f"#{running.number}  {stage_text(meter)} {step_text(meter).strip()}")
        self.query_one("#wait-words", Static).update("\n".join(lines))

    def action_quit_again(self) -> None:
        """Leaves now."""
        self.quit_again()

    def quit_again(self) -> None:
        """Who presses the key again does not want to wait."""
        self.dismiss("background")


def told(left: Left, *, all_of_it: bool = True) -> list[str]:
    """What is left, line by line; with `all_of_it` also what becomes of it when this process ends."""
    counts = [f"{left.here:,} at work"] if left.here else []
    if left.ready:
        counts.append(f"{left.ready:,} waiting")
    done = f", done in {estimated(left.estimate)}" if left.any else ""
    lines = [f"{' and '.join(counts).capitalize()}{done}."]
    if left.paused:
        lines.append(f"{plural(left.paused, 'job')} more {'is' if left.paused == 1 else 'are'} paused.")
    for summary in left.bound if all_of_it else ():
        where = excerpt(shown_name(summary.profile), 40)
        lines += [
            "",
            f"#{summary.number} at {where} can only be followed by this process: the server tells its "
            "pictures to nobody else.",
            "The terminal shows how far it is once this screen is closed; ctrl+c leaves it.",
        ]
    return lines
