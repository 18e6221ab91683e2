"""Which server and which workflow the form is for, and what is typed into it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.worker import WorkerCancelled, WorkerFailed

from darkroom.app.screens.main.sessions import SessionScreen
from darkroom.app.working import attempt
from darkroom.domain.parameters import Role
from darkroom.domain.profile import DEMO
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.worker import Worker

    from darkroom.app.opening import Opened
    from darkroom.app.widgets.form import ParameterForm
    from darkroom.domain.parameters import Value
    from darkroom.domain.session import Session
    from darkroom.services.forms import FormState
    from darkroom.services.reuse import Part

DRAFT_REST_S = 0.3
"""Rest after a keystroke before the draft is kept."""

FIRST_PROMPT = "a quiet harbour at dawn, fishing boats, soft light"
"""What a first try of the demo starts with."""


class ChoosingScreen(SessionScreen):
    """The panes of a session, with what the form stands on. Dialogs are imported when they are opened."""

    _reading: Worker[None] | None = None
    """Reads what the server offers, or did."""

    def put(self, opened: Opened) -> None:
        """Shows a session, and watches its server."""
        self.profile = opened.form.profile.name if opened.chosen else ""
        super().put(opened)

    def connect(self) -> None:
        """Watches the server of the form; looks for one when none was ever chosen."""
        if self.profile:
            self.core.watch(self.profile)
            if not self.desk.state.known:
                self.refresh_form()
        else:
            attempt(self, self._choose_server(), group="choose", description="looking for a server")

    async def _choose_server(self) -> str | None:
        name = await self.core.profiles.choose()
        if name is None:
            from darkroom.app.screens.first_run import FirstRunScreen

            name = await self.app.push_screen_wait(FirstRunScreen(self.core))
            if name == DEMO:
                self._suggest_prompt()
        return await self.use_profile(name) if name else None

    def _suggest_prompt(self) -> None:
        """Writes a first prompt where there is none, so that one more key makes a picture."""
        prompts = self.desk.state.form.with_role(Role.PROMPT)
        if prompts and not self.form.values().get(prompts[0].address):
            self.form.set_values({prompts[0].address: FIRST_PROMPT})

    async def open(self, session: Session, *, profile: str = "") -> None:
        """Reads and shows a session, and watches its server: each session has its own."""
        await super().open(session, profile=profile)
        if self.profile:
            self.connect()

    async def use_profile(self, name: str) -> str | None:
        """Makes pictures on another server from now on; says so when it cannot run the same workflow."""
        before, chosen = self.desk.state, bool(self.profile)
        held = self.form.values()
        await self.open(self.session, profile=name)
        state = self.desk.state
        if state.profile.service != before.profile.service:
            await self._carry_over(before, held, part="all" if chosen else "prompt")
        if state.workflow.id == before.workflow.id:
            return None
        title = SERVICES[state.profile.service].title
        return f"{title} cannot run “{before.workflow.name}”: {state.workflow.name} instead"

    async def _carry_over(self, before: FormState, held: Mapping[str, Value], part: Part) -> None:
        """What the form held for another service, put into its words for this one."""
        # Not before it is wanted: it brings all of the translation.
        from darkroom.app.screens.main.carrying import carry_into
        from darkroom.services.reuse import of_form

        if not self.desk.state.known and self._reading is not None:
            # Without the server's lists no model would be found again.
            with suppress(WorkerFailed, WorkerCancelled):
                await self._reading.wait()
        if self.session.id != before.session_id:
            return
        title = f"Carried over to {SERVICES[self.desk.state.profile.service].title}, with changes"
        await carry_into(self, of_form(before, held), part, title=title)

    def refresh_form(self) -> None:
        """Reads what the server offers, in the background."""
        self._reading = attempt(
            self,
            self._refresh_form(),
            group="catalog",
            exclusive=True,
            description="reading what the server offers",
        )

    async def _refresh_form(self) -> None:
        asked_with = self.form.values()
        if await self.desk.refresh(asked_with):
            self.form.load(self.desk.state, asked_with=asked_with)
            self.title_form()

    def action_refresh(self) -> None:
        """Asks the server anew."""
        if self.profile:
            self.refresh_form()
        else:
            self.connect()

    def action_profiles(self) -> None:
        """Chooses, adds or tests servers."""
        attempt(self, self._profiles(), group="choose", description="choosing a server")

    async def _profiles(self) -> str | None:
        from darkroom.app.screens.profiles import ProfilesScreen

        name = await self.app.push_screen_wait(ProfilesScreen(self.core, self.profile))
        return await self.use_profile(name) if name else None

    def action_workflows(self) -> None:
        """Chooses, imports or deletes workflows."""
        attempt(self, self._workflows(), group="choose", description="choosing a workflow")

    async def _workflows(self) -> None:
        from darkroom.app.screens.workflows import WorkflowsScreen

        current = self.desk.state.workflow.id
        workflow_id = await self.app.push_screen_wait(WorkflowsScreen(self.core, current))
        if workflow_id:
            await self.use_workflow(workflow_id)

    async def use_workflow(self, workflow_id: str) -> None:
        """Makes pictures with another workflow from now on.

        Raises:
            InputError: The session's server cannot run it.
        """
        workflow = await self.core.workflows.get(workflow_id)
        if workflow is not None and self.profile:
            # Asked before it is remembered: the session would open with another one.
            await self.core.forms.open(self.session.id, self.profile, workflow)
        await self.core.sessions.use(self.session.id, workflow_id=workflow_id, profile=self.profile)
        session = await self.core.sessions.named(self.session.id)
        await self.open(session or self.session, profile=self.profile)

    def on_paste(self, event: events.Paste) -> None:
        """Looks at what was pasted outside of text fields: a workflow, or a picture."""
        event.stop()
        attempt(self, self._pasted(event.text), group="paste", description="looking at a paste")

    async def _pasted(self, text: str) -> None:
        from darkroom.app.pasted import understand
        from darkroom.app.screens.paste import PasteScreen

        pasted = await asyncio.to_thread(understand, text)
        if pasted is None:
            return
        images = self.desk.state.form.with_role(Role.IMAGE)
        use = await self.app.push_screen_wait(PasteScreen(self.core, pasted, takes_pictures=bool(images)))
        if use is None:
            return
        if use.workflow_id:
            await self.use_workflow(use.workflow_id)
        elif use.picture:
            self.form.set_values({images[0].address: use.picture})
        elif use.settings and pasted.settings is not None:
            from darkroom.app.screens.main.carrying import carry_into

            await carry_into(self, pasted.settings, title="Put into the form, with changes")

    def on_parameter_form_changed(self, message: ParameterForm.Changed) -> None:
        """Keeps the draft, once the typing rests."""
        message.stop()
        attempt(
            self,
            self._keep_draft(),
            group="draft",
            exclusive=True,
            description="keeping what was typed",
        )

    async def _keep_draft(self) -> None:
        await asyncio.sleep(DRAFT_REST_S)
        # As it is then: at each key that would cost as much as the form is large, and by now the form may be
        # another session's.
        await self.desk.save_draft(self.form.values())

    def on_parameter_form_rebuild_wanted(self, message: ParameterForm.RebuildWanted) -> None:
        """Makes the form anew: a field has changed that others depend on."""
        message.stop()
        self.form.load(self.desk.rebuild(message.values))
