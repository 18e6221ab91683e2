"""Which style sheets are read before the first paint, and which right after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.config.paths import styles_folder

if TYPE_CHECKING:
    from pathlib import Path

_FIRST = (
    "base.tcss",
    "screens/main.tcss",
    "widgets/form.tcss",
    "widgets/history.tcss",
    "widgets/preview.tcss",
    "widgets/status.tcss",
)


def first() -> list[Path]:
    """Those of the main screen: parsing the others as well would delay it."""
    folder = styles_folder()
    return [folder / name for name in _FIRST]


def others() -> list[Path]:
    """Those of screens that open over it."""
    return sorted(set(styles_folder().glob("*/*.tcss")) - set(first()))
