"""What a paste is: a workflow, settings, a file that may hold some, a picture, or just text.

Loaded when something is pasted.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.app.widgets.form.disk import look
from darkroom.app.widgets.form.dropped import file_meant
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt, plural
from darkroom.domain.translate.foreign import read_text, read_texts
from darkroom.images.embedded import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.translate.move import Source

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
        settings: Those that are in it: an infotext, a recipe, a picture's metadata.
    """

    title: str
    about: tuple[str, ...]
    text: str = ""
    path: Path | None = None
    holds_workflow: bool = False
    is_picture: bool = False
    settings: Source | None = None


def understand(text: str) -> Pasted | None:
    """What `text` is, told without parsing it; `None` when it is only text. Blocking: looks at the disk."""
    # Terminals send the newlines of a paste as they like.
    stripped = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if stripped.startswith("{"):
        return _graph(stripped) or _settings(read_text(stripped))
    settings = _settings(read_text(stripped))
    if settings is not None:
        return settings
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
    texts = read_settings(path)
    settings = read_texts(texts)
    about = (str(path),) if settings is None else (str(path), _told(settings))
    # A PNG without settings may still hold a workflow under another name.
    holds_workflow = suffix == ".png" and (settings is None or "prompt" in texts)
    return Pasted(f"A picture, {seen.note}", about, "", path, holds_workflow, True, settings)


def _settings(found: Source | None) -> Pasted | None:
    if found is None:
        return None
    prompt = found.first(Role.PROMPT)
    about = (excerpt(str(prompt), 300),) if prompt else ()
    return Pasted("Settings of a picture", (*about, _told(found)), settings=found)


def _told(settings: Source) -> str:
    """Whose settings they are, and the plainest of them."""
    told = [f"From {settings.title}"]
    if (steps := settings.first(Role.STEPS)) is not None:
        told.append(f"{steps} steps")
    told += [
        excerpt(str(value), 40) for role in (Role.SAMPLER, Role.SCHEDULER) if (value := settings.first(role))
    ]
    width, height = settings.first(Role.WIDTH), settings.first(Role.HEIGHT)
    if width and height:
        told.append(f"{width}×{height}")
    if (seed := settings.first(Role.SEED)) is not None:
        told.append(f"seed {seed}")
    if checkpoint := settings.first(Role.CHECKPOINT):
        told.append(excerpt(str(checkpoint), 60))
    return ", ".join(told)
