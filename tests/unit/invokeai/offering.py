"""A catalog as a test server gives it, and the requests that are made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from darkroom.connectors.invokeai.form import form
from darkroom.connectors.invokeai.offer import trim, trim_schemas
from darkroom.connectors.invokeai.payload import make_job
from darkroom.connectors.invokeai.request import Uploaded
from darkroom.domain.server import Catalog
from darkroom.domain.snapshot import BlobInput, Snapshot
from darkroom.domain.workflow import TXT2IMG
from tests.servers.harness.faults import Faults
from tests.servers.invokeai import library

DATA = Path(__file__).parents[2] / "data" / "invokeai-6.14.2"


def recorded(name: str) -> Any:
    return json.loads((DATA / name).read_text("utf-8"))


CATALOG = Catalog(
    "6.14.2",
    {
        **trim(library.models(Faults()), library.boards(Faults()), library.styles(Faults())),
        **trim_schemas(recorded("openapi.json")["components"]["schemas"]),
    },
)

PICTURES = {
    "image": Uploaded("image.png", 96, 64),
    "mask": Uploaded("mask.png", 64, 64),
    "controlnet_image": Uploaded("control.png", 64, 64),
    "ip_adapter_image": Uploaded("prompt.png", 64, 64),
}


def snapshot(mode: str = TXT2IMG, **values: Any) -> Snapshot:
    """A request with the form's own defaults for what is not said."""
    asked = {"prompt": "a cat", "negative": "", "seed": 1, "width": 64, "height": 64, **values}
    made = form(CATALOG, mode, None, asked)
    roles = {spec.address: spec.role for spec in made.specs if spec.role is not None}
    fed = {a: BlobInput("0" * 64, "a.png") for a in PICTURES if asked.get(a)}
    return Snapshot("invokeai", "test", mode, mode, asked, roles, inputs=fed)


def job(mode: str = TXT2IMG, **values: Any) -> tuple[dict[str, Any], Any]:
    """Body and handle of a request; pictures that are named are on the server."""
    pictures = {address: picture for address, picture in PICTURES.items() if values.get(address)}
    return make_job("job-1", snapshot(mode, **values), CATALOG, pictures, "test")


def graph(mode: str = TXT2IMG, **values: Any) -> dict[str, Any]:
    """The graph of a request."""
    found: dict[str, Any] = job(mode, **values)[0]["batch"]["graph"]
    return found


def edges(made: dict[str, Any]) -> set[tuple[str, str]]:
    """Each edge as `node.field`, `node.field`."""
    return {
        (
            f"{edge['source']['node_id']}.{edge['source']['field']}",
            f"{edge['destination']['node_id']}.{edge['destination']['field']}",
        )
        for edge in made["edges"]
    }
