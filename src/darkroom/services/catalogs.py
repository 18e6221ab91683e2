"""What servers offer, remembered: in memory, and in the store for the next start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from darkroom.domain.server import Catalog

if TYPE_CHECKING:
    from darkroom.domain.workflow import Workflow
    from darkroom.services.connections import Connections
    from darkroom.store.store import Store

KIND = "catalog"
"""Under which kind the store keeps them; a cache, safe to delete."""


class Catalogs:
    """The catalog of each profile and workflow, as last read from its server."""

    def __init__(self, store: Store, connections: Connections) -> None:
        self._store = store
        self._connections = connections
        self._known: dict[tuple[str, str], Catalog] = {}

    async def cached(self, profile_name: str, workflow: Workflow) -> Catalog | None:
        """The last known catalog, from memory or the store; `None` when there was none. Asks no server."""
        key = (profile_name, workflow.id)
        if key not in self._known:
            kept = await self._store.documents.get(profile_name, KIND, workflow.id)
            if kept is None:
                return None
            text, version = kept
            self._known[key] = Catalog(version, json.loads(text))
        return self._known[key]

    async def fetch(self, profile_name: str, workflow: Workflow) -> tuple[Catalog, bool]:
        """The catalog as the server tells it now, and whether it differs from the last known one.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        connector = await self._connections.get(profile_name)
        catalog = await connector.catalog(workflow.graph, workflow.mode)
        changed = catalog != await self.cached(profile_name, workflow)
        if changed:
            self._known[profile_name, workflow.id] = catalog
            text = json.dumps(catalog.schema, ensure_ascii=False, separators=(",", ":"))
            await self._store.documents.put(profile_name, KIND, workflow.id, text, catalog.version)
        return catalog, changed
