"""Makes generations, follows them, stops them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING

from darkroom.config.logs import about
from darkroom.domain.errors import DarkroomError, InputError, Rejected, StoreError, Superseded
from darkroom.domain.events import CancelResult
from darkroom.domain.form import problems
from darkroom.domain.generation import Generation, Status
from darkroom.domain.parameters import RANDOM_SEED, Kind
from darkroom.domain.seed import draw
from darkroom.domain.service import COMFYUI
from darkroom.domain.snapshot import Snapshot
from darkroom.services.clock import now
from darkroom.services.connections import RETRY_S
from darkroom.services.lanes import Lanes
from darkroom.services.runs import Run
from darkroom.services.tasks import Tasks
from darkroom.services.updates import Changed, Hub, SessionsChanged, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value
    from darkroom.domain.workflow import Workflow
    from darkroom.services.connections import Connections
    from darkroom.services.forms import Forms, FormState
    from darkroom.services.inputs import Inputs
    from darkroom.services.updates import Live
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
"""How often this process says that it still follows its jobs."""

STALE_AFTER_S = 30.0
"""After so long without a heartbeat another process may take a job over."""


class Generations:
    """The generations that this process makes and follows."""

    def __init__(
        self,
        *,
        owner: str,
        store: Store,
        connections: Connections,
        forms: Forms,
        inputs: Inputs,
        hub: Hub,
    ) -> None:
        self._owner = owner
        self._store = store
        self._connections = connections
        self._forms = forms
        self._inputs = inputs
        self._hub = hub
        self._lanes = Lanes()
        self._tasks = Tasks()
        self._runs: dict[str, Run] = {}
        self._ends: dict[str, asyncio.Future[None]] = {}
        self._cancelled: set[str] = set()
        self._heart: asyncio.Task[None] | None = None

    async def submit(
        self, session_id: str, profile_name: str, workflow: Workflow, values: Mapping[str, Value]
    ) -> Summary:
        """Keeps a new generation and starts to send it; returns as soon as it is kept.

        Args:
            session_id: Where it belongs.
            profile_name: Which server makes it.
            workflow: Built in, or from the library.
            values: By address; what is missing is what the session used last, or a default.

        Raises:
            Rejected: Values that the server would refuse, by address. Nothing was kept.
            InputError: The workflow is a document that cannot be run yet.
            ConnectorError: The server was never asked what it offers, and cannot be asked now.
            StoreError: It could not be kept; nothing was sent.
        """
        state = await self._forms.open(session_id, profile_name, workflow, draft=False)
        if not state.known:
            state = await self._forms.refresh(state)
        state = self._forms.rebuild(state, values)
        typed = state.values()
        wrong = problems(state.form.specs, typed)
        if wrong:
            first = next(iter(wrong))
            spec = state.form.get(first)
            raise Rejected(
                f"{spec.label if spec else first}: {wrong[first]}",
                hint="Correct the marked fields",
                profile=profile_name,
                problems=wrong,
            )
        final, blobs = await self._inputs.keep(state.form, _draw_seeds(state.form, typed))
        snapshot = Snapshot(
            service=state.profile.service,
            profile=profile_name,
            mode=workflow.mode,
            workflow=workflow.name,
            values=final,
            roles={spec.address: spec.role for spec in state.form.specs if spec.role is not None},
            graph=workflow.graph,
            inputs=blobs,
            document=workflow.document if workflow.document_format == "ui" else "",
        )
        summary = await self._start(session_id, snapshot)
        await self._remember(session_id, state, typed)
        return summary

    async def rerun(self, generation_id: str) -> Summary:
        """Sends the snapshot of an earlier generation again, the seed included, in the same session.

        Raises:
            InputError: There is no such generation.
            StoreError: It could not be kept; nothing was sent.
        """
        earlier = await self._store.generations.get(generation_id)
        if earlier is None:
            raise InputError("This generation is gone", hint="It may have been deleted for good")
        return await self._start(earlier.summary.session_id, earlier.snapshot)

    async def _start(self, session_id: str, snapshot: Snapshot) -> Summary:
        generation_id = str(uuid.uuid4())
        summary = await self._store.generations.create(
            generation_id, session_id, snapshot, owner=self._owner, created_at=now()
        )
        self._hub.publish(Changed(summary))
        self._hub.publish(SessionsChanged())
        self.follow(generation_id, Generation(summary, snapshot))
        return summary

    async def _remember(self, session_id: str, state: FormState, typed: Mapping[str, Value]) -> None:
        by_role = {spec.role: typed[spec.address] for spec in state.form.specs if spec.role is not None}
        if state.profile.service != COMFYUI:
            # What is remembered by role is in ComfyUI's words: who stays with it needs none of this.
            from darkroom.domain.translate.memory import kept

            by_role = kept(state.profile.service, by_role)
        await self._store.sessions.remember(session_id, state.memory, by_role, typed)
        await self._store.workflows.count_use(state.workflow.id)

    def follow(self, generation_id: str, known: Generation | None = None) -> None:
        """Sees a generation that this process owns to its end, in the background.

        `known` spares reading it when it was kept just now.
        """
        if generation_id in self._ends:
            return
        self._ends[generation_id] = asyncio.get_running_loop().create_future()
        self._tasks.start(self._drive(generation_id, known), f"generation {generation_id}")
        if self._heart is None or self._heart.done():
            self._heart = self._tasks.start(self._beat(), "heartbeat")

    async def _drive(self, generation_id: str, known: Generation | None) -> None:
        end = self._ends[generation_id]
        try:
            while not await self._drive_once(generation_id, known, end):
                await asyncio.sleep(RETRY_S[-1])
                known = None
        finally:
            self._runs.pop(generation_id, None)
            self._ends.pop(generation_id, None)
            self._cancelled.discard(generation_id)
            if not end.done():
                end.set_result(None)
        self._hub.publish(SessionsChanged())

    async def _drive_once(
        self, generation_id: str, known: Generation | None, end: asyncio.Future[None]
    ) -> bool:
        """True when there is nothing more to do for it here."""
        try:
            return await self._follow_once(generation_id, known)
        except Superseded:
            log.info("generation %s is followed by another process", generation_id)
            return True
        except StoreError as error:
            trouble: DarkroomError = error
        except Exception as error:  # the event pump: a defect here must not strand a job unseen
            log.exception("following generation %s failed", generation_id)
            trouble = DarkroomError(
                "Darkroom made a mistake while it followed a job",
                f"{type(error).__name__}: {error}",
                "It tries again; the log says more",
            )
        # The row stays unfinished: nothing is lost, and it is tried again.
        self._hub.publish(Trouble(trouble))
        if not end.done():
            end.set_exception(trouble)
            end.exception()  # nobody may be waiting; that is no mistake
        return False

    async def _follow_once(self, generation_id: str, known: Generation | None) -> bool:
        with about(generation=generation_id):
            generation = known or await self._store.generations.get(generation_id)
            if generation is None or generation.summary.status.final:
                return True
            run = self._runs[generation_id] = Run(
                generation,
                owner=self._owner,
                store=self._store,
                connections=self._connections,
                hub=self._hub,
                lanes=self._lanes,
                is_cancelled=lambda: generation_id in self._cancelled,
            )
            await run.drive()
        return True

    async def _beat(self) -> None:
        while self._ends:
            try:
                await self._store.generations.heartbeat(self._owner, now())
            except StoreError as error:
                log.warning("heartbeat: %s", error)
            await asyncio.sleep(HEARTBEAT_S)

    async def cancel(self, generation_id: str) -> CancelResult:
        """Stops this generation and no other; its end is told by an update.

        Raises:
            ConnectorError: The server could not be asked.
        """
        summary = await self._store.generations.summary(generation_id)
        if summary is None or summary.status.final:
            return CancelResult.NOT_RUNNING
        if generation_id in self._ends:
            self._cancelled.add(generation_id)
            self._lanes.look(summary.profile)
            if summary.status in (Status.NEW, Status.SENDING):
                return CancelResult.STOPPED  # seen to by its run, before or as soon as the server has it
        elif summary.status is Status.NEW:
            return CancelResult.CANNOT  # another process is about to send it
        generation = await self._store.generations.get(generation_id)
        connector = await self._connections.get(summary.profile)
        return await connector.cancel((generation.handle if generation else None) or {})

    async def wait(self, generation_id: str) -> Summary:
        """Returns when the generation has ended.

        Raises:
            DarkroomError: What became of it could not be written, or a defect; it goes on in the
                background, and is recovered at the next start.
            InputError: There is no such generation.
        """
        end = self._ends.get(generation_id)
        if end is not None:
            await asyncio.shield(end)
        summary = await self._store.generations.summary(generation_id)
        if summary is None:
            raise InputError("This generation is gone")
        return summary

    def live(self, generation_id: str) -> Live | None:
        """The last that was heard of a generation followed here."""
        run = self._runs.get(generation_id)
        return run.live if run is not None else None

    def active(self) -> tuple[str, ...]:
        """Ids of the generations followed here, oldest first."""
        return tuple(self._ends)

    async def aclose(self) -> None:
        """Stops following; the jobs go on at their servers and may be taken over at once."""
        followed = bool(self._ends)
        await self._tasks.aclose()
        if not followed:
            return
        try:
            await self._store.generations.release(self._owner)
        except StoreError as error:  # a full disk: they are free once the lease has run out
            log.warning("release: %s", error)


def _draw_seeds(form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    drawn = dict(values)
    for spec in form.specs:
        if spec.kind is Kind.SEED and drawn.get(spec.address) == RANDOM_SEED:
            drawn[spec.address] = draw(int(spec.maximum) if spec.maximum is not None else None)
    return drawn
