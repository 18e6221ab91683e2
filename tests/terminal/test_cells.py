from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.terminal.cells import Box, cell_size, fit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.integers(1, 300),
    st.integers(1, 100),
    st.tuples(st.integers(1, 40), st.integers(1, 80)),
)
def test_a_picture_fits_and_touches_two_sides(
    picture: tuple[int, int], columns: int, lines: int, cell: tuple[int, int]
) -> None:
    box = fit(picture, columns, lines, cell)
    assert box.columns == columns or box.lines == lines
    assert 1 <= box.columns <= columns
    assert 1 <= box.lines <= lines
    assert 0 <= columns - box.columns - 2 * box.left <= 1
    assert 0 <= lines - box.lines - 2 * box.top <= 1


def test_a_square_picture_is_twice_as_many_columns_as_lines() -> None:
    assert fit((512, 512), 100, 20) == Box(30, 0, 40, 20)
    assert fit((512, 512), 30, 40, (9, 18)) == Box(0, 12, 30, 15)


@pytest.fixture
def terminal() -> Iterator[int]:
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("window", "cell"),
    [((24, 80, 720, 432), (9, 18)), ((24, 80, 0, 0), None), ((0, 0, 0, 0), None), ((24, 80, 80, 1), None)],
)
def test_the_kernel_knows_the_cell(
    terminal: int, window: tuple[int, int, int, int], cell: tuple[int, int] | None
) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *window))
    assert cell_size(terminal) == cell


def test_a_file_has_no_cells(tmp_path: Path) -> None:
    with (tmp_path / "plain").open("wb") as file:
        assert cell_size(file.fileno()) is None
    assert cell_size(-1) is None
