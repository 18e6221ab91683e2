"""What comes through the queue's websocket, taken apart. Pure; nothing in it is trusted.

Source: Gradio 3.41.2 `/queue/join`; Fooocus 2.5.5, recordings `ws-*`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus.files import ServerFile
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.fooocus.config import Shows

PREVIEW_CAP_CHARS = 32 * 1024 * 1024
FILES_MAX = 1000

_BAR = re.compile(r"<progress\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(value|max)\s*=\s*[\"']?\s*(\d{1,9}(?:\.\d{1,9})?)", re.IGNORECASE)
_TITLE = re.compile(r"<span\b[^<>]*>(.{0,2000}?)</span", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_URI = re.compile(r"data:(image/[a-z0-9.+-]{1,40});base64,", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The call waits in the page's queue. `ahead` counts the calls before it that wait too."""

    ahead: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows now; `None` is "as before".

    Attributes:
        bar: Part done, 0 to 1.
        title: The line of text beside the bar, as plain text of one line, untrusted.
        preview: A picture in the making: media type and bytes.
        results: Pictures finished so far.
        gallery: The pictures at the end.
    """

    bar: float | None = None
    title: str | None = None
    preview: tuple[str, bytes] | None = None
    results: tuple[ServerFile, ...] | None = None
    gallery: tuple[ServerFile, ...] | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """The call is over.

    Attributes:
        shown: What the page shows at the end.
        failed: The function raised, or was refused.
        error: What the server says of it; mostly nothing.
        anything: It gave an answer at all: a generator without a task ends without one.
    """

    shown: Shown
    failed: bool = False
    error: str = ""
    anything: bool = True


@dataclass(frozen=True, slots=True)
class Plain:
    """A message without content that matters: its kind (`send_hash`, `send_data`, `process_starts` …)."""

    kind: str


Message = Waiting | Shown | Over | Plain


def read_message(document: object, shows: Shows) -> Message:
    """One frame of the socket. Unknown ones come back as `Plain`, whatever they hold."""
    if not isinstance(document, Mapping):
        return Plain("")
    kind = str(document.get("msg") or "")[:40]
    match kind:
        case "estimation":
            rank = document.get("rank")
            return Waiting(
                rank if isinstance(rank, int) and not isinstance(rank, bool) and rank >= 0 else None
            )
        case "process_generating":
            return read_shown(_data(document), shows)
        case "process_completed":
            data = _data(document)
            return Over(
                read_shown(data, shows),
                failed=document.get("success") is not True,
                error=_error(document),
                anything=isinstance(data, list) and any(isinstance(item, Mapping) for item in data),
            )
    return Plain(kind)


def read_shown(data: object, shows: Shows) -> Shown:
    """What the generator's answer changes on the page."""
    bar, title = read_progress(_value(data, shows.progress))
    return Shown(
        bar,
        title,
        read_data_uri(_value(data, shows.preview)),
        _files(_value(data, shows.results)),
        _files(_value(data, shows.gallery)),
    )


def read_progress(html: object) -> tuple[float | None, str | None]:
    """Part done (0 to 1) and the line beside it, from the page's bar; `None` for what it does not hold."""
    if not isinstance(html, str):
        return None, None
    html = html[:20_000]
    part = None
    if (bar := _BAR.search(html)) is not None:
        numbers = {name.lower(): float(value) for name, value in _ATTRIBUTE.findall(bar[0])}
        value, most = numbers.get("value"), numbers.get("max", 1.0)
        part = min(value / most, 1.0) if value is not None and most > 0 else None
    title = _TITLE.search(html)
    return part, excerpt(unescape(_TAG.sub("", title[1])), 200) if title is not None else None


def read_data_uri(uri: object) -> tuple[str, bytes] | None:
    """Media type and bytes of a picture in a `data:` URI; `None` for anything else."""
    if not isinstance(uri, str) or len(uri) > PREVIEW_CAP_CHARS:
        return None
    head = _URI.match(uri)
    if head is None:
        return None
    try:
        return head[1].lower(), base64.b64decode(uri[head.end() :], validate=True)
    except binascii.Error:
        return None


def _data(document: Mapping[Any, Any]) -> object:
    output = document.get("output")
    return output.get("data") if isinstance(output, Mapping) else None


def _error(document: Mapping[Any, Any]) -> str:
    output = document.get("output")
    error = output.get("error") if isinstance(output, Mapping) else None
    return excerpt(str(error), 400) if error else ""


def _value(data: object, at: int) -> object:
    """What the update at a position sets; `None` when it sets nothing."""
    if not isinstance(data, list) or not 0 <= at < len(data):
        return None
    update = data[at]
    # A function that yields no update, but the value itself, is legal too.
    return update.get("value") if isinstance(update, Mapping) and "__type__" in update else update


def _files(value: object) -> tuple[ServerFile, ...] | None:
    if not isinstance(value, list):
        return None
    found = []
    for item in value[:FILES_MAX]:
        # With captions, each is a pair of file and caption.
        entry = item[0] if isinstance(item, list) and item else item
        path = entry.get("name") if isinstance(entry, Mapping) else None
        if isinstance(path, str) and 0 < len(path) <= 4096:
            found.append(ServerFile(path))
    return tuple(dict.fromkeys(found))
