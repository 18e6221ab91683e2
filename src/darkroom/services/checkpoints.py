"""Which server of a group has which checkpoint, told from what they offered when they were last asked."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, NamedTuple

from darkroom.connectors import registry
from darkroom.domain.parameters import Role
from darkroom.domain.server import Catalog
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from darkroom.domain.workflow import Workflow
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store

    Lists = Mapping[tuple[str, str], frozenset[str]]
    """The checkpoints of each list, by workflow and address: a graph may load from other folders."""

LISTS_LAST_S = 5.0
"""How long what was read from the store is used; another process may have asked the server since."""


class _Read(NamedTuple):
    texts: Mapping[str, tuple[str, str]]
    lists: Lists
    at_s: float


class Checkpoints:
    """The lists of checkpoints in the catalogs that the store keeps. Asks no server."""

    def __init__(self, store: Store, profiles: Profiles, kind: str, *, last_s: float = LISTS_LAST_S) -> None:
        """`kind` is under which the store keeps catalogs; what was read is used for `last_s`."""
        self._store = store
        self._profiles = profiles
        self._kind = kind
        self._last_s = last_s
        self._read: dict[str, _Read] = {}

    async def has(self, profile_name: str, checkpoint: str) -> bool | None:
        """Whether a server has a checkpoint; see `Catalogs.has_checkpoint`."""
        if not checkpoint:
            return True
        own = await self._lists(profile_name)
        if _among(own.values(), checkpoint):
            return True
        others = [await self._lists(other) for other in self._beside(profile_name)]
        having = {place for lists in others for place, names in lists.items() if _among([names], checkpoint)}
        if not own:
            return None
        if having:
            # In a list that this one was never asked for, it may well have it too.
            return None if having.isdisjoint(own) else False
        # Where nobody is known to have it, waiting for somebody else would be waiting for ever.
        return None if all(others) else False

    def _beside(self, profile_name: str) -> tuple[str, ...]:
        """The other active members of the groups that a profile belongs to."""
        groups = map(self._profiles.get, self._profiles.groups_of(profile_name))
        members = dict.fromkeys(member for group in groups for member in group.members)
        return tuple(m for m in members if m != profile_name and self._profiles.get(m).active)

    async def _lists(self, profile_name: str) -> Lists:
        read = self._read.get(profile_name)
        if read is not None and time.monotonic() - read.at_s < self._last_s:
            return read.lists
        texts = await self._store.documents.all(profile_name, self._kind)
        if read is not None and texts == read.texts:
            lists = read.lists
        else:
            service = self._profiles.get(profile_name).service
            workflows = [known for known in await self._store.workflows.list() if known.id in texts]
            # In a thread: long lists, of several workflows, take longer than a key may wait.
            lists = await asyncio.to_thread(_lists_in, service, texts, workflows)
        self._read[profile_name] = _Read(texts, lists, time.monotonic())
        return lists


def _lists_in(service: str, texts: Mapping[str, tuple[str, str]], workflows: Iterable[Workflow]) -> Lists:
    make = registry.form_for(service)
    lists = {}
    for workflow in workflows:
        if SERVICES[service].runs(workflow):
            text, version = texts[workflow.id]
            form = make(Catalog(version, json.loads(text)), workflow.mode, workflow.graph, {})
            for spec in form.with_role(Role.CHECKPOINT):
                if spec.choices:
                    lists[workflow.id, spec.address] = frozenset(spec.choices)
    return lists


def _among(lists: Collection[frozenset[str]], checkpoint: str) -> bool:
    """Whether it is in one of the lists; of several, joined as a generation's row has them, each is."""
    parts = [checkpoint] if any(checkpoint in names for names in lists) else checkpoint.split(", ")
    return all(any(part in names for names in lists) for part in parts)
