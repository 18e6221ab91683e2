"""The session sidebar: last used first, with counts, and a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from darkroom.app.bindings import bindings
from darkroom.app.widgets.line_input import LineInput
from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import Line, Piece, fit
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.domain.session import Session


@dataclass
class SessionAsked(Message):
    """A key asks for something to be done with a session.

    Attributes:
        verb: "open", "new", "rename", "duplicate", or "delete".
        session: The one under the cursor; `None` for "new".
    """

    verb: str
    session: Session | None = None


class SessionList(LineList):
    """One line a session: marker, name, pictures made, failures."""

    help_text = (
        "Your sessions, the one used last first, with how many pictures were made and how many failed.\n"
        "A session keeps its own form: what you type in one does not change another."
    )

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sessions")]
    CLICKS_TO_CHOOSE = 1

    def __init__(self) -> None:
        super().__init__(id="session-list")
        self._sessions: Sequence[Session] = ()
        self._current = ""

    def show(self, sessions: Sequence[Session], current: str) -> None:
        """Lists `sessions`; the cursor stays on its session, or goes to the current one."""
        under = self.session()
        self._sessions, self._current = sessions, current
        self.set_length(len(sessions))
        wanted = under.id if under is not None and self.has_focus else current
        self.cursor = next((i for i, s in enumerate(sessions) if s.id == wanted), self.cursor)
        self.refresh()

    def session(self) -> Session | None:
        """The one under the cursor."""
        return self._sessions[self.cursor] if self.cursor < len(self._sessions) else None

    def item_lines(self, index: int, columns: int) -> tuple[Line, ...]:
        """The line of a session."""
        session = self._sessions[index]
        current = session.id == self._current
        marker = Piece("▸ ", "accent") if current else Piece("  ")
        if session.unfinished:
            marker = Piece("▶ ", "accent")
        name = Piece(excerpt(session.name, max(columns, 1)), "strong" if current else "text")
        return (fit((marker, name), counts(session), columns),)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dims what needs a session under the cursor."""
        del parameters
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now."""
        needs = ("sessions_open", "sessions_rename", "sessions_duplicate", "sessions_delete")
        return "There is no session here" if action in needs and self.session() is None else ""

    def choose(self) -> None:
        """Opens the session under the cursor."""
        self.action_sessions_open()

    def action_sessions_open(self) -> None:
        """Opens the session under the cursor."""
        self.post_message(SessionAsked("open", self.session()))

    def action_sessions_new(self) -> None:
        """Starts a session."""
        self.post_message(SessionAsked("new"))

    def action_sessions_rename(self) -> None:
        """Gives the session under the cursor another name."""
        self.post_message(SessionAsked("rename", self.session()))

    def action_sessions_duplicate(self) -> None:
        """Starts another with the same values."""
        self.post_message(SessionAsked("duplicate", self.session()))

    def action_sessions_delete(self) -> None:
        """Moves the session under the cursor to the trash."""
        self.post_message(SessionAsked("delete", self.session()))


def counts(session: Session) -> tuple[Piece, ...]:
    """Pictures made and, in another tone, failures; nothing for an untouched session."""
    done = (Piece(f" {session.complete}", "quiet"),) if session.complete or session.failed else ()
    failed = (Piece(" · ", "faint"), Piece(f"{session.failed}✗", "bad")) if session.failed else ()
    return (*done, *failed)


class SessionsPane(Vertical):
    """The sidebar. Keys are told by `SessionAsked`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list", only=("list.filter",))]

    def __init__(self, *, id: str = "sessions") -> None:
        super().__init__(id=id)
        self._sessions: Sequence[Session] = ()
        self._current = ""
        self._words = ""
        self._list = SessionList()

    def compose(self) -> ComposeResult:
        """The title; the list comes right after the first frame, the filter when it is asked for."""
        yield Static("Sessions", classes="pane-title", markup=False)

    def on_mount(self) -> None:
        """Makes the list once the form and the history are seen."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.mount(self._list, Static("No session has this name", classes="empty", markup=False))

    def show(self, sessions: Sequence[Session], current: str) -> None:
        """Lists `sessions` (last used first), the current one marked."""
        self._sessions, self._current = sessions, current
        self._filter()

    def _filter(self) -> None:
        words = self._words.casefold().split()
        found = [s for s in self._sessions if all(word in s.name.casefold() for word in words)]
        self._list.show(found, self._current)
        self.set_class(not found, "-empty")

    def action_list_filter(self) -> None:
        """Opens the filter."""
        self.add_class("-searching")
        if not self.query(Input):
            self.mount(LineInput(placeholder="filter", classes="filter"), before="SessionList")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._words = message.value
        self._filter()

    @on(Input.Submitted)
    def _to_list(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(SessionList).focus()

    def key_escape(self) -> None:
        """Leaves the filter and shows all sessions."""
        if self.has_class("-searching"):
            self.query_one(Input).value = ""
            self.remove_class("-searching")
            self.query_one(SessionList).focus()
