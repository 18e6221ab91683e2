"""The history pane: title, search, list; fetches rows and thumbnails for what is in sight."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.widgets import Input, Static

from darkroom.app.bindings import bindings
from darkroom.app.widgets.history.list import HistoryList
from darkroom.app.widgets.history.window import BLOCK
from darkroom.app.widgets.line_input import LineInput
from darkroom.app.working import attempt
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app.widgets.history.thumbnails import Thumbnails
    from darkroom.app.widgets.meter import Meter
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core

FOUND_AT_MOST = 500
"""Results of a search that are listed; nobody scrolls through more, they type another word."""

SEARCH_DELAY_S = 0.12
"""Rest after a keystroke before the search runs."""


class HistoryPane(Vertical):
    """The generations of one session.

    `show` gives it a session; `update_row` and `progressed` keep it current. Which row is selected is told by
    `LineList.Highlighted` and `Chosen`, keys by `Asked`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list", only=("list.filter",))]

    def __init__(
        self, core: Core, thumbnails: Thumbnails, meters: Mapping[str, Meter], *, id: str = "history"
    ) -> None:
        super().__init__(id=id)
        self._core = core
        self._thumbnails = thumbnails
        self._meters = meters
        self._session_id = ""
        self._searching = ""

    def compose(self) -> ComposeResult:
        """List, and what stands in an empty list's place; the search field comes when it is asked for."""
        yield HistoryList(self._thumbnails, self._meters, id="history-list")
        yield Static("", classes="empty", markup=False)

    @property
    def list(self) -> HistoryList:
        """The list of rows."""
        return self.query_one(HistoryList)

    def show(self, session_id: str, count: int, rows: Sequence[Summary], *, keep: str = "") -> None:
        """Shows a session whose first rows were read already."""
        self._session_id = session_id
        self._close_search()
        self.list.reset(count, rows, keep=keep)
        self._say_count()

    def update_row(self, summary: Summary) -> None:
        """Takes in a generation that is new or changed; those of other sessions do not matter."""
        if summary.session_id != self._session_id:
            return
        if self._searching and self.list.window.index_of(summary.id) is None:
            return
        self.list.update_row(summary)
        self._say_count()

    async def reload(self) -> Sequence[Summary]:
        """Reads the list again; the cursor stays on its generation when that is still near.

        Returns:
            The newest rows; none while a search is shown.

        Raises:
            StoreError: It could not be read.
        """
        if self._searching or not self._session_id:
            return ()
        under = self.list.generation()
        count = await self._core.history.count(self._session_id)
        rows = await self._core.history.page(self._session_id, offset=0, limit=BLOCK)
        self.list.reset(count, rows, keep=under.id if under is not None and self.list.cursor else "")
        self._say_count()
        return rows

    def _say_count(self) -> None:
        count = self.list.window.count
        told = f"{count:,} found" if self._searching else plural(count, "generation") if count else ""
        self.border_title = " · ".join(part for part in ("History", told) if part)
        empty = self.query_one(".empty", Static)
        words = "Nothing found" if self._searching else "No pictures yet\nctrl+g makes the first"
        if empty.content != words:
            empty.update(words)  # this arranges the whole screen anew, and rows change many times a second
        self.set_class(count == 0, "-empty")

    @on(HistoryList.Wanted)
    def _fetch(self, message: HistoryList.Wanted) -> None:
        message.stop()
        attempt(self, self._read(message), group="history-rows", description="reading rows")

    async def _read(self, wanted: HistoryList.Wanted) -> None:
        rows = await self._core.history.page(self._session_id, offset=wanted.offset, limit=wanted.limit)
        self.list.put(wanted.version, wanted.offset, rows)

    @on(HistoryList.Unseen)
    def _draw_unseen(self, message: HistoryList.Unseen) -> None:
        message.stop()
        attempt(
            self,
            self._make_thumbnails(self.list.unseen()),
            group="history-thumbnails",
            exclusive=True,
            description="making thumbnails",
        )

    async def _make_thumbnails(self, hashes: Sequence[str]) -> None:
        async for blob_hash in self._thumbnails.load(hashes):
            self.list.thumbnail_ready(blob_hash)

    def action_list_filter(self) -> None:
        """Opens the search."""
        self.add_class("-searching")
        if not self.query(Input):
            field = LineInput(placeholder="search prompts in this session", classes="filter")
            self.mount(field, before=0)
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        attempt(
            self,
            self._find(message.value),
            group="history-search",
            exclusive=True,
            description="searching the session",
        )

    async def _find(self, text: str) -> None:
        history = self._core.history
        if text.strip():
            await asyncio.sleep(SEARCH_DELAY_S)
            rows = await history.search(text, session_id=self._session_id, limit=FOUND_AT_MOST)
            count = len(rows)
        else:
            count = await history.count(self._session_id)
            rows = await history.page(self._session_id, offset=0, limit=BLOCK)
        self._searching = text.strip()
        self.list.reset(count, rows)
        self._say_count()

    @on(Input.Submitted)
    def _to_results(self, message: Input.Submitted) -> None:
        message.stop()
        self.list.focus()

    def key_escape(self) -> None:
        """Leaves the search and shows all rows again."""
        if self.has_class("-searching"):
            self.query_one(Input).value = ""
            self.remove_class("-searching")
            self.list.focus()

    def _close_search(self) -> None:
        self._searching = ""
        with self.prevent(Input.Changed):
            for field in self.query(Input):
                field.value = ""
        self.remove_class("-searching")
