"""Batches: many jobs from one form, kept together or not at all.

How a face makes one:

    wanted = Wanted(
        axes=(parse_axis("steps=20..40/5"), read_list(data, "prompts.txt")),    # domain.batch
        count=4,                                                                # seed variations
        templates=Templating.DRAW,
    )
    batch = await core.batches.compose(session_id, profile_or_group, workflow, values, wanted)
    batch.plan.title, len(batch.plan), batch.plan[0].coordinates                # pure, at any time
    forecast = await core.batches.forecast(batch)                               # how many, how long
    kept = await core.batches.add(batch, priority=…, paused=…)                  # a domain.queue.Batch

`compose` checks every value of every axis against the form that it goes into, asks a server only for a
catalog that was never read, and keeps nothing. `add` is all or nothing.

Rules:

- **Order.** The costly axis is outermost: server, checkpoint, other models, then as typed; seeds change
  fastest.
- **Names** on axes are addresses, roles, everyday names (`cfg`) or `profile`; what they mean is looked up in
  each server's own form. Settings are carried over to a server of another service as *reuse* does it; prompts
  on axes stay as they are typed.
- **Seeds.** A random seed is drawn once, and all jobs share it, so that their pictures can be compared;
  `own_seeds` draws one for each job instead. `count` goes up from the form's seed, or from a drawn one; it
  does not wrap round.
- **Templates** in prompts (`{a|b}`, `__name__`; `domain.batch.template`) are left alone unless `templates`
  says otherwise. `DRAW` draws for each job, repeatably by `draw_seed`; `ALL` makes all prompts there are. The
  snapshot keeps the template in `typed`, and the prompt that is sent in `values`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.batch.axis import PROFILE
from darkroom.domain.batch.plan import Plan, outermost_first
from darkroom.domain.queue import Priority
from darkroom.domain.seed import draw
from darkroom.services.batching import checking, forecasts, seeding
from darkroom.services.batching.checking import Unfit, UnfitValues
from darkroom.services.batching.composed import Composed, key_of
from darkroom.services.batching.forecasts import Forecast
from darkroom.services.batching.shapes import PLAIN, role_of, shaped
from darkroom.services.batching.templates import Templates, all_prompts
from darkroom.services.batching.wanted import Templating, Wanted
from darkroom.services.batching.wildcards import Wildcards
from darkroom.services.queue.queue import BatchPlan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from darkroom.domain.queue import Batch
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Workflow
    from darkroom.services.batching.composed import Key
    from darkroom.services.batching.shapes import Shape
    from darkroom.services.forms import Forms, FormState
    from darkroom.services.generations import Generations
    from darkroom.services.profiles import Profiles
    from darkroom.services.queue.queue import Queue
    from darkroom.store.store import Store

__all__ = ["Batches", "Composed", "Forecast", "Templating", "Unfit", "UnfitValues", "Wanted"]


class Batches:
    """Composes batches, and gives them to the queue.

    Attributes:
        wildcards: The files that templates take lines from.
    """

    def __init__(
        self,
        *,
        store: Store,
        profiles: Profiles,
        forms: Forms,
        generations: Generations,
        queue: Queue,
        wildcards: Path,
    ) -> None:
        """`wildcards` is the folder of wildcard files; it need not exist."""
        self._store = store
        self._profiles = profiles
        self._forms = forms
        self._generations = generations
        self._queue = queue
        self.wildcards = Wildcards(wildcards)

    async def compose(
        self,
        session_id: str,
        profile_name: str,
        workflow: Workflow,
        values: Mapping[str, Value],
        wanted: Wanted,
    ) -> Composed:
        """Checks what is wanted, down to every value, and counts it. Keeps nothing.

        Args:
            session_id: Where it belongs.
            profile_name: Which server, or group, makes what no axis sends elsewhere.
            workflow: Built in, or from the library.
            values: Of the form, by address; what is missing is what the session used last, or a default.
            wanted: What differs from job to job.

        Raises:
            UnfitValues: Values on axes that their fields do not take.
            Rejected: Values of the form that the server would refuse, by address.
            InputError: Too many jobs, a field that is set twice, a template or wildcard that cannot be used.
            ConfigError: There is no such server.
            ConnectorError: A server was never asked what it offers, and cannot be asked now.
        """
        if wanted.draw_seed is None:
            wanted = replace(wanted, draw_seed=draw())
        own = self._forms.rebuild(await self._open(session_id, profile_name, workflow), values)
        states = await self._states(own, profile_name, values, wanted)
        templates = await Templates.among(states.values(), wanted, self.wildcards)
        # Pure, but a thread: ten thousand jobs are looked at, and keys come first.
        return await asyncio.to_thread(self._composed, session_id, profile_name, states, templates, wanted)

    async def forecast(self, composed: Composed) -> Forecast:
        """How many jobs, and how long they take by what was measured so far.

        Raises:
            ConfigError: A server of it is not there any more.
        """
        return await forecasts.forecast(composed, self._store, self._profiles)

    async def add(
        self, composed: Composed, *, priority: Priority = Priority.NORMAL, paused: bool = False
    ) -> Batch:
        """Keeps all jobs of a batch, or none; they are sent when their turn comes.

        Args:
            composed: As `compose` made it.
            priority: Of all its jobs.
            paused: They wait until they are resumed.

        Raises:
            Rejected: A picture that is fed in cannot be read. Nothing was kept.
            StoreError: It could not be kept. Nothing will be sent.
        """
        made = {
            key: await self._generations.snapshot(shape.state, shape.state.values())
            for key, shape in composed.shapes.items()
        }
        plan = BatchPlan(composed.plan.title, composed.plan.labels(), len(composed.plan))
        kept = await self._queue.add_batch(
            composed.session_id, plan, _jobs(composed, made), priority=priority, paused=paused
        )
        await self._generations.remember(composed.session_id, composed.state, composed.state.values())
        return kept

    async def _states(
        self, own: FormState, profile_name: str, values: Mapping[str, Value], wanted: Wanted
    ) -> dict[str, FormState]:
        """The form of each server that jobs go to, as `values` fill it; `own` is that of `profile_name`."""
        axes = [axis for axis in wanted.axes if PROFILE in axis.sets]
        targets = [str(point.values.get(PROFILE) or profile_name) for axis in axes for point in axis.points]
        states: dict[str, FormState] = {}
        for target in dict.fromkeys(targets or [profile_name]):
            if target == profile_name:
                states[target] = own
                continue
            other = await self._open(own.session_id, target, own.workflow)
            if other.profile.service == own.profile.service:
                states[target] = self._forms.rebuild(other, values)
            else:
                # It brings all of the translation, which only a batch over several services needs.
                from darkroom.services.reuse import carry, of_form

                states[target] = carry(self._forms, other, of_form(own, own.values())).state
        return states

    async def _open(self, session_id: str, target: str, workflow: Workflow) -> FormState:
        state = await self._forms.open(session_id, target, workflow, draft=False)
        return state if state.known else await self._forms.refresh(state)

    def _composed(
        self,
        session_id: str,
        target: str,
        states: dict[str, FormState],
        templates: Templates,
        wanted: Wanted,
    ) -> Composed:
        first = next(iter(states.values()))
        axes = list(wanted.axes)
        if wanted.templates is Templating.ALL:
            axes = all_prompts(first, axes, templates)
        names = frozenset[str]().union(*(axis.sets for axis in axes)) - {PROFILE}
        roles = {name: role for name in names if (role := role_of(first.form, name)) is not None}
        axes = list(outermost_first(axes, roles))
        if wanted.count != 1:
            axes.append(seeding.seed_axis(states.values(), wanted.count))
        plan = Plan(axes)
        if not wanted.own_seeds:
            drawn = seeding.shared(states.values())
            states = {name: self._with(state, drawn) for name, state in states.items()}
        loaded = frozenset(name for name in names if roles.get(name) not in PLAIN)
        shapes = self._shapes(plan, target, states, loaded)
        composed = Composed(session_id, target, plan, wanted, first, shapes, loaded, templates)
        checking.check(composed)
        return composed

    def _with(self, state: FormState, drawn: Mapping[str, Value]) -> FormState:
        known = state.values()
        return self._forms.rebuild(state, {a: value for a, value in drawn.items() if a in known})

    def _shapes(
        self, plan: Plan, target: str, states: Mapping[str, FormState], loaded: frozenset[str]
    ) -> dict[Key, Shape]:
        shapes: dict[Key, Shape] = {}
        for cell in plan:
            key = key_of(cell, target, loaded)
            if key not in shapes:
                told = {name: value for name, _, value in key[1]}
                shapes[key] = shaped(states[key[0]], told, self._forms.rebuild)
        return shapes


async def _jobs(
    composed: Composed, made: Mapping[Key, Snapshot]
) -> AsyncIterator[tuple[Snapshot, Mapping[str, Value]]]:
    for cell in composed.plan:
        yield composed.snapshot(cell, made[composed.key(cell)]), cell.coordinates
