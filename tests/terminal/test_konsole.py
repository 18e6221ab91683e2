"""konsole clears a column of cells beside a sixel to its own ground: they are painted again."""

from __future__ import annotations

import pytest

from tests.terminal import decoders
from tests.terminal.showing import place, program, until_shown


@pytest.mark.parametrize(("profile", "is_painted"), [("konsole", True), ("sixel", False)])
def test_the_cells_beside_a_sixel_are_painted_after_it(profile: str, is_painted: bool) -> None:
    with program(profile) as terminal:
        until_shown(terminal, decoders.harbour(), "sixel")
        where = place(terminal)
        _, _, after = terminal.all.rpartition("\x1bP")
        edge = "".join(
            f"\x1b[{where.top + line + 1};{where.left + where.columns + 1}H " for line in range(where.lines)
        )
        assert (edge in after.partition("\x1b\\")[2]) is is_painted
