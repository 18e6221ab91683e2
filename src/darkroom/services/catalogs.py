"""What servers offer, remembered: in memory, and in the store for the next start."""

from __future__ import annotations

import asyncio
import json
from functools import cached_property
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError, ConnectorError
from darkroom.domain.server import Catalog

if TYPE_CHECKING:
    from darkroom.domain.workflow import Workflow
    from darkroom.services.checkpoints import Checkpoints
    from darkroom.services.connections import Connections
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store

KIND = "catalog"
"""Under which kind the store keeps them; a cache, safe to delete."""


class Catalogs:
    """The catalog of each profile and workflow, as last read from its server."""

    def __init__(self, store: Store, profiles: Profiles, connections: Connections) -> None:
        self._store = store
        self._profiles = profiles
        self._connections = connections
        self._known: dict[tuple[str, str], Catalog] = {}

    async def cached(self, profile_name: str, workflow: Workflow) -> tuple[Catalog, ...]:
        """The last known catalogs, from memory or the store; none when there was none. Asks no server.

        Of a server there is one at most; of a group one for each member that was ever asked, the one of
        the member that is up before the others.
        """
        found = [(name, await self._cached(name, workflow)) for name in self._members(profile_name)]
        known = [(name, catalog) for name, catalog in found if catalog is not None]
        # Stable: in the order of the group, save that who is there goes first.
        known.sort(key=lambda one: self._connections.state(one[0]).phase != "up")
        return tuple(catalog for _, catalog in known)

    async def fetch(self, profile_name: str, workflow: Workflow) -> tuple[tuple[Catalog, ...], bool]:
        """The catalogs as the servers tell them now, and whether one differs from the last known one.

        Of a group all active members are asked at the same time, save those that are known to be away;
        those that do not answer are passed over.

        Raises:
            ConnectorError: The server cannot be asked, or none of the group.
            ConfigError: There is no such profile, its secret cannot be read, or no member is active.
        """
        members = self._profiles.members(profile_name)
        there = [name for name in members if self._connections.state(name).phase != "down"]
        asked = await asyncio.gather(*(self._asked(name, workflow) for name in there or members))
        errors = [answer for answer in asked if isinstance(answer, ConnectorError | ConfigError)]
        if len(errors) == len(asked):
            raise errors[0]
        return await self.cached(profile_name, workflow), True in asked

    async def has_checkpoint(self, profile_name: str, checkpoint: str) -> bool | None:
        """Whether a server has a checkpoint, by what it offered when it was last asked; asks nobody.

        Args:
            profile_name: A server's, not a group's.
            checkpoint: As a generation's row names it: several are joined by commas.

        Returns:
            `None` when that cannot be told: it was never asked, or not for the list that the others of its
            groups have this checkpoint in; or no server of its groups is known to have it, so that what
            they offered must be out of date, or one of them should say so. No checkpoint ("") every
            server has.
        """
        return await self._checkpoints.has(profile_name, checkpoint)

    @cached_property
    def _checkpoints(self) -> Checkpoints:
        from darkroom.services.checkpoints import Checkpoints

        return Checkpoints(self._store, self._profiles, KIND)

    def _members(self, profile_name: str) -> tuple[str, ...]:
        """The servers whose catalogs count: the active ones, or all where none is."""
        try:
            return self._profiles.members(profile_name)
        except ConfigError:
            return self._profiles.get(profile_name).members

    async def _cached(self, profile_name: str, workflow: Workflow) -> Catalog | None:
        key = (profile_name, workflow.id)
        if key not in self._known:
            kept = await self._store.documents.get(profile_name, KIND, workflow.id)
            if kept is None:
                return None
            text, version = kept
            self._known[key] = Catalog(version, json.loads(text))
        return self._known[key]

    async def _asked(self, profile_name: str, workflow: Workflow) -> bool | ConnectorError | ConfigError:
        """Whether the catalog of one server has changed; or why it cannot be told."""
        try:
            connector = await self._connections.get(profile_name)
            catalog = await connector.catalog(workflow.graph, workflow.mode)
        except (ConnectorError, ConfigError) as error:
            return error
        changed = catalog != await self._cached(profile_name, workflow)
        if changed:
            self._known[profile_name, workflow.id] = catalog
            text = json.dumps(catalog.schema, ensure_ascii=False, separators=(",", ":"))
            await self._store.documents.put(profile_name, KIND, workflow.id, text, catalog.version)
        return changed
