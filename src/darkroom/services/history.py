"""What was made: lists, search, everything about one generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.services.clock import now
from darkroom.services.updates import Changed, SessionsChanged, StoreChanged

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from darkroom.domain.generation import Generation, Summary
    from darkroom.domain.pictures import Key, Picture, PictureIndex
    from darkroom.domain.query import Filter
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store


MANY = 100
"""Above that nobody is told of each generation that changed: whoever lists them reads them again."""


class History:
    """The generations of the store, read and tidied."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub

    async def count(self, session_id: str) -> int:
        """How many generations a session shows."""
        return await self._store.generations.count(session_id)

    async def page(self, session_id: str, *, offset: int, limit: int) -> tuple[Summary, ...]:
        """A part of a session's generations, newest first, without those in the trash."""
        return await self._store.generations.page(session_id, offset=offset, limit=limit)

    async def search(
        self,
        text: str = "",
        *,
        filters: Sequence[Filter] = (),
        session_id: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Summary, ...]:
        """Generations whose prompts hold all words of `text` and that pass all filters, newest first."""
        return await self._store.search.find(
            text, filters=filters, session_id=session_id, limit=limit, offset=offset
        )

    async def pictures(
        self, text: str = "", *, filters: Sequence[Filter] = (), session_id: str | None = None
    ) -> PictureIndex:
        """Which pictures there are, those of the newest generation first; all of them, however many."""
        return await self._store.pictures.index(text, filters=filters, session_id=session_id)

    async def pictured(self, keys: Collection[Key]) -> tuple[Picture, ...]:
        """Those of `keys` that are there, in no order."""
        return await self._store.pictures.read(keys)

    async def get(self, generation_id: str) -> Generation:
        """Everything about a generation.

        Raises:
            InputError: It is gone.
        """
        generation = await self._store.generations.get(generation_id)
        if generation is None:
            raise InputError("This generation is gone", hint="It may have been deleted for good")
        return generation

    async def find(self, name: str) -> Generation:
        """The generation that a person means by a number, an id, or the start of an id.

        Raises:
            InputError: None fits.
            AmbiguousName: Several fit.
        """
        return await self.get(await self._store.generations.find(name))

    async def trash(self, ids: Sequence[str]) -> None:
        """Moves generations to the trash; `restore` brings them back. What waits to be sent is cancelled."""
        await self._store.queue.clear(now(), ids=ids)
        await self._store.generations.trash(ids)
        await self._changed(ids)

    async def restore(self, ids: Sequence[str]) -> None:
        """Brings generations back from the trash."""
        await self._store.generations.restore(ids)
        await self._changed(ids)

    async def _changed(self, ids: Sequence[str]) -> None:
        if len(ids) > MANY:
            self._hub.publish(StoreChanged())
        else:
            for generation_id in ids:
                summary = await self._store.generations.summary(generation_id)
                if summary is not None:
                    self._hub.publish(Changed(summary))
        self._hub.publish(SessionsChanged())
