"""The requests that ComfyUI's own tests make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import Role
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import TXT2IMG, WORKFLOW
from tests.contract.driving import new_seed

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.workflow import Graph

MANY_STEPS = 2000
"""So many that a test has time to stop it."""
SLOW = 60
"""Steps of a job that outlasts a reconnect."""


@dataclass(frozen=True)
class Target:
    """A server under test."""

    service: str
    url: str
    is_demo: bool = False


async def txt2img(connector: Connector, **changes: Any) -> Snapshot:
    """A small picture from the built-in workflow, with the server's first checkpoint."""
    form = connector.form(await connector.catalog(), TXT2IMG, None, {})
    (checkpoint,) = form.with_role(Role.CHECKPOINT)
    values = {
        "prompt": "a lighthouse at night",
        "negative": "blurry",
        "checkpoint": checkpoint.choices[0],
        "width": 64,
        "height": 64,
        "batch_size": 1,
        "steps": 4,
        "cfg_scale": 5.0,
        "sampler": "euler",
        "scheduler": "normal",
        "seed": new_seed(),
        **changes,
    }
    roles = {spec.address: spec.role for spec in form.specs if spec.role is not None}
    return Snapshot("comfyui", "test", TXT2IMG, TXT2IMG, values, roles)


def workflow(graph: Graph, **changes: Any) -> Snapshot:
    """A request with a graph of one's own."""
    return replace(Snapshot("comfyui", "test", WORKFLOW, "own", {}, graph=graph), **changes)


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def plain(**savers: dict[str, Any]) -> dict[str, Any]:
    """A graph that needs no model: an empty picture in node 1, of a colour of its own, and `savers`.

    A saver `s9` becomes node 9.
    """
    source = node("EmptyImage", width=24, height=16, batch_size=1, color=new_seed() % 0xFFFFFF)
    return {"1": source, **{name.removeprefix("s"): saver for name, saver in savers.items()}}


def save(prefix: str = "contract") -> dict[str, Any]:
    return node("SaveImage", images=["1", 0], filename_prefix=prefix)
