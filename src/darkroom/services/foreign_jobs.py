"""What others have at the servers that we have work for: a browser's jobs, another program's."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError, ConnectorError
from darkroom.services.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from darkroom.domain.server import ServerJob
    from darkroom.services.connections import Connections
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""How often the servers are asked while somebody looks."""


class ForeignJobs:
    """The jobs of others, as last heard. They are counted and shown, and never touched.

    Attributes:
        known: By profile; a server that cannot tell, or has none, is not in it.
    """

    def __init__(self, store: Store, connections: Connections) -> None:
        self._store = store
        self._connections = connections
        self.known: dict[str, tuple[ServerJob, ...]] = {}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are, by profile."""
        return {profile: len(jobs) for profile, jobs in self.known.items()}

    async def look(self, profiles: Iterable[str]) -> bool:
        """Asks servers; whether anything is new.

        Args:
            profiles: Which; those that are not known to be up are not asked.

        Raises:
            StoreError: Our own jobs cannot be read.
        """
        before = self.known
        # All that a Darkroom has, whoever it is: no heartbeat is from tomorrow.
        claimed = await self._store.generations.unfinished(stale_before=now() + timedelta(days=1))
        ours = [job.handle for job in claimed if job.handle is not None]
        found = {}
        for profile in profiles:
            if self._connections.state(profile).phase != "up":
                continue
            try:
                jobs = await (await self._connections.get(profile)).foreign(ours)
            except (ConnectorError, ConfigError) as error:
                log.info("jobs of others at %s: %s", profile, error)
                continue
            if jobs:
                found[profile] = jobs
        self.known = found
        return found != before
