"""What a real server answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from darkroom.connectors.fooocus_api.replies import Record

DATA = Path(__file__).parents[2] / "data" / "fooocus-api-0.5.0.1"


def body(name: str) -> Any:
    """The body of a recorded answer."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))["body"]


def document(name: str) -> Any:
    """A recorded file as it is."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def record(name: str, **changes: Any) -> Record:
    """A recorded job, with some fields changed."""
    return Record.model_validate({**body(name), **changes})
