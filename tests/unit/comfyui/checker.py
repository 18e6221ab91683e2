"""A small server-like look at a graph: do its links fit, is everything needed there, are values legal?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.workflow import find_cycle, is_link

if TYPE_CHECKING:
    from collections.abc import Mapping


def complaints(graph: Mapping[str, Any], info: Mapping[str, Any]) -> list[str]:
    """What ComfyUI would refuse, read from the raw `/object_info` and not by the code under test."""
    found = [f"cycle {cycle}" for cycle in [find_cycle(graph)] if cycle]
    for node_id, node in graph.items():
        entry = info.get(node["class_type"])
        if not entry:
            found.append(f"{node_id}: unknown class {node['class_type']}")
            continue
        required = entry["input"].get("required", {})
        described = {**required, **entry["input"].get("optional", {})}
        found.extend(f"{node_id}.{name}: missing" for name in required if name not in node["inputs"])
        for name, value in node["inputs"].items():
            if name not in described:
                found.append(f"{node_id}.{name}: not an input of {node['class_type']}")
            elif is_link(value):
                found.extend(_link(graph, info, f"{node_id}.{name}", described[name][0], value))
            else:
                found.extend(_value(f"{node_id}.{name}", described[name], value))
    return found


def _link(
    graph: Mapping[str, Any], info: Mapping[str, Any], where: str, wanted: Any, value: list[Any]
) -> list[str]:
    if value[0] not in graph:
        return [f"{where}: no node {value[0]}"]
    outputs = info[graph[value[0]]["class_type"]]["output"]
    if value[1] >= len(outputs):
        return [f"{where}: no slot {value[1]}"]
    given = outputs[value[1]]
    return [] if given == wanted else [f"{where}: {given} for {wanted}"]


def _value(where: str, described: list[Any], value: Any) -> list[str]:
    kind, options = described[0], described[1] if len(described) > 1 else {}
    if isinstance(kind, list):
        return [] if value in kind or options.get("image_upload") else [f"{where}: {value!r} not offered"]
    if kind == "COMBO":
        return [] if value in options["options"] else [f"{where}: {value!r} not offered"]
    types: dict[str, tuple[type, ...]] = {
        "INT": (int,),
        "FLOAT": (int, float),
        "STRING": (str,),
        "BOOLEAN": (bool,),
    }
    if kind not in types:
        return [f"{where}: a value for {kind}"]
    if not isinstance(value, types[kind]):
        return [f"{where}: {value!r} is no {kind}"]
    if kind in ("INT", "FLOAT") and not options.get("min", value) <= value <= options.get("max", value):
        return [f"{where}: {value} out of range"]
    return []
