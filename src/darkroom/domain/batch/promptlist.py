r"""Prompt lists: one prompt a line, or JSONL.

Text: every line is a prompt, without the blanks around it. Empty lines and lines that begin with `#` are
passed over; `\#` begins a prompt with `#`.

JSONL: every line is an object of values by role or address, such as
`{"prompt": "a harbour", "seed": 7, "steps": 30}`; empty lines are passed over. A list is taken for JSONL when
its name ends in `.jsonl` or `.ndjson`, or its first line looks like such an object.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from darkroom.domain.batch.axis import Axis, Point, refuse_too_many
from darkroom.domain.batch.listfile import COMMENT, decoded, numbered, uncommented
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.parameters import Value

MAX_BYTES = 16 * 1024 * 1024
"""Largest list."""

MAX_LINE = 100_000
"""Longest line, in characters."""

_OBJECT = re.compile(r'\s*\{\s*("|\})')
_LABEL = 60


def read_list(data: bytes, name: str) -> Axis:
    """The axis of a prompt list: a point for each prompt, labelled by line and text.

    Args:
        data: The file, or at least `MAX_BYTES` + 1 bytes of it.
        name: Of the file, as it is shown; "stdin" for what was piped in.

    Raises:
        InputError: It holds no prompt, is too long, is not UTF-8, or a line is wrong; names the line.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{excerpt(name, 60)} is too large", f"More than {MAX_BYTES >> 20} MiB")
    lines = _lines(data, name)
    first = next((line for _, line in lines), "")
    if name.lower().endswith((".jsonl", ".ndjson")) or _OBJECT.match(first):
        points = [Point(_label(number, values), values) for number, values in _objects(lines, name)]
    else:
        points = [
            Point(f"{number}: {excerpt(prompt, _LABEL)}", {Role.PROMPT: prompt})
            for number, prompt in _prompts(lines)
        ]
    if not points:
        raise InputError(f"{excerpt(name, 60)} holds no prompt", hint="Write one prompt a line")
    refuse_too_many(len(points))
    return Axis(Role.PROMPT, tuple(points))


def _lines(data: bytes, name: str) -> list[tuple[int, str]]:
    lines = numbered(decoded(data, excerpt(name, 60)))
    for number, line in lines:
        if len(line) > MAX_LINE:
            raise _wrong(name, number, f"longer than {MAX_LINE:,} characters", "Is it a list of prompts?")
    return lines


def _prompts(lines: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    for number, line in uncommented(lines):
        yield number, line[1:] if line.startswith(f"\\{COMMENT}") else line


def _objects(lines: Iterable[tuple[int, str]], name: str) -> Iterable[tuple[int, dict[str, Value]]]:
    for number, line in lines:
        try:
            found = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            raise _wrong(name, number, f"no JSON: {excerpt(why, 80)}", _EXAMPLE) from error
        if not isinstance(found, dict) or not found:
            raise _wrong(name, number, "no object with values", _EXAMPLE)
        for key, value in found.items():
            if not (value is None or isinstance(value, str | int | float | bool)):
                raise _wrong(name, number, f"“{excerpt(key, 40)}” is neither text nor a number", _EXAMPLE)
        yield number, found


_EXAMPLE = 'Write {"prompt": "a harbour", "seed": 7} on each line'


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _label(number: int, values: dict[str, Value]) -> str:
    prompt = values.get(Role.PROMPT)
    said = prompt if isinstance(prompt, str) else ", ".join(f"{key}={value}" for key, value in values.items())
    return f"{number}: {excerpt(said, _LABEL)}"


def _wrong(name: str, line: int, why: str, hint: str) -> InputError:
    return InputError(f"{excerpt(name, 60)}, line {line}: {why}", hint=hint)
