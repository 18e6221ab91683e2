"""What is wanted of a picture, and the worker that prepares it in a thread, sends it, and makes it better."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from darkroom.app.graphics import Payload
from darkroom.app.widgets.picture.looks import Looks
from darkroom.app.widgets.picture.paint import visible
from darkroom.app.widgets.picture.prepare import Prepared, Request, prepare
from darkroom.app.widgets.picture.shelf import Shelf
from darkroom.app.widgets.picture.viewing import ViewedCanvas, Wanted
from darkroom.domain.errors import DamagedPicture
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Choice, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.images.decoded import DecodedCache


class Preparing(ViewedCanvas):
    """Prepares the latest picture that was asked for, one at a time, while the widget is in sight."""

    class Arrived(Message, namespace="picture"):
        """Another picture, or another part of it, is on the screen; of live frames nothing is told."""

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        decoded: DecodedCache | None = None,
        keeps: int = 0,
    ) -> None:
        """An empty area.

        Args:
            id: Textual's id.
            classes: CSS classes.
            decoded: Where decoded pictures are kept, for who moves about in them.
            keeps: How many pictures beside the one that is shown stay ready to be shown at once.
        """
        super().__init__(id=id, classes=classes, decoded=decoded)
        self._shelf = Shelf(keeps)
        self._wanted: Wanted | None = None
        self._good: Wanted | None = None
        self._due = False
        self._rough = False
        self._busy = False
        self._in_sight = False
        self._looks = Looks(self, self._sharpen)
        self._sending: asyncio.Task[None] | None = None

    def _again(self) -> None:
        self._due = self._wanted is not None
        self._work()

    def _work(self) -> None:
        """Starts the worker, unless it runs, there is nothing to do or nobody would see it."""
        if self._busy or not (self._due or self._rough) or not self._drawable():
            return
        self._busy = True
        self.run_worker(
            self._prepare_all(),
            group="picture",
            exclusive=False,
            exit_on_error=False,
            description="prepare the picture that is wanted",
        )

    def _drawable(self) -> bool:
        return (
            self.is_attached
            and self._in_sight
            and bool(self.content_size.area)
            and visible(self.screen)
            and not self.graphics.is_lent
        )

    async def _prepare_all(self) -> None:
        """Prepares the latest picture, until the one that is ready is the latest.

        The next frame of many is prepared while the one before is on its way.
        """
        try:
            while self._drawable() and (request := self._request()) is not None:
                kept = None if request.live else self._shelf.take(request)
                prepared = kept or await self._prepared(request)
                if self._sending is not None:
                    await self._sending
                    self._sending = None
                if prepared is None:
                    continue
                if request.live:
                    self._sending = asyncio.create_task(self._arrived(prepared), name="send a frame")
                else:
                    await self._arrived(prepared, is_there=kept is not None)
        finally:
            self._busy = False

    async def _prepared(self, request: Request) -> Prepared | None:
        request = self.numbered(request)
        if request.number and await self.graphics.may_ask(live=request.live):
            request = replace(request, answer=True)
        try:
            return await asyncio.to_thread(prepare, request)
        except DamagedPicture as error:
            self._failed(request, error.detail or error.title)
        except OSError as error:
            self._failed(request, error.strerror or str(error))
        return None

    def _request(self) -> Request | None:
        """What to do next: the picture that is wanted, or the one that is shown in its new size."""
        wanted, shown = self._wanted, self._shown
        due, rough = self._due, self._rough
        self._due = self._rough = False
        if due and wanted is not None:
            protocol = self.graphics.protocol
            if shown is None and not wanted.live and protocol in (Protocol.KITTY, Protocol.SIXEL):
                # Into an empty area half blocks come first: they are there long before the others.
                protocol, self._due = Protocol.HALF, True
            # While somebody moves about in it, what comes soon is better than what is good.
            moving, self._moving = self._moving and protocol is not Protocol.HALF, False
            request = self.request_for(wanted, protocol)
            level = self._level(protocol, live=wanted.live or moving)
            return replace(request, moving=moving, level=level)
        if rough and shown is not None and (decoded := shown.decoded) is not None:
            request = self.request_for(Wanted(b"", shown.request.ident, live=True), Protocol.HALF)
            return replace(request, decoded=decoded)
        return None

    def _level(self, protocol: Protocol, *, live: bool) -> Level:
        """How good the picture may be: as the line affords it, and at first no more than the eye needs."""
        if protocol is Protocol.HALF and not live:
            return Level.FULL  # text of a screen, that any line carries in time
        shown = self._shown
        same = shown is not None and self._wanted is not None and shown.request.ident == self._wanted.ident
        now = shown.request.level if shown is not None and (live or same) else None
        if not same and not live:
            return self._first_level(protocol)
        best = self.graphics.level(protocol, self.drawn_px(), live=live, now=now)
        # All colours take longer to encode than there is time for a frame.
        return min(best, Level.PALETTE) if live else best

    def _first_level(self, protocol: Protocol) -> Level:
        """How good a picture may be that was not there before."""
        if protocol is Protocol.HALF:
            return Level.FULL
        return min(self.graphics.level(protocol, self.drawn_px(), live=False), Level.PALETTE)

    def _failed(self, request: Request, why: str) -> None:
        self.drop(request.number)
        if self._is_wanted(request):
            self.say(f"this preview cannot be decoded: {why}")
            # The picture before stays, and a new size must draw it again instead of failing again.
            self._wanted = self._good

    async def _arrived(self, prepared: Prepared, *, is_there: bool = False) -> None:
        """Shows what is ready; `is_there`: kitty has it already."""
        request = prepared.request
        if not self._is_wanted(request):
            self.drop(request.number)
            return
        if not self._drawable():
            self.drop(request.number)
            self._due = True
            return
        is_sent = is_there and prepared.protocol is Protocol.KITTY
        if not is_sent and not await self._sent(prepared):
            return
        if request.decoded is None and (self._good is None or self._good.source is not request.source):
            self.say("")
            self._good = Wanted(request.source, request.ident, request.live)
        self.put(prepared)
        if not request.live:
            self.post_message(self.Arrived())
        self._sharpen_later(request)

    def _retire(self, before: Prepared) -> None:
        """What was shown until now goes on the shelf, if it may be wanted again."""
        request, shown = before.request, self._shown
        passing = request.live or request.moving or request.protocol is not self.graphics.protocol
        forgotten = request.number != 0 and request.number not in self._numbers
        if passing or forgotten or (shown is not None and shown.request.looks == request.looks):
            super()._retire(before)
            return
        for gone in self._shelf.put(before):
            super()._retire(gone)

    async def ahead(self, source: bytes | Path, *, ident: str) -> None:
        """Gets another picture ready, so that showing it as this one is seen now takes no time.

        Nothing is done for who keeps no pictures. A damaged one is told of when it is shown.

        Args:
            source: As for `show`.
            ident: As for `show`.
        """
        request = self.request_for(Wanted(source, ident), self.graphics.protocol)
        if not self._drawable() or not self._shelf.needs(request):
            return
        level = self._first_level(request.protocol)
        request = self.numbered(replace(request, level=level))
        is_kept = False
        try:
            prepared = await asyncio.to_thread(prepare, request)
            is_kept = prepared.protocol is not Protocol.KITTY or await self.graphics.deliver(
                (self, "ahead"), Payload(prepared.pieces)
            )
        except (DamagedPicture, OSError):
            return
        finally:
            if not is_kept:
                self.drop(request.number)
        if is_kept and (not request.number or request.number in self._numbers):
            for gone in self._shelf.put(prepared):
                super()._retire(gone)

    @property
    def has_time(self) -> bool:
        """Whether the line carries one more picture without anybody noticing."""
        protocol = self.graphics.protocol
        if protocol is not Protocol.KITTY:
            return True  # nothing is sent before it is shown
        return self.graphics.level(protocol, self.drawn_px(), live=True) >= Level.PALETTE

    def forget(self) -> None:
        """What the terminal has of ours counts no more, on the shelf neither."""
        self._shelf.clear()
        super().forget()

    async def _sent(self, prepared: Prepared) -> bool:
        """Sends what has to be there before the picture is painted; whether it is to be painted now."""
        request, shown = prepared.request, self._shown
        if prepared.protocol is Protocol.KITTY:
            sent = await self.graphics.deliver(self, Payload(prepared.pieces, answered=request.answer))
            if not sent or not self._is_wanted(request) or not self._drawable():
                self.drop(request.number)
                self._due = self._wanted is not None
                return False
        elif shown is not None and self._replaces_sixel(shown, prepared):
            return await self._deliver_sixel(prepared)
        elif prepared.protocol is Protocol.HALF and request.live and request.decoded is None:
            await self.graphics.ready()
            return self._is_wanted(request)
        return True

    def _sharpen_later(self, request: Request) -> None:
        """Looks, when nothing else has come, whether the line affords a better picture."""
        self._looks.end()
        if not request.live and request.protocol in (Protocol.KITTY, Protocol.SIXEL):
            self._looks.begin()

    def _sharpen(self) -> None:
        shown = self._shown
        if shown is None or shown.request.live or self._wanted is None:
            return
        better = self._level(shown.protocol, live=False) > shown.request.level
        if self._is_wanted(shown.request) and (better or shown.request.moving):
            self._again()

    def _is_wanted(self, request: Request) -> bool:
        return self._wanted is not None and self._wanted.ident == request.ident

    def _changed(self, _choice: Choice) -> None:
        """Another way to draw, or another terminal: half blocks at once, the picture when it was sent."""
        self.forget()
        self._again()
