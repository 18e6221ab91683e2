"""The form of a session: its parameters, their values, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from darkroom.connectors import registry
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.errors import InputError
from darkroom.domain.form import Field, Form, Layers, merge
from darkroom.domain.server import Catalog
from darkroom.domain.service import COMFYUI, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Role, Value
    from darkroom.domain.profile import Profile
    from darkroom.domain.workflow import Workflow
    from darkroom.services.catalogs import Catalogs
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store


def memory_key(workflow: Workflow, service: str) -> str:
    """Where a session keeps values by address: a built-in workflow has other fields with each service."""
    return workflow.id if service == COMFYUI or not workflow.built_in else f"{workflow.id}@{service}"


def _in_words_of(service: str, by_role: Mapping[Role, Value]) -> Mapping[Role, Value]:
    if service == COMFYUI or not by_role:
        return by_role
    # Whoever stays with ComfyUI, in whose words it is kept, needs none of it.
    from darkroom.domain.translate.memory import used

    return used(service, by_role)


def _refuse_unfit(workflow: Workflow, profile: Profile) -> None:
    if not workflow.runnable:
        raise InputError(
            f"“{workflow.name}” cannot be run yet",
            "It is in the form of ComfyUI's web page, which is kept as it is but not converted yet",
            "In ComfyUI: Workflow → Export (API), and import that file",
        )
    service = SERVICES[profile.service]
    if not service.runs(workflow):
        whose = "It is a graph of nodes, which only ComfyUI runs" if workflow.graph else ""
        raise InputError(
            f"{service.title} cannot run “{workflow.name}”",
            whose,
            f"Choose another server, or one of: {', '.join(service.modes)}",
        )


@dataclass(frozen=True, slots=True)
class FormState:
    """A form as it is shown.

    Attributes:
        form: The parameters.
        fields: Value and origin by address; one for each spec of the form.
        session_id: The session whose last values went in.
        profile: Name of the server's profile.
        workflow: What the form is of.
        catalog: What the server offered when it was last asked.
        known: Whether the server was ever asked; without, choices are empty.
        layers: Where the values were merged from.
        others: What the other servers of a group offered.
    """

    form: Form
    fields: Mapping[str, Field]
    session_id: str
    profile: Profile
    workflow: Workflow
    catalog: Catalog
    known: bool
    layers: Layers
    others: tuple[Catalog, ...] = ()

    @property
    def memory(self) -> str:
        """Under which key the session remembers its values by address."""
        return memory_key(self.workflow, self.profile.service)

    def values(self) -> dict[str, Value]:
        """The values alone, by address."""
        return {address: field.value for address, field in self.fields.items()}


class Forms:
    """Makes forms from catalogs, workflows and what sessions remember."""

    def __init__(self, store: Store, profiles: Profiles, catalogs: Catalogs) -> None:
        self._store = store
        self._profiles = profiles
        self._catalogs = catalogs

    async def open(
        self, session_id: str, profile_name: str, workflow: Workflow, *, draft: bool = True
    ) -> FormState:
        """The form from what is known already. Asks no server, so it is there at once.

        Args:
            session_id: Whose values; "" for none.
            profile_name: Whose catalog.
            workflow: What the form is of.
            draft: With what was typed on the screens and not sent; the command line leaves it alone.

        Raises:
            ConfigError: There is no such profile.
            InputError: The workflow is a document that cannot be run yet, or not on this service.
        """
        profile = self._profiles.get(profile_name)
        _refuse_unfit(workflow, profile)
        known = await self._catalogs.cached(profile_name, workflow)
        sessions = self._store.sessions
        key = memory_key(workflow, profile.service)
        by_role = _in_words_of(profile.service, await sessions.values(session_id))
        layers = Layers(
            system={**SYSTEM_DEFAULTS, **profile.defaults},
            session={str(role): value for role, value in by_role.items()},
            workflow=workflow.defaults,
            session_workflow=await sessions.workflow_values(session_id, key),
            typed=await sessions.draft(session_id, key) if draft else {},
        )
        first, *others = known or (Catalog(),)
        empty = FormState(
            Form(), {}, session_id, profile, workflow, first, bool(known), layers, tuple(others)
        )
        return self._fill(empty, {**layers.session_workflow, **layers.typed})

    async def refresh(self, state: FormState) -> FormState:
        """The same form by what the server, or those of the group, offer now.

        Raises:
            ConnectorError: The server cannot be asked; of a group none can.
        """
        (first, *others), changed = await self._catalogs.fetch(state.profile.name, state.workflow)
        if state.known and not changed:
            return state
        fresh = replace(state, catalog=first, known=True, others=tuple(others))
        return self._fill(fresh, state.values())

    def rebuild(self, state: FormState, values: Mapping[str, Value]) -> FormState:
        """The form for changed `values`: choosing a LoRA adds the next slot. Pure and quick."""
        known = state.values()
        typed = {a: value for a, value in values.items() if a not in known or known[a] != value}
        layers = replace(state.layers, typed={**state.layers.typed, **typed})
        return self._fill(replace(state, layers=layers), {**known, **typed})

    def _fill(self, state: FormState, values: Mapping[str, Value]) -> FormState:
        """The form for `values` and what the layers add: a remembered model may bring other fields."""
        filled = self._build(state, values)
        merged = filled.values()
        return filled if merged.items() <= values.items() else self._build(state, {**values, **merged})

    def _build(self, state: FormState, values: Mapping[str, Value]) -> FormState:
        workflow = state.workflow
        make = registry.form_for(state.profile.service)
        form = make(state.catalog, workflow.mode, workflow.graph, values)
        if state.others:
            # Few have groups.
            from darkroom.services.groupforms import united

            further = (make(other, workflow.mode, workflow.graph, values) for other in state.others)
            form = united([form, *further], values)
        own = form.own
        if workflow.built_in:
            # What a profile says takes the place of what its server proposes; a graph keeps its own.
            said = state.profile.defaults
            own = {s.address: own[s.address] for s in form.specs if s.address in own and s.role not in said}
        fields = merge(form, replace(state.layers, workflow={**own, **state.layers.workflow}))
        return replace(state, form=form, fields=fields)

    async def save_draft(self, session_id: str, key: str, typed: Mapping[str, Value]) -> None:
        """Keeps what was typed and not sent, for the next start; `key` is the `FormState.memory`."""
        await self._store.sessions.save_draft(session_id, key, typed)
