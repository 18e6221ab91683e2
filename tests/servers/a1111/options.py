"""The settings, with the real server's habit of keeping what a request changed.

Source: Forge f2.0.1, `modules/processing.py`: a key is put back only when the loaded settings hold it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.servers.a1111.lists import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DEFAULTS: dict[str, Any] = LISTS["/sdapi/v1/options"]
NUMBERS = frozenset(("jpeg_quality", "show_progress_every_n_steps", "CLIP_stop_at_last_layers"))


class Options:
    """What is set now: the defaults, and what was saved or left behind."""

    def __init__(self, file: Path) -> None:
        self._file = file
        saved = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self._held: dict[str, Any] = {"sd_model_checkpoint": DEFAULTS["sd_model_checkpoint"], **saved}

    def __getitem__(self, key: str) -> Any:
        return self._held.get(key, DEFAULTS[key])

    def all(self) -> dict[str, Any]:
        """Every setting, whole numbers with a point, as the real server writes them."""
        found = {key: self[key] for key in DEFAULTS}
        return {key: float(value) if type(value) is int else value for key, value in found.items()}

    @property
    def poisoned(self) -> bool:
        """A setting has a wrong type: the server fails on reading them."""
        return any(isinstance(self[key], str) for key in NUMBERS)

    def save(self, changes: Mapping[str, Any]) -> None:
        """Sets and writes them down.

        Raises:
            KeyError: There is no such setting; those before it are set.
        """
        for key, value in changes.items():
            if key not in DEFAULTS:
                raise KeyError(key)
            self._held[key] = value
        self._file.write_text(json.dumps(self._held), "utf-8")

    @contextmanager
    def overridden(self, changes: Mapping[str, Any]) -> Iterator[None]:
        """Sets them for one job; afterwards only those are put back that were held before."""
        before = {key: self._held[key] for key in changes if key in self._held}
        unknown = [key for key in changes if key not in DEFAULTS]
        if unknown:
            raise KeyError(unknown[0])
        self._held.update(changes)
        try:
            yield
        finally:
            self._held.update(before)
