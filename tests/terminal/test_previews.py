"""Frames of a live preview replace each other: nothing is painted between two sixels of the same place."""

from __future__ import annotations

from tests.terminal import decoders
from tests.terminal.showing import program, until_shown

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
