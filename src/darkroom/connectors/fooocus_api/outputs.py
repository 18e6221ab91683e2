"""The pictures that a record names, and where they are on the server as *we* reach it.

A result's `url` begins with what the server believes to be its address (`--base-url`), which is
`http://127.0.0.1:8888` for a client on another machine too: only the path from `/files/` on is used.
Source: Fooocus-API 0.5.0.1, `utils/file_utils.py`, recording `query_job_done`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from darkroom.connectors.fooocus_api.replies import SUCCESS
from darkroom.domain.generation import OutputRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.connectors.fooocus_api.replies import Picture

FILES = "/files/"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def refs(results: Iterable[Picture]) -> tuple[OutputRef, ...]:
    """The pictures among `results`, in their order, each once."""
    found = {}
    for result in results:
        place = _place(result.url) if result.url and result.finish_reason in ("", SUCCESS) else None
        if place is not None:
            found[place] = ref(*place, seed=result.seed)
    return tuple(found.values())


def ref(day: str, name: str, *, seed: str = "") -> OutputRef:
    """The file `name` of `day`."""
    locator = {"path": f"{FILES}{quote(day, safe='')}/{quote(name, safe='')}"}
    return OutputRef(name, {**locator, "seed": seed} if seed else locator)


def _place(url: str) -> tuple[str, str] | None:
    """Folder and name of the file behind `url`; `None` when it is no file of the server."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    _, files, rest = path.rpartition(FILES)
    day, slash, name = unquote(rest).partition("/")
    if not files or not slash or not _DAY.fullmatch(day) or not name or "/" in name or name in (".", ".."):
        return None
    return day, name


def is_ours(results: Iterable[Picture], name: str) -> bool:
    """Whether results are files whose names begin with the name we chose."""
    return any(output.name.startswith(f"{name}-") for output in refs(results))
