"""What a paste is: a workflow, a file that may hold one, a picture, or just text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.app.widgets.form.disk import look
from darkroom.app.widgets.form.dropped import file_meant
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from pathlib import Path

_CLASS = re.compile(r'"class_type"\s*:\s*"([^"\\]{1,120})"')
_UI = re.compile(r'"nodes"\s*:\s*\[')
_LONGEST_PATH = 4096
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Pasted:
    """Something that was pasted and can be used.

    Attributes:
        title: What it is, in few words.
        about: What is in it, line by line; foreign text.
        text: The JSON of a workflow, "" for a file.
        path: The file; `None` for JSON.
        holds_workflow: It is, or may hold, a workflow.
        is_picture: It is a picture that a form can take.
    """

    title: str
    about: tuple[str, ...]
    text: str = ""
    path: Path | None = None
    holds_workflow: bool = False
    is_picture: bool = False


def understand(text: str) -> Pasted | None:
    """What `text` is, told without parsing it; `None` when it is only text. Blocking: looks at the disk."""
    stripped = text.strip()
    if stripped.startswith("{"):
        return _graph(stripped)
    if not stripped or len(stripped) > _LONGEST_PATH or "\n" in stripped:
        return None
    path = file_meant(stripped)
    if not path.name or not ("/" in stripped or path.suffix):
        return None
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        return None
    return _file(path) if is_file else None


def _graph(text: str) -> Pasted | None:
    classes = Counter(_CLASS.findall(text))
    if classes:
        named = [name if count == 1 else f"{name} ×{count}" for name, count in classes.most_common(_NAMED)]
        more = len(classes) - len(named)
        tail = f" and {plural(more, 'other')}" if more > 0 else ""
        nodes = plural(classes.total(), "node")
        return Pasted(f"A workflow of {nodes}", (excerpt(", ".join(named), 300) + tail,), text, None, True)
    if _UI.search(text):
        return Pasted("A workflow as ComfyUI's web page keeps it", (), text, None, True)
    return None


def _file(path: Path) -> Pasted | None:
    suffix = path.suffix.lower()
    seen = look(str(path))
    if suffix == ".json":
        return Pasted("A JSON file", (str(path),), "", path, True)
    if seen.problem:
        return None
    return Pasted(f"A picture, {seen.note}", (str(path),), "", path, suffix == ".png", True)
