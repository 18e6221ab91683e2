"""The store: one SQLite file, and the folder of original bytes beside it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from darkroom.store import faults, schema
from darkroom.store.blobs import Blobs
from darkroom.store.connection import Database
from darkroom.store.documents import Documents
from darkroom.store.generations import Generations
from darkroom.store.sessions import Sessions
from darkroom.store.workflows import Workflows

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from darkroom.store.batches import Batches
    from darkroom.store.pictures import Pictures
    from darkroom.store.progress import Progress
    from darkroom.store.queue import Queue
    from darkroom.store.search import Search


class Store:
    """Everything Darkroom remembers. Several processes may have the same store open at once.

    Attributes:
        sessions: Sessions and the values they remember.
        generations: Requests and what became of them.
        queue: Which of them wait, in which order, and who gets the next.
        batches: Those that were ordered together.
        progress: What owners heard last of what runs.
        workflows: Workflows by name.
        documents: What servers said, a cache.
        blobs: Original bytes.
        search: Full text and filters over all generations.
        pictures: Every picture of them by itself.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self.blobs = blobs
        self.sessions = Sessions(database)
        self.generations = Generations(database, blobs)
        self.workflows = Workflows(database)
        self.documents = Documents(database)

    @cached_property
    def queue(self) -> Queue:
        """Which generations wait, in which order, and who gets the next. Not needed for the first paint."""
        from darkroom.store.queue import Queue

        return Queue(self._database, self.blobs)

    @cached_property
    def batches(self) -> Batches:
        """Generations that were ordered together."""
        from darkroom.store.batches import Batches

        return Batches(self._database, self.blobs)

    @cached_property
    def progress(self) -> Progress:
        """What owners heard last of what runs."""
        from darkroom.store.progress import Progress

        return Progress(self._database)

    @cached_property
    def search(self) -> Search:
        """Full text and filters over all generations. Imported at the first search, not at the start."""
        from darkroom.store.search import Search

        return Search(self._database)

    @cached_property
    def pictures(self) -> Pictures:
        """Every picture of the generations by itself. Imported when a contact sheet is opened."""
        from darkroom.store.pictures import Pictures

        return Pictures(self._database)

    @classmethod
    async def open(cls, database: Path, blobs: Path) -> Store:
        """Opens the store; creates it, or brings its schema up to date, when needed.

        Args:
            database: The file.
            blobs: The folder of original bytes, on a disk with room.

        Raises:
            NewerSchema: A newer Darkroom wrote it.
            DamagedDatabase: The file is no healthy SQLite database.
            StoreError: It cannot be used. Whenever it is refused, it was not changed.
        """
        folder = Blobs(blobs)

        def prepare(path: Path) -> sqlite3.Connection:
            connection = schema.prepare(path)
            try:
                folder.prepare_folder()
            except OSError as error:
                connection.close()
                raise faults.from_os(error, "open the folder of pictures") from error
            return connection

        return cls(await Database.open(database, prepare), folder)

    async def aclose(self) -> None:
        """Finishes what was begun and closes the files. Idempotent."""
        await self._database.aclose()

    async def data_version(self) -> int:
        """A number that changes when another process has written to the database."""
        return await self._database.others_version()
