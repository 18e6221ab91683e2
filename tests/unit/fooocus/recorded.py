"""What a real Fooocus 2.5.5 said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from darkroom.connectors.fooocus.config import Config, Page, read_page
from darkroom.connectors.fooocus.events import Message, read_message
from tests.servers.fooocus.page import recorded

DATA = Path(__file__).parents[2] / "data" / "fooocus-2.5.5"
PAGES = ("default", "small", "large")


def document(name: str) -> Any:
    """A recorded file as it is."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def page(name: str = "default", **changes: Any) -> Page:
    """A recorded page, with some of its description changed."""
    found = read_page(Config.model_validate({**recorded(name), **changes}))
    assert found is not None
    return found


def frames(name: str) -> list[Message]:
    """What came through the websocket."""
    shows = page().shows
    return [read_message(entry[1], shows) for entry in document(name) if entry[0] == "recv"]
