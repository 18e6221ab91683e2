"""What is painted below a sixel: nothing between frames of a preview, and no half blocks that would show."""

from __future__ import annotations

from tests.terminal import decoders
from tests.terminal.showing import place, program, until_shown

FRAMES = 6


def test_no_frame_is_blanked_or_sent_twice() -> None:
    with program("sixel") as terminal:
        until_shown(terminal, decoders.harbour(), "sixel")
        terminal.rest(1)
        terminal.press("f6")
        terminal.until(lambda: terminal.new.count("\x1bP") > FRAMES)
        begun, *rest = terminal.new.split("\x1bP")[:FRAMES]
        between = [frame.partition("\x1b\\")[2] for frame in rest]
        assert max(map(len, [begun, *between])) < 600, "the lines below were painted"
        assert len({frame.partition("\x1b\\")[0] for frame in rest}) == len(rest), "sent twice"


def test_no_half_blocks_are_left_below_it() -> None:
    """A sixel need not cover the last rows of its cells."""
    with program("sixel", "auto", "the screen is another's") as terminal:
        until_shown(terminal, decoders.harbour(), "sixel")
        terminal.press("f8")
        terminal.until(lambda: "▀" in terminal.new, "half blocks at once")
        until_shown(terminal, decoders.harbour(), "sixel")
        where = place(terminal)
        lines = terminal.screen.grid.cells[where.top : where.top + where.lines]
        assert not [cell for line in lines for cell in line if cell.text == "▀"]
