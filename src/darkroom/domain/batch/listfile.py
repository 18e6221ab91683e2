"""Files of one entry a line, as people write them: UTF-8, with comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMENT = "#"
"""A line that begins with it says nothing."""


def decoded(data: bytes, name: str) -> str:
    """The text of a file, without the byte order mark that some editors write.

    Args:
        data: All of the file.
        name: What it is called in the error, short.

    Raises:
        InputError: It is not UTF-8; names the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name} is not UTF-8",
            f"Line {line} has a byte that is none",
            "Convert it with iconv -t utf-8",
        ) from error


def numbered(text: str) -> list[tuple[int, str]]:
    """Number (1-based) and text of the lines that are not empty, without the blanks around it.

    Only newlines divide: an entry may hold U+2028.
    """
    stripped = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return [(number, line) for number, line in stripped if line]


def uncommented(lines: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Those that are no comments."""
    return [(number, line) for number, line in lines if not line.startswith(COMMENT)]
