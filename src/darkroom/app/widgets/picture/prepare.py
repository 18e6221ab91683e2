"""From encoded bytes to what is painted and sent: everything about a picture that takes time.

`prepare` runs in a thread and imports Pillow and numpy there, on first use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.color import ColorSystem

from darkroom.app.widgets.picture.strips import half_strips, placeholder_strips
from darkroom.app.widgets.picture.view import FIT, Mode, Placed, Room, View, place
from darkroom.terminal import kitty, sixel
from darkroom.terminal.cells import Box
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from PIL.Image import Image
    from textual.strip import Strip

    from darkroom.images.decoded import Decoded, DecodedCache
    from darkroom.images.encoded import EncodedCache


@dataclass(frozen=True, slots=True)
class Request:
    """What to prepare.

    Attributes:
        source: Encoded bytes, or the file that has them.
        ident: What the picture is of; the answer is dropped when another one is wanted by then.
        live: One of many frames: fewer colours will do.
        protocol: How it is drawn.
        columns: Cells across that there are.
        lines: Cells down that there are.
        cell_px: Size of a cell.
        background: RGB, shows through where the picture is transparent.
        number: Its number in the terminal when the protocol is kitty's.
        tmux: Sequences have to pass tmux.
        colours: What the terminal can show.
        decoded: The picture itself when it is decoded already; `source` is not read then.
        level: How good.
        answer: kitty says OK when it has the picture.
        view: What is seen of it.
        stands_for: Which way of drawing it takes the place of for a while, `None` for none: 100 % is meant in
            pixels of that one.
        moving: Somebody moves about in it: it is made quickly, and well when that has rested.
        cache: Where decoded pictures are kept; without one each is decoded anew, no larger than it is seen.
        encoded: Where encoded pictures are kept on disk; frames and parts are not.
    """

    source: bytes | Path
    ident: str
    live: bool
    protocol: Protocol
    columns: int
    lines: int
    cell_px: tuple[int, int]
    background: tuple[int, int, int] = (0, 0, 0)
    number: int = 0
    tmux: bool = False
    colours: ColorSystem = ColorSystem.TRUECOLOR
    decoded: Decoded | None = None
    level: Level = Level.PALETTE
    answer: bool = False
    view: View = FIT
    stands_for: Protocol | None = None
    moving: bool = False
    cache: DecodedCache | None = None
    encoded: EncodedCache | None = None

    @property
    def looks(self) -> Hashable:
        """Equal for requests whose pictures look the same, but for their quality."""
        place = self.columns, self.lines, self.cell_px, self.background
        return self.ident, self.view, self.protocol, self.tmux, self.colours, place

    @property
    def room(self) -> Room:
        """Where it is drawn."""
        return room(self.stands_for or self.protocol, self.columns, self.lines, self.cell_px)


@dataclass(slots=True)
class Prepared:
    """A picture that is ready to be painted.

    Attributes:
        request: What it was made for.
        box: Its place in the area it was made for.
        half: Strips of half blocks, `box.columns` wide; empty when pictures are not drawn.
        over: Strips of placeholders when the protocol is kitty's, else empty.
        pieces: What has to be written to the terminal, in this order; empty for half blocks. Of a sixel there
            is one.
        decoded: The picture in memory, which may be larger than the area; `None` when pictures are not drawn.
        words: What stands instead of the picture when none is drawn.
    """

    request: Request
    box: Box = field(default_factory=lambda: Box(0, 0, 1, 1))
    half: list[Strip] = field(default_factory=list)
    over: list[Strip] = field(default_factory=list)
    pieces: tuple[str, ...] = ()
    decoded: Decoded | None = None
    words: str = ""

    @property
    def payload(self) -> str:
        """All pieces as one."""
        return "".join(self.pieces)

    @property
    def protocol(self) -> Protocol:
        """How it is drawn, which may be less than was asked for: an over-long sixel is half blocks."""
        if self.request.protocol in (Protocol.KITTY, Protocol.SIXEL) and not self.pieces:
            return Protocol.HALF
        return self.request.protocol

    def place(self, columns: int, lines: int) -> Box:
        """Where it lies in an area of that size, which may not be the one it was made for."""
        left, top = (columns - self.box.columns) // 2, (lines - self.box.lines) // 2
        return Box(max(0, left), max(0, top), self.box.columns, self.box.lines)

    def strips(self, *, plain: bool) -> list[Strip]:
        """The lines to paint, `box.columns` wide; none where a sixel is drawn.

        Args:
            plain: Half blocks in any case.
        """
        if plain or self.protocol is Protocol.HALF:
            return self.half
        return self.over


def prepare(request: Request) -> Prepared:
    """Decodes, scales and encodes. Blocking: run it in a thread.

    Raises:
        DamagedPicture: When the bytes cannot be decoded.
    """
    if request.protocol is Protocol.NONE:
        return Prepared(request, words=_words(request))
    decoded = _decoded(request)
    placed = place(decoded.natural_px, request.room, request.view)
    box, image = placed.box, _seen(decoded, placed, request)
    prepared = Prepared(request, box, _half(image, box, request), decoded=decoded)
    if request.protocol is Protocol.KITTY:
        prepared.pieces = _kitty(image, box, request)
        prepared.over = placeholder_strips(request.number, box.columns, box.lines)
    elif request.protocol is Protocol.SIXEL:
        prepared.pieces = _sixel(image, box, request)
    return prepared


def room(protocol: Protocol, columns: int, lines: int, cell_px: tuple[int, int]) -> Room:
    """Where a picture is drawn in an area of cells: kitty's placeholders cannot fill more than so many."""
    limit = kitty.MAX_CELLS if protocol is Protocol.KITTY else max(columns, lines)
    dot_px = cell_px[0] if protocol is Protocol.HALF else 1
    return Room(min(columns, limit), min(lines, limit), cell_px, dot_px)


