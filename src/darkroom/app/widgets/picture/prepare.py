"""From encoded bytes to what is painted and sent: everything about a picture that takes time.

`prepare` runs in a thread and imports Pillow and numpy there, on first use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.color import ColorSystem

from darkroom.app.widgets.picture.strips import half_strips, placeholder_strips
from darkroom.terminal import kitty, sixel
from darkroom.terminal.cells import Box, fit
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image
    from textual.strip import Strip


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
        image: The picture itself when it is decoded already; `source` is not read then.
        level: How good.
        answer: kitty says OK when it has the picture.
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
    image: Image | None = None
    level: Level = Level.PALETTE
    answer: bool = False


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
        image: The decoded picture, at most as large as the area; `None` when pictures are not drawn.
        words: What stands instead of the picture when none is drawn.
    """

    request: Request
    box: Box = field(default_factory=lambda: Box(0, 0, 1, 1))
    half: list[Strip] = field(default_factory=list)
    over: list[Strip] = field(default_factory=list)
    pieces: tuple[str, ...] = ()
    image: Image | None = None
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
    image = _decoded(request)
    limit = kitty.MAX_CELLS if request.protocol is Protocol.KITTY else max(request.columns, request.lines)
    columns, lines = min(request.columns, limit), min(request.lines, limit)
    box = fit(image.size, columns, lines, request.cell_px)
    prepared = Prepared(request, box, _half(image, box, request), image=image)
    if request.protocol is Protocol.KITTY:
        prepared.pieces = _kitty(image, box, request)
        prepared.over = placeholder_strips(request.number, box.columns, box.lines)
    elif request.protocol is Protocol.SIXEL:
        prepared.pieces = _sixel(image, box, request)
    return prepared


def _decoded(request: Request) -> Image:
    """The picture, no larger than what will be seen of it."""
    from darkroom.images.decode import decode

    if request.image is not None:
        return request.image
    # Two pixels a cell are seen of half blocks; twice that leaves something to scale on a resize.
    width, height = (2, 4) if request.protocol is Protocol.HALF else request.cell_px
    box_px = request.columns * width, request.lines * height
    return decode(request.source, box_px, background=request.background)


def _half(image: Image, box: Box, request: Request) -> list[Strip]:
    from darkroom.terminal import halfcells

    few = request.colours is ColorSystem.EIGHT_BIT
    is_rough = request.live or request.protocol is Protocol.HALF
    step = halfcells.STEPS[request.level] if is_rough else 1
    rows = halfcells.rows(image, box.columns, box.lines, step=step, few=few)
    return half_strips(rows, request.colours)


def _kitty(image: Image, box: Box, request: Request) -> tuple[str, ...]:
    data = kitty.encode(image, _size_px(box, request), request.level, quick=request.live)
    return tuple(
        kitty.transmit(data, request.number, box.columns, box.lines, tmux=request.tmux, answer=request.answer)
    )


def _sixel(image: Image, box: Box, request: Request) -> tuple[str, ...]:
    sequence = sixel.encode(
        image,
        _size_px(box, request),
        level=request.level,
        limit_bytes=sixel.TMUX_LIMIT_BYTES if request.tmux else None,
        background=request.background,
        quick=request.live,
    )
    return (sequence,) if sequence else ()


def _size_px(box: Box, request: Request) -> tuple[int, int]:
    return box.columns * request.cell_px[0], box.lines * request.cell_px[1]


def _words(request: Request) -> str:
    from darkroom.images.decode import size_px

    width, height = size_px(request.source)
    return f"{width} × {height} picture, not drawn (images = none)"
