"""What a node gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """One value for each output slot, and what a client is shown."""

    outputs: tuple[Any, ...] = ()
    ui: dict[str, Any] | None = None
    """Goes into `executed` and the history; None shows nothing."""


NodeFunction = Callable[..., Result]
"""Called with a `Context` and the node's inputs by name."""
