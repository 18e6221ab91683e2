"""tmux fills up cells that a sixel only begins with the first of its colours: that is the background."""

from __future__ import annotations

import pytest

from darkroom.terminal import sixel
from darkroom.terminal.levels import Level
from tests.terminal import decoders


@pytest.mark.parametrize("level", Level)
def test_the_first_colour_is_the_background(level: Level) -> None:
    sequence = sixel.encode(decoders.harbour(), (441, 437), level=level, background=(255, 0, 51))
    assert "#0;2;100;0;20#1;2;" in sequence
    (picture,) = decoders.sixels(sequence)
    assert picture.size == (441, 432)
    whole = decoders.harbour((437, 437)).crop((0, 0, 437, 432))
    assert decoders.mean_error(picture.crop((2, 0, 439, 432)), whole) < 8
