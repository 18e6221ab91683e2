"""Graphs: what the server refuses of them, and in which order it runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data" / "invokeai-6.14.2"
OPENAPI: dict[str, Any] = json.loads((DATA / "openapi.json").read_text("utf-8"))
_SCHEMAS = OPENAPI["components"]["schemas"]
NODES: dict[str, dict[str, Any]] = {
    schema["properties"]["type"]["const"]: schema["properties"] for schema in _SCHEMAS.values()
}
OPEN_NODES = frozenset(("core_metadata",))
"""They take fields that they do not know."""

REQUIRED = {
    "l2i": ("latents", "vae"),
    "denoise_latents": ("unet", "positive_conditioning", "negative_conditioning"),
    "compel": ("clip",),
    "noise": (),
}
"""Inputs without which a node fails when it runs."""


def refusals(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Why the server refuses a batch; empty when it takes it."""
    graph = body["batch"]["graph"]
    place = ["body", "batch", "graph"]
    found: list[dict[str, Any]] = []
    for node_id, node in graph["nodes"].items():
        at = [*place, "nodes", node_id]
        if node.get("type") not in NODES:
            said = (
                f"Input tag '{node.get('type')}' found using 'type' does not match any of the expected tags"
            )
            found.append({"type": "union_tag_invalid", "loc": at, "msg": said, "input": node})
            continue
        for name, value in node.items():
            error = _wrong(NODES[node["type"]].get(name, {}), name, value)
            if error is not None:
                found.append({**error, "loc": [*at, node["type"], name], "input": value})
    if not found:
        for edge in graph["edges"]:
            source, target = edge["source"], edge["destination"]
            for end, side in ((source, "source"), (target, "destination")):
                if end["node_id"] not in graph["nodes"]:
                    found.append(_no_edge(place, f"Edge {side} node {end['node_id']} does not exist", graph))
            kind = graph["nodes"].get(target["node_id"], {}).get("type")
            if kind in NODES and target["field"] not in NODES[kind] and kind not in OPEN_NODES:
                said = f"Edge destination field {target['field']} does not exist in node {target['node_id']}"
                found.append(_no_edge(place, said, graph))
    return found


def _no_edge(place: list[str], said: str, graph: dict[str, Any]) -> dict[str, Any]:
    return {"type": "value_error", "loc": place, "msg": f"Value error, {said}", "input": graph}


def _wrong(about: dict[str, Any], name: str, value: Any) -> dict[str, Any] | None:
    if "enum" in about and value not in about["enum"]:
        choices = [f"'{choice}'" for choice in about["enum"]]
        expected = " or ".join((", ".join(choices[:-1]), choices[-1]))
        return {"type": "literal_error", "msg": f"Input should be {expected}", "ctx": {"expected": expected}}
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if name == "cfg_scale" and value < 1:
        return {"type": "value_error", "msg": "Value error, cfg_scale must be greater than 1"}
    if "multipleOf" in about and value % about["multipleOf"]:
        number = about["multipleOf"]
        said = f"Input should be a multiple of {number}"
        return {"type": "multiple_of", "msg": said, "ctx": {"multiple_of": number}}
    if "exclusiveMinimum" in about and value <= about["exclusiveMinimum"]:
        number = about["exclusiveMinimum"]
        return {
            "type": "greater_than",
            "msg": f"Input should be greater than {number}",
            "ctx": {"gt": number},
        }
    if "minimum" in about and value < about["minimum"]:
        number = about["minimum"]
        said = f"Input should be greater than or equal to {number}"
        return {"type": "greater_than_equal", "msg": said, "ctx": {"ge": number}}
    if "maximum" in about and value > about["maximum"]:
        number = about["maximum"]
        said = f"Input should be less than or equal to {number}"
        return {"type": "less_than_equal", "msg": said, "ctx": {"le": number}}
    return None


def runs_of(batch: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The values that each item of a batch puts in place: groups multiplied, within a group zipped."""
    combined: list[list[dict[str, Any]]] = [[]]
    for group in batch.get("data") or []:
        rows = [
            [{"node_path": d["node_path"], "field_name": d["field_name"], "value": value} for d, value in row]
            for row in (
                [(datum, datum["items"][index]) for datum in group] for index in range(len(group[0]["items"]))
            )
        ]
        combined = [[*before, *row] for before in combined for row in rows]
    return combined * int(batch.get("runs", 1))


def inputs_of(graph: dict[str, Any], node_id: str) -> dict[str, list[tuple[str, str]]]:
    """Source node and field of each linked input of a node."""
    found: dict[str, list[tuple[str, str]]] = {}
    for edge in graph["edges"]:
        if edge["destination"]["node_id"] == node_id:
            source = (edge["source"]["node_id"], edge["source"]["field"])
            found.setdefault(edge["destination"]["field"], []).append(source)
    return found


def order(graph: dict[str, Any]) -> list[str]:
    """Ids of the nodes, each after those that it depends on."""
    done: list[str] = []
    while len(done) < len(graph["nodes"]):
        ready = [
            node_id
            for node_id in graph["nodes"]
            if node_id not in done
            and all(source in done for ends in inputs_of(graph, node_id).values() for source, _ in ends)
        ]
        if not ready:
            raise ValueError("a circle")
        done += ready
    return done