def decode_box(view: View, protocol: Protocol, drawn_in: Room) -> tuple[int, int] | None:
    """The pixels worth decoding, width and height; `None` for all of them, where a part is seen."""
    if view.mode is not Mode.FIT:
        return None
    # Two pixels a cell are seen of half blocks; twice that leaves something to scale on a resize.
    width, height = (2, 4) if protocol is Protocol.HALF else drawn_in.cell_px
    return drawn_in.columns * width, drawn_in.lines * height


def _decoded(request: Request) -> Decoded:
    """The picture, no larger than what will be seen of it where nobody keeps it."""
    from darkroom.images.decode import decode, upright_px
    from darkroom.images.decoded import WHOLE, Decoded

    if request.decoded is not None:
        return request.decoded
    box_px = decode_box(request.view, request.protocol, request.room)
    if request.cache is not None and not request.live:
        return request.cache.get(request.source, request.ident, box_px, background=request.background)
    image = decode(request.source, box_px or WHOLE, background=request.background)
    return Decoded(image, upright_px(request.source))


def _seen(decoded: Decoded, placed: Placed, request: Request) -> Image:
    """The part that is seen, pixel by pixel as it is drawn; of the whole picture the encoders make that."""
    if request.view.mode is Mode.FIT:
        return decoded.image
    from darkroom.images.crop import cut

    width, height = (1, 2) if request.protocol is Protocol.HALF else request.cell_px
    size_px = placed.box.columns * width, placed.box.lines * height
    return cut(decoded.image, decoded.natural_px, placed.source, size_px, background=request.background)


def _half(image: Image, box: Box, request: Request) -> list[Strip]:
    from darkroom.terminal import halfcells

    few = request.colours is ColorSystem.EIGHT_BIT
    is_rough = request.live or request.protocol is Protocol.HALF
    step = halfcells.STEPS[request.level] if is_rough else 0
    rows = halfcells.rows(image, box.columns, box.lines, step=step, few=few)
    return half_strips(rows, request.colours)


def _kitty(image: Image, box: Box, request: Request) -> tuple[str, ...]:
    def encode() -> bytes:
        size_px = _size_px(box, request)
        return kitty.encode(image, size_px, request.level, quick=request.live or request.moving)

    data = _kept(box, request, encode, kitty.is_whole)
    return tuple(
        kitty.transmit(data, request.number, box.columns, box.lines, tmux=request.tmux, answer=request.answer)
    )


def _sixel(image: Image, box: Box, request: Request) -> tuple[str, ...]:
    limit = sixel.TMUX_LIMIT_BYTES if request.tmux else None

    def encode() -> bytes:
        return sixel.encode(
            image,
            _size_px(box, request),
            level=request.level,
            limit_bytes=limit,
            background=request.background,
            quick=request.live or request.moving,
        ).encode()

    sequence = _kept(box, request, encode, sixel.is_whole, limit).decode()
    return (sequence,) if sequence else ()


def _kept(
    box: Box,
    request: Request,
    encode: Callable[[], bytes],
    is_whole: Callable[[bytes], bool],
    *parts: object,
) -> bytes:
    """What `encode` makes, from disk when it was made before; a file may hold anything, but not be sent."""
    passing = request.live or request.moving or request.view.mode is not Mode.FIT
    if request.encoded is None or passing or not request.source:
        return encode()
    from darkroom.images.encoded import encoded_key, source_digest

    key = encoded_key(
        source_digest(request.source),
        request.protocol.value,
        _size_px(box, request),
        request.level.name,
        request.background,
        *parts,
    )
    data = request.encoded.get(key)
    if data is None or not is_whole(data):
        data = encode()
        request.encoded.put(key, data)
    return data


def _size_px(box: Box, request: Request) -> tuple[int, int]:
    return box.columns * request.cell_px[0], box.lines * request.cell_px[1]


def _words(request: Request) -> str:
    from darkroom.images.decode import size_px

    width, height = size_px(request.source)
    return f"{width} × {height} picture, not drawn (images = none)"
