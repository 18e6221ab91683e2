"""The exact body that is sent for a job, and what can be said of it before it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui import payload
from darkroom.domain.errors import InputError, Rejected
from darkroom.domain.snapshot import from_json, to_json
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import WORKFLOW, find_cycle

if TYPE_CHECKING:
    from darkroom.connectors.comfyui.handle import JobHandle
    from darkroom.connectors.comfyui.validation import AddressOf
    from darkroom.domain.snapshot import Snapshot
    from darkroom.domain.workflow import Graph

RECIPE = "darkroom"
"""Key of our recipe among the text chunks of the pictures that ComfyUI saves."""


def request_body(job: JobHandle, graph: Graph, snapshot: Snapshot) -> dict[str, Any]:
    """The body of `POST /prompt`.

    The recipe goes without the graph, which the server writes into the chunk `prompt` itself. The
    chunk `workflow` is written only where there is a UI document: ComfyUI's own page reads it before
    `prompt`, and an API graph in its place breaks opening the picture.
    """
    recipe = to_json(snapshot, with_graph=False)
    recipe.pop("document", None)
    info: dict[str, Any] = {RECIPE: recipe}
    if (document := _ui_document(snapshot.document)) is not None:
        info["workflow"] = document
    return {
        "prompt": _encodable(graph),
        "prompt_id": job.prompt_id,
        "client_id": job.client_id,
        "extra_data": {"extra_pnginfo": info},
    }


def _encodable(value: Any) -> Any:
    """`value` with lone surrogates replaced in every text: a tokenizer fails on them, and the job with it.

    Source: ComfyUI 0.3.64, `CLIPTextEncode` with transformers 5.23.
    """
    if isinstance(value, str):
        # JSON carries them as escapes, so nothing before the tokenizer complains.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, Mapping):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value


def _ui_document(text: str) -> Any:
    """The UI document of ComfyUI in `text`, `None` for anything else."""
    if not text:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_ui = isinstance(document, dict) and isinstance(document.get("nodes"), list) and "links" in document
    return document if is_ui else None


def check_graph(graph: Graph, known: Mapping[str, Any], profile: str) -> None:
    """Refuses what the server would refuse without saying why.

    Args:
        graph: What is to be sent.
        known: Descriptions by class; an empty one is a class that the server does not have.
        profile: For the error.

    Raises:
        Rejected: There is a cycle, or a node of an unknown class.
    """
    cycle = find_cycle(graph)
    if cycle is not None:
        path = " → ".join(excerpt(node_id, 40) for node_id in cycle[:12])
        raise Rejected(
            "The workflow runs in a circle",
            f"Each of these nodes needs the next one: {path}",
            "Cut one of the links and import the workflow again",
            profile=profile,
            problems={"": f"nodes {path} form a circle"},
        )
    missing = {
        str(node.get("class_type", "")): node_id
        for node_id, node in graph.items()
        if node.get("class_type") in known and not known[node["class_type"]]
    }
    if missing:
        names = ", ".join(f"{excerpt(name, 60)} (node {excerpt(at, 40)})" for name, at in missing.items())
        raise Rejected(
            "The server does not have a node of the workflow",
            names,
            "Install the custom nodes it belongs to on the server, and restart it",
            profile=profile,
            problems={"": f"not installed on the server: {names}"},
        )


def address_reader(request: Mapping[str, Any]) -> AddressOf:
    """Tells the form's address of a node's input, from the recipe that travels with a request."""
    try:
        recipe = request["extra_data"]["extra_pnginfo"][RECIPE]
        is_built_in = recipe["mode"] != WORKFLOW
        snapshot = from_json({"document": "", **recipe}, graph=None if is_built_in else request["prompt"])
    except (KeyError, TypeError, InputError):
        return lambda node_id, name: f"{node_id}.{name}" if name else ""
    return lambda node_id, name: payload.field_address(snapshot, node_id, name)
