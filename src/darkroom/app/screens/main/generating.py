"""Making generations from the main screen: generate, cancel, use again, choose the server."""

from __future__ import annotations

import logging
from types import MappingProxyType
from typing import TYPE_CHECKING

from darkroom.app.screens.main.choosing import ChoosingScreen
from darkroom.app.working import attempt, tell, tell_error
from darkroom.domain.errors import DarkroomError, Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.app.messages import Asked, Refused
    from darkroom.app.screens.batch_typed import Typed
    from darkroom.app.screens.gallery.screen import Look
    from darkroom.domain.parameters import Value
    from darkroom.services.reuse import Part

log = logging.getLogger(__name__)

PARTS: Mapping[str, Part] = {"reuse": "all", "reuse_seed": "seed", "reuse_prompt": "prompt"}
"""Keys of the history that fill the form."""

TAKING = ("use_image", "enlarge")
"""Keys of the history that put its picture into the form."""


class GeneratingScreen(ChoosingScreen):
    """The panes of a session, with what the form and the keys of a generation do."""

    _from_form = ""
    """The generation that was made last from the form as it stands."""

    def action_editor(self) -> None:
        """Edits the prompt in the person's own editor, wherever the focus is."""
        self.form.action_editor()

    def action_generate(self) -> None:
        """Makes a picture from the form, or queues it behind those that run."""
        self._generate_as("normal")

    def action_generate_urgent(self) -> None:
        """Makes one before all that waits."""
        self._generate_as("urgent")

    def action_generate_idle(self) -> None:
        """Makes one when nothing else waits."""
        self._generate_as("idle")

    def _generate_as(self, priority: str) -> None:
        if not self.profile:
            self.connect()
            return
        attempt(self, self._generate(priority), group="generate", description="generating")

    async def _generate(self, priority: str) -> str | None:
        from darkroom.domain.queue import Order, Priority  # nothing of it is needed before

        order = Order(Priority[priority.upper()])
        if not self.desk.state.known:
            # Nobody has seen the choices yet: what stands in the fields is no one's choice.
            await self._refresh_form()
        try:
            state = self.desk.state
            summary = await self.core.generations.submit(
                self.session.id, self.profile, state.workflow, self.form.values(), order
            )
        except Rejected as error:
            self.mark(error.problems)
            tell_error(self, error)
        else:
            self._from_form = summary.id
            await self.core.forms.save_draft(self.session.id, state.memory, {})
            self.form.set_last_seed(int(summary.seed) if summary.seed else None)
            self.follow()
            if order.priority is not Priority.NORMAL:
                return f"#{summary.number} is {priority}"
        return None

    def on_refused(self, message: Refused) -> None:
        """The server refused the form's own request: its fields are marked."""
        message.stop()
        if message.generation_id == self._from_form and message.problems:
            self.mark(message.problems)

    def mark(self, problems: Mapping[str, str]) -> None:
        """Marks what the server refused, and goes to the first of it."""
        self.form.mark(problems)
        self.go("form")
        self.form.focus_first_problem()

    def follow(self) -> None:
        """Shows what is at work from now on, until the person picks something else."""
        raise NotImplementedError

    def action_cancel(self) -> None:
        """Cancels what is shown, or what runs."""
        shown = self.preview.generation()
        target = shown if shown is not None and not shown.status.final else self.board.leading()
        if target is None:
            tell(self, "Nothing is running")
            return
        self.board.cancelling(target.id)
        self.show_progress(target.id)
        attempt(self, self.deeds.cancel(target.id), group="cancel", description="cancelling")

    def action_queue(self) -> None:
        """Shows what waits and what runs."""
        attempt(self, self._queue(), group="queue", exclusive=True, description="showing the queue")

    async def _queue(self) -> None:
        from darkroom.app.screens.queue import QueueScreen

        wish = await self.app.push_screen_wait(QueueScreen(self.core, self.board, self.deeds))
        if wish is None:
            return
        if wish.verb in TAKING:
            await self._take(wish.generation_id, wish.verb, wish.output)
        else:
            await self._reuse(wish.generation_id, wish.verb)

    def show_progress(self, generation_id: str) -> None:
        """Draws anew what tells how far a run is."""
        raise NotImplementedError

    def on_asked(self, message: Asked) -> None:
        """Does what a key asks for with a generation."""
        message.stop()
        verb, summary = message.verb, message.summary
        if verb == "open":
            attempt(self, self._detail(summary.id), group="detail", exclusive=True, description="opening")
        elif verb == "view":
            attempt(self, self._view(message), group="view", exclusive=True, description="showing a picture")
        elif verb == "batch":
            attempt(
                self, self._grid(summary.id), group="batch", exclusive=True, description="showing a batch"
            )
        elif verb in PARTS:
            attempt(self, self._reuse(summary.id, verb), group="reuse", description="filling the form")
        elif verb in TAKING:
            attempt(self, self._take(summary.id, verb, message.output), group="reuse", description=verb)
        else:
            attempt(self, self.deeds.do(message), group="deed", description=verb)

    typed_batches: Mapping[str, Typed] = MappingProxyType({})
    """What was typed for a batch last, by session."""

    def action_batch(self) -> None:
        """Makes many pictures from the form."""
        if not self.profile:
            self.connect()
            return
        attempt(self, self._order_batch(), group="batch", exclusive=True, description="ordering a batch")

    async def _order_batch(self) -> str | None:
        from darkroom.app.screens.main.batching import order_batch

        if not self.desk.state.known:
            await self._refresh_form()
        return await order_batch(self)

    def action_batches(self) -> None:
        """Shows the batches of the session."""
        attempt(self, self._batches(), group="batch", exclusive=True, description="showing batches")

    async def _batches(self) -> None:
        from darkroom.app.screens.main.batching import show_batches

        await show_batches(self)

    gallery_look: Look | None = None
    """How the contact sheet was looked at last."""

    def action_gallery(self) -> None:
        """Shows all pictures as a contact sheet."""
        attempt(self, self._gallery(), group="gallery", exclusive=True, description="showing pictures")

    async def _gallery(self) -> None:
        from darkroom.app.screens.main.sheets import show_gallery

        await show_gallery(self)

    async def _grid(self, generation_id: str) -> str | None:
        from darkroom.app.screens.batch_grid import show_batch_of

        return await show_batch_of(self.app, self.core, self.board, self.deeds, generation_id)

    async def _view(self, message: Asked) -> str | None:
        # Not before it is wanted.
        from darkroom.app.screens.main.viewing import view_picture

        return await view_picture(self, message)

    async def _detail(self, generation_id: str) -> None:
        from darkroom.app.screens.detail import DetailScreen

        generation = await self.core.history.get(generation_id)
        detail = DetailScreen(self.core, self.deeds, generation)
        verb = await self.app.push_screen_wait(detail)
        if verb in TAKING:
            await self._take(generation_id, verb, detail.output)
        elif verb:
            await self._reuse(generation_id, verb)

    async def _take(self, generation_id: str, verb: str, output: int) -> None:
        # Not before it is wanted.
        from darkroom.app.screens.main.taking import take_picture

        await take_picture(self, generation_id, output, larger=verb == "enlarge")
        self.go("form")

    async def _reuse(self, generation_id: str, verb: str) -> None:
        # Not before it is wanted: it brings all of the translation.
        from darkroom.app.screens.main.carrying import carry_into
        from darkroom.services.reuse import of_snapshot

        generation = await self.core.history.get(generation_id)
        source = of_snapshot(generation.snapshot)
        if not await carry_into(self, source, PARTS[verb], title="Used again, with changes"):
            tell(self, "The form has no field for it")

    def fill_in(self, values: Mapping[str, Value]) -> None:
        """Puts values into the form, and goes there."""
        self.form.set_values(values)
        self.go("form")

    def open_found(self, session_id: str, generation_id: str = "") -> None:
        """Opens a session, and a generation of it, that was found by name."""
        attempt(
            self,
            self._open_found(session_id, generation_id),
            group="session",
            description="opening what was found",
        )

    async def _open_found(self, session_id: str, generation_id: str) -> None:
        session = await self.core.sessions.named(session_id)
        if session is not None and session.id != self.session.id:
            await self.open(session)
            self.connect()
        if generation_id:
            await self._detail(generation_id)

    async def before_quit(self) -> None:
        """Keeps what was typed in the last moment. What cannot be kept must not keep anybody here."""
        try:
            await self.desk.save_draft(self.form.values())
        except DarkroomError as error:
            log.warning("the draft is lost: %s", error)
