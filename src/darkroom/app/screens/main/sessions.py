"""Which session is open, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.opening import Opened, open_session
from darkroom.app.screens.main.desk import Desk
from darkroom.app.screens.main.panes import PanesScreen
from darkroom.app.working import attempt
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.app.board import Board
    from darkroom.app.deeds import Deeds
    from darkroom.app.messages import SessionsChanged, UndoAsked
    from darkroom.app.pacing import Pacing
    from darkroom.app.widgets.history.thumbnails import Thumbnails
    from darkroom.app.widgets.sessions import SessionAsked
    from darkroom.domain.session import Session
    from darkroom.services.core import Core


class SessionScreen(PanesScreen):
    """The panes, showing one session."""

    profile = ""
    """Name of the server's profile; "" until one was chosen."""

    def __init__(
        self,
        core: Core,
        opened: Opened,
        sessions: Sequence[Session],
        *,
        board: Board,
        thumbnails: Thumbnails,
        deeds: Deeds,
        pacing: Pacing,
    ) -> None:
        super().__init__(core, board, thumbnails)
        self.deeds = deeds
        self.pacing = pacing
        self.session = opened.session
        self.desk = Desk(core, opened.form)
        self._opened = opened
        self._sessions = sessions
        self.form.load(opened.form)

    def on_mount(self) -> None:
        """Shows what was read before."""
        self.sidebar.show(self._sessions, self.session.id)
        self.put(self._opened)
        self.call_after_refresh(self.go, "form")

    def put(self, opened: Opened) -> None:
        """Shows a session that was read."""
        self.session = opened.session
        self.desk = Desk(self.core, opened.form)
        self.board.seed(opened.rows)
        self.form.load(opened.form)
        newest = next((row.seed for row in opened.rows if row.seed), "")
        self.form.set_last_seed(int(newest) if newest else None)
        self.history.show(opened.session.id, opened.count, opened.rows)
        running = self.board.leading(opened.session.id)
        self.preview.show(running or (opened.rows[0] if opened.rows else None))
        self.title_form()
        self.show_status()

    def title_form(self) -> None:
        """Says which workflow and server the form is for."""
        raise NotImplementedError

    def show_status(self) -> None:
        """Brings the status line up to date."""
        raise NotImplementedError

    async def open(self, session: Session, *, profile: str = "") -> None:
        """Reads and shows a session; what was typed in the one before is kept."""
        if self.form.is_mounted:
            await self.desk.save_draft(self.form.values())
        opened = await open_session(self.core, session, profile=profile)
        self.put(opened)
        # The form of a session without a server stands on the demo's; that was not anybody's choice.
        chosen = opened.form.profile.name if opened.chosen else ""
        await self.core.sessions.use(session.id, workflow_id=opened.form.workflow.id, profile=chosen)
        await self._list()

    async def _list(self) -> None:
        self._sessions = await self.core.sessions.list()
        self.session = next((s for s in self._sessions if s.id == self.session.id), self.session)
        self.sidebar.show(self._sessions, self.session.id)
        self.show_status()

    def on_sessions_changed(self, message: SessionsChanged) -> None:
        """Reads the sidebar again."""
        message.stop()
        attempt(self, self._list(), group="session-list", exclusive=True, description="reading the sessions")

    def on_session_asked(self, message: SessionAsked) -> None:
        """Does what a key of the sidebar asks for."""
        message.stop()
        attempt(self, self._do(message), group="session", description=f"{message.verb} session")

    def on_undo_asked(self, message: UndoAsked) -> None:
        """Brings back what was deleted last."""
        message.stop()
        attempt(self, self.deeds.undo(), group="session", description="bringing back")

    async def _do(self, asked: SessionAsked) -> str | None:
        session = asked.session
        if asked.verb == "new" or session is None:
            return await self._new()
        if asked.verb == "open":
            return await self._open(session)
        if asked.verb == "rename":
            return await self._rename(session)
        if asked.verb == "duplicate":
            return await self._duplicate(session)
        return await self._delete(session)

    def action_new_session(self) -> None:
        """Starts a session."""
        attempt(self, self._new(), group="session", description="new session")

    async def _open(self, session: Session, *, profile: str = "") -> str | None:
        await self.open(session, profile=profile)
        self.go("form")
        return None

    async def _new(self) -> str | None:
        # On the server that is in use: whoever starts anew did not ask for another one.
        said = await self._open(await self.core.sessions.create(), profile=self.profile)
        self.form.focus_first()
        return said

    async def _duplicate(self, session: Session) -> str | None:
        return await self._open(await self.core.sessions.duplicate(session.id))

    async def _rename(self, session: Session) -> str | None:
        from darkroom.app.screens.name import NameScreen

        name = await self.app.push_screen_wait(NameScreen("Name of the session", session.name))
        if name:
            await self.core.sessions.rename(session.id, name)
        return None

    async def _delete(self, session: Session) -> str | None:
        from darkroom.app.screens.confirm import ConfirmScreen

        running = len(self.board.of_session(session.id))
        if running:
            sure = await self.app.push_screen_wait(
                ConfirmScreen(
                    f"Delete “{excerpt(session.name, 40)}”?",
                    f"{plural(running, 'generation')} of it not finished. They go on at the server, "
                    "and their pictures go to the trash with the session.",
                    yes="Delete",
                )
            )
            if not sure:
                return None
        said = await self.deeds.delete_session(session.id, session.name)
        if session.id == self.session.id:
            await self.open(await self.core.sessions.last())
        return said
