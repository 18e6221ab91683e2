"""Makes generations, and stops them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import Rejected
from darkroom.domain.events import CancelResult
from darkroom.domain.form import problems
from darkroom.domain.generation import Status
from darkroom.domain.parameters import RANDOM_SEED, Kind
from darkroom.domain.queue import CancelRequest, Order
from darkroom.domain.seed import draw
from darkroom.domain.service import COMFYUI
from darkroom.domain.snapshot import Snapshot
from darkroom.services.clock import now
from darkroom.services.updates import Changed, QueueChanged, SessionsChanged
from darkroom.store.sessions import Used

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form
    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value
    from darkroom.domain.workflow import Workflow
    from darkroom.services.connections import Connections
    from darkroom.services.forms import Forms, FormState
    from darkroom.services.inputs import Inputs
    from darkroom.services.queue.following import Following
    from darkroom.services.queue.queue import Queue
    from darkroom.services.updates import Hub, Live
    from darkroom.store.store import Store


class Generations:
    """What a person asks for; the queue sees to the rest."""

    def __init__(
        self,
        *,
        store: Store,
        connections: Connections,
        forms: Forms,
        inputs: Inputs,
        hub: Hub,
        queue: Queue,
        following: Following,
    ) -> None:
        self._store = store
        self._connections = connections
        self._forms = forms
        self._inputs = inputs
        self._hub = hub
        self._queue = queue
        self._following = following

    async def submit(
        self,
        session_id: str,
        profile_name: str,
        workflow: Workflow,
        values: Mapping[str, Value],
        order: Order = Order(),  # noqa: B008 (immutable)
    ) -> Summary:
        """Keeps a new generation, to be sent when its turn comes; returns as soon as it is kept.

        Args:
            session_id: Where it belongs.
            profile_name: Which server, or group of servers, makes it.
            workflow: Built in, or from the library.
            values: By address; what is missing is what the session used last, or a default.
            order: Where it goes into the queue.

        Raises:
            Rejected: Values that the server would refuse, by address. Nothing was kept.
            InputError: The workflow is a document that cannot be run yet.
            ConnectorError: The server was never asked what it offers, and cannot be asked now.
            StoreError: It could not be kept; nothing was sent.
        """
        state, typed = await self.checked(session_id, profile_name, workflow, values)
        snapshot = await self.snapshot(state, typed)
        return await self._queue.add(session_id, snapshot, order, _used(state, typed))

    async def checked(
        self, session_id: str, profile_name: str, workflow: Workflow, values: Mapping[str, Value]
    ) -> tuple[FormState, dict[str, Value]]:
        """The form that `values` fill, and all of its values. Keeps nothing.

        Raises:
            Rejected, InputError, ConnectorError: As `submit`.
        """
        state = await self._forms.open(session_id, profile_name, workflow, draft=False)
        if not state.known:
            state = await self._forms.refresh(state)
        state = self._forms.rebuild(state, values)
        typed = state.values()
        refuse_wrong(state, typed)
        return state, typed

    async def snapshot(self, state: FormState, typed: Mapping[str, Value]) -> Snapshot:
        """The whole request of a form: seeds drawn, pictures that are fed in kept.

        Raises:
            InputError: A picture cannot be read.
            StoreError: A picture cannot be kept.
        """
        final, blobs = await self._inputs.keep(state.form, _draw_seeds(state.form, typed))
        workflow = state.workflow
        return Snapshot(
            service=state.profile.service,
            profile=state.profile.name,
            mode=workflow.mode,
            workflow=workflow.name,
            values=final,
            roles={spec.address: spec.role for spec in state.form.specs if spec.role is not None},
            graph=workflow.graph,
            inputs=blobs,
            document=workflow.document if workflow.document_format == "ui" else "",
        )

    async def rerun(self, generation_id: str) -> Summary:
        """Sends the snapshot of an earlier generation again, the seed included, in the same session.

        Raises:
            InputError: There is no such generation.
            StoreError: It could not be kept; nothing was sent.
        """
        return await self._queue.again(generation_id)

    async def remember(self, session_id: str, state: FormState, typed: Mapping[str, Value]) -> None:
        """Keeps what was used, for the session's next form."""
        await self._store.sessions.note_use(session_id, _used(state, typed))

    async def cancel(self, generation_id: str) -> CancelResult:
        """Stops this generation and no other; its end is told by an update.

        Raises:
            ConnectorError: The server could not be asked.
        """
        request = await self._store.queue.cancel(generation_id, now())
        summary = await self._store.generations.summary(generation_id)
        if request is CancelRequest.OVER or summary is None:
            return CancelResult.NOT_RUNNING
        if request is CancelRequest.ENDED:
            self._hub.publish(Changed(summary))
            self._hub.publish(QueueChanged())
            self._hub.publish(SessionsChanged())
            return CancelResult.STOPPED
        here = await self._following.cancel(generation_id)
        if here is not None:
            return here
        if summary.status in (Status.NEW, Status.SENDING):
            return CancelResult.STOPPED  # whoever has it looks before it sends, and when it has sent
        generation = await self._store.generations.get(generation_id)
        connector = await self._connections.get(summary.profile)
        return await connector.cancel((generation.handle if generation else None) or {})

    async def wait(self, generation_id: str) -> Summary:
        """Returns when the generation has ended, whichever process has it; see `Following.wait`."""
        return await self._following.wait(generation_id)

    def live(self, generation_id: str) -> Live | None:
        """The last that was heard of a generation followed here."""
        return self._following.live(generation_id)

    def active(self) -> tuple[str, ...]:
        """Ids of the generations followed here, oldest first."""
        return self._following.active()


def refuse_wrong(state: FormState, typed: Mapping[str, Value]) -> None:
    """Refuses values that the server would refuse.

    Raises:
        Rejected: By address.
    """
    wrong = problems(state.form.specs, typed)
    if wrong:
        first = next(iter(wrong))
        spec = state.form.get(first)
        raise Rejected(
            f"{spec.label if spec else first}: {wrong[first]}",
            hint="Correct the marked fields",
            profile=state.profile.name,
            problems=wrong,
        )


def _used(state: FormState, typed: Mapping[str, Value]) -> Used:
    by_role = {spec.role: typed[spec.address] for spec in state.form.specs if spec.role is not None}
    if state.profile.service != COMFYUI:
        # What is remembered by role is in ComfyUI's words: who stays with it needs none of this.
        from darkroom.domain.translate.memory import kept

        by_role = kept(state.profile.service, by_role)
    return Used(state.memory, by_role, typed, state.workflow.id)


def _draw_seeds(form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    drawn = dict(values)
    for spec in form.specs:
        if spec.kind is Kind.SEED and drawn.get(spec.address) == RANDOM_SEED:
            drawn[spec.address] = draw(int(spec.maximum) if spec.maximum is not None else None)
    return drawn
