"""Settings in files that people bring: pictures of any service, recipes, parameters saved as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.translate.foreign import SIZE_CAP, read_text, read_texts
from darkroom.images.embedded import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.translate.move import Source


def settings_in(path: Path) -> Source | None:
    """The settings in a file; `None` when there are none, or it cannot be read. Blocking."""
    found = read_texts(read_settings(path))
    if found is not None:
        return found
    try:
        with path.open("rb") as file:
            text = file.read(SIZE_CAP + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return read_text(text.replace("\r\n", "\n"))
