"""The widget that shows a picture: what is wanted, and the thread that prepares it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from darkroom.app.graphics import Payload
from darkroom.app.widgets.picture.paint import visible
from darkroom.app.widgets.picture.prepare import Prepared, Request, prepare
from darkroom.app.widgets.picture.viewing import ViewedCanvas
from darkroom.domain.errors import DamagedPicture
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Choice, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region
    from textual.strip import Strip
    from textual.timer import Timer

    from darkroom.images.decoded import DecodedCache

SHARPEN_S = 0.15
"""After a resize the picture is decoded anew when the size has rested this long."""

SHARPEN_REST_S = 0.4
"""A picture that was sent less than perfect is sent again when nothing else was asked for so long."""

SHARPEN_LOOKS = 8
"""So often it is looked whether the line affords that: a terminal may take seconds to answer at first."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    source: bytes | Path
    ident: str
    live: bool


class Picture(ViewedCanvas):
    """Shows one picture, or what the view says of it, as large as it fits, in the middle.

    The picture that is shown stays until the next one is ready. Decoding and encoding happen in a thread, one
    picture at a time and always the latest that was asked for, so frames that come too fast are skipped and
    keys never wait for them; nothing is done while the widget is out of sight. Bytes that cannot be decoded
    become a line of text over the picture that was there.
    """

    class Arrived(Message):
        """Another picture, or another part of it, is on the screen; of live frames nothing is told."""

    def __init__(
        self, *, id: str | None = None, classes: str | None = None, decoded: DecodedCache | None = None
    ) -> None:
        """An empty area.

        Args:
            id: Textual's id.
            classes: CSS classes.
            decoded: Where decoded pictures are kept, for who moves about in them.
        """
        super().__init__(id=id, classes=classes, decoded=decoded)
        self._wanted: _Wanted | None = None
        self._good: _Wanted | None = None
        self._due = False
        self._rough = False
        self._busy = False
        self._in_sight = False
        self._resting: Timer | None = None
        self._sharpening: Timer | None = None
        self._sending: asyncio.Task[None] | None = None

    def show(self, source: bytes | Path | None, *, ident: str = "", live: bool = False) -> None:
        """Shows a picture as soon as it is ready.

        Args:
            source: Encoded bytes or the file that has them; untrusted. `None` empties the area at once.
            ident: What it is a picture of. Of the same thing a frame that was begun earlier may still appear
                before this one; of anything else never.
            live: A frame of many: fewer colours, so that it is sent quickly.
        """
        self._due = source is not None
        self._wanted = None if source is None else _Wanted(source, ident, live)
        if source is None:
            self._good = None
            self.say("")
            self.put(None)
        self._work()

    @property
    def shown(self) -> str | None:
        """The `ident` of the picture that is on the screen, `None` when there is none."""
        return None if self._shown is None else self._shown.request.ident

    @property
    def words(self) -> str:
        """What is written over the picture or instead of it; "" as a rule."""
        return self._words or ("" if self._shown is None else self._shown.words)

    def on_mount(self) -> None:
        """Hears when pictures are to be drawn another way, or to another terminal."""
        self.graphics.begin()
        self.graphics.changed.subscribe(self, self._changed, immediate=True)

    def on_unmount(self) -> None:
        """Frees what the terminal keeps."""
        if self._sending is not None:
            self._sending.cancel()
        for number in tuple(self._numbers):
            self.drop(number)

    def on_show(self) -> None:
        """Catches up with what was asked for in the meantime."""
        self._in_sight = True
        self._work()

    def on_hide(self) -> None:
        """Works no more."""
        self._in_sight = False

    def on_resize(self) -> None:
        """Draws the picture that is there in the new size at once, and well when the size has rested."""
        self.graphics.ask_again()
        shown = self._shown
        if shown is None or shown.decoded is None:
            self._again()
        elif (shown.request.columns, shown.request.lines) != self.content_size:
            self._rough = True
            if self._resting is not None:
                self._resting.stop()
            self._resting = self.set_timer(SHARPEN_S, self._again)
            self._work()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines. Being asked for them means being in sight, also after another screen went away."""
        self._in_sight = True
        if (self._due or self._rough) and not self._busy:
            self.call_later(self._work)
        return super().render_lines(crop)

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
                prepared = await self._prepared(request)
                if self._sending is not None:
                    await self._sending
                    self._sending = None
                if prepared is None:
                    continue
                if request.live:
                    self._sending = asyncio.create_task(self._arrived(prepared), name="send a frame")
                else:
                    await self._arrived(prepared)
        finally:
            self._busy = False

    async def _prepared(self, request: Request) -> Prepared | None:
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
        make = partial(
            Request,
            columns=self.content_size.width,
            lines=self.content_size.height,
            cell_px=self.graphics.cell_px,
            background=self.ground,
            tmux=self.graphics.choice.tmux,
            colours=self.graphics.colours,
            view=self._view,
            cache=self._decoded,
            stands_for=self.graphics.protocol,
        )
        due, rough = self._due, self._rough
        self._due = self._rough = False
        if due and wanted is not None:
            protocol = self.graphics.protocol
            if shown is None and not wanted.live and protocol in (Protocol.KITTY, Protocol.SIXEL):
                # Into an empty area half blocks come first: they are there long before the others.
                protocol, self._due = Protocol.HALF, True
            number = self.take() if protocol is Protocol.KITTY else 0
            # While somebody moves about in it, what comes soon is better than what is good.
            moving, self._moving = self._moving and protocol is not Protocol.HALF, False
            level = self._level(protocol, live=wanted.live or moving)
            return make(
                wanted.source,
                wanted.ident,
                wanted.live,
                protocol,
                moving=moving,
                number=number,
                level=level,
                answer=self.graphics.wants_answers,
            )
        if rough and shown is not None and (decoded := shown.decoded) is not None:
            return make(b"", shown.request.ident, True, Protocol.HALF, decoded=decoded)
        return None

    def _level(self, protocol: Protocol, *, live: bool) -> Level:
        """How good the picture may be: as the line affords it, and at first no more than the eye needs."""
        if protocol is Protocol.HALF and not live:
            return Level.FULL  # text of a screen, that any line carries in time
        shown, (width, height) = self._shown, self.graphics.cell_px
        columns, lines = self.content_size if shown is None else (shown.box.columns, shown.box.lines)
        same = shown is not None and self._wanted is not None and shown.request.ident == self._wanted.ident
        now = shown.request.level if shown is not None and (live or same) else None
        best = self.graphics.level(protocol, (columns * width, lines * height), live=live, now=now)
        # All colours take longer to encode than there is time for a frame.
        return min(best, Level.PALETTE) if live or not same else best

    def _failed(self, request: Request, why: str) -> None:
        self.drop(request.number)
        if self._is_wanted(request):
            self.say(f"this preview cannot be decoded: {why}")
            # The picture before stays, and a new size must draw it again instead of failing again.
            self._wanted = self._good

    async def _arrived(self, prepared: Prepared) -> None:
        request = prepared.request
        if not self._is_wanted(request):
            self.drop(request.number)
            return
        if not self._drawable():
            self.drop(request.number)
            self._due = True
            return
        if not await self._sent(prepared):
            return
        if request.decoded is None and (self._good is None or self._good.source is not request.source):
            self.say("")
            self._good = _Wanted(request.source, request.ident, request.live)
        self.put(prepared)
        if not request.live:
            self.post_message(self.Arrived())
        self._sharpen_later(request)

    async def _sent(self, prepared: Prepared) -> bool:
        """Sends what has to be there before the picture is painted; whether it is to be painted now."""
        request, shown = prepared.request, self._shown
        if prepared.protocol is Protocol.KITTY:
            sent = await self.graphics.deliver(self, Payload(prepared.pieces))
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
        if self._sharpening is not None:
            self._sharpening.stop()
            self._sharpening = None
        if not request.live and request.protocol in (Protocol.KITTY, Protocol.SIXEL):
            self._sharpening = self.set_interval(SHARPEN_REST_S, self._sharpen, repeat=SHARPEN_LOOKS)

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
