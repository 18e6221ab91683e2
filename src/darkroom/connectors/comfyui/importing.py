"""Documents that people bring: a graph in API form, as a file, a paste, or inside a PNG.

A document is foreign: its size, depth and shape are checked before anything else looks at it.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt, plural
from darkroom.domain.workflow import find_cycle, links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.workflow import Graph

SIZE_LIMIT_BYTES = 32 * 1024 * 1024
DEPTH_LIMIT = 100
"""Levels of lists and objects; ComfyUI's own graphs have five."""

API, UI, PNG = "api", "ui", "png"
"""Document formats, as `Workflow.document_format`."""

_EXPORT_HINT = (
    "In ComfyUI open the workflow and choose Workflow → Export (API), then import that file; "
    "a PNG that ComfyUI saved works as well"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_KEPT = ("class_type", "inputs", "_meta")


class UiDocument(InputError):
    """A workflow in the form of ComfyUI's web page, which cannot be converted yet.

    It is a good document all the same: the caller may keep it, verbatim, as format `UI`.
    """


@dataclass(frozen=True, slots=True)
class Imported:
    """A document that was understood.

    Attributes:
        graph: API form: each node with `class_type`, `inputs` and, where there was one, `_meta`.
        document_format: `API` or `PNG`.
        document: What the graph was read from, verbatim. The page's own document in a PNG is not
            it: sent along with other values it would tell the page a wrong story of the picture.
        notes: What the person should know, one line each.
    """

    graph: Graph
    document_format: str
    document: str
    notes: tuple[str, ...] = ()


def parse_document(text: str) -> Imported:
    """The graph in a JSON document: API form, alone or as the `prompt` of a request.

    Raises:
        UiDocument: It is a workflow, in the form of the web page.
        InputError: It is none, or one that no server would run; the error says why.
    """
    graph, notes = _parse(text)
    return Imported(graph, API, _encodable(text), notes)


def parse_png_texts(texts: Mapping[str, str]) -> Imported:
    """The graph that ComfyUI wrote into a PNG.

    Args:
        texts: The picture's embedded texts by keyword.

    Raises:
        InputError: There is none, or it is damaged.
    """
    if "prompt" in texts:
        graph, notes = _parse(texts["prompt"])
        return Imported(graph, PNG, _encodable(texts["prompt"]), notes)
    if "workflow" in texts:
        raise UiDocument(
            "This picture holds its workflow in the form of ComfyUI's web page alone",
            "That form cannot be converted yet",
            _EXPORT_HINT,
        )
    if "parameters" in texts:
        raise InputError(
            "This picture holds no ComfyUI workflow",
            "It has the parameters of another program (A1111, Forge …), which are no graph",
        )
    raise InputError(
        "This picture holds no workflow",
        "Its embedded texts are: " + excerpt(", ".join(texts), 200) if texts else "No text is embedded in it",
        "Pictures that were re-saved or sent by a messenger lose what ComfyUI wrote into them",
    )


def _parse(text: str) -> tuple[Graph, tuple[str, ...]]:
    notes: list[str] = []
    document = _load(text, notes)
    if isinstance(document, dict) and _is_wrapped(document):
        document = document["prompt"]
    _refuse_others(document)
    graph = {node_id: _node(node_id, node) for node_id, node in document.items()}
    cycle = find_cycle(graph)
    if cycle is not None:
        way = " → ".join(_name(graph, node_id) for node_id in cycle[:10])
        raise InputError("This workflow runs in a circle", way, "A node cannot wait for its own result")
    notes.extend(_dangling(graph))
    return graph, tuple(notes)


def _load(text: str, notes: list[str]) -> Any:
    if len(text) > SIZE_LIMIT_BYTES:
        size = f"{len(text) / 1024 / 1024:.0f} MB"
        raise InputError("This document is too large", f"{size}; a workflow has at most 32")
    if not text.strip():
        raise InputError("There is nothing to import", "The text is empty")
    odd: list[str] = []

    def number(written: str) -> float | None:
        value = float(written)
        if math.isfinite(value):
            return value
        odd.append(written)
        return None

    try:
        document = json.loads(text.removeprefix("\ufeff"), parse_float=number, parse_constant=number)
    except json.JSONDecodeError as error:
        where = f"Line {error.lineno}, column {error.colno}: {error.msg}"
        raise InputError("This is not JSON", where, _EXPORT_HINT) from error
    except RecursionError as error:
        raise InputError("This document is nested too deeply", "No workflow is") from error
    except ValueError as error:
        raise InputError("This document cannot be read", f"A number in it is absurd: {error}") from error
    if odd:
        notes.append(f"{plural(len(odd), 'value')} that are no number ({odd[0]}) were left empty")
    return _clean(document)


def _clean(document: Any, depth: int = 0) -> Any:
    """`document` with text that can be written as UTF-8.

    Raises:
        InputError: It is deeper than `DEPTH_LIMIT`.
    """
    if depth > DEPTH_LIMIT:
        raise InputError("This document is nested too deeply", f"At most {DEPTH_LIMIT} levels are read")
    if isinstance(document, str):
        return _encodable(document)
    if isinstance(document, list):
        return [_clean(item, depth + 1) for item in document]
    if isinstance(document, dict):
        return {_encodable(key): _clean(item, depth + 1) for key, item in document.items()}
    return document


def _encodable(text: str) -> str:
    """`text` with halves of surrogate pairs, which no file takes, as U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _is_wrapped(document: dict[str, Any]) -> bool:
    """Whether it is the body of a request: its `prompt` is a graph, not a node."""
    inner = document.get("prompt")
    return isinstance(inner, dict) and "class_type" not in inner and "class_type" not in document


def _refuse_others(document: Any) -> None:
    """Raises for everything that is no graph, by what it is instead."""
    if isinstance(document, list):
        raise InputError("This is no workflow", "It is a JSON list; a workflow is an object", _EXPORT_HINT)
    if not isinstance(document, dict):
        raise InputError("This is no workflow", "It is a single JSON value", _EXPORT_HINT)
    if not document:
        raise InputError("This workflow is empty", "It has no nodes")
    if isinstance(document.get("nodes"), list) and ("links" in document or "version" in document):
        nodes = plural(len(document["nodes"]), "node")
        raise UiDocument(
            "This workflow is in the form of ComfyUI's web page",
            f"It has {nodes}. That form cannot be converted yet",
            _EXPORT_HINT,
        )
    if not any(isinstance(node, dict) and "class_type" in node for node in document.values()):
        keys = excerpt(", ".join(document), 80)
        raise InputError("This is no workflow", f"Nothing in it is a node; it has: {keys}", _EXPORT_HINT)


def _node(node_id: str, node: Any) -> dict[str, Any]:
    """One node with what belongs to it; caches that old servers wrote beside it are left out."""
    shown = excerpt(node_id, 40)
    if not isinstance(node, dict):
        raise InputError(f"Node “{shown}” cannot be read", "It is not an object")
    class_type = node.get("class_type")
    if not isinstance(class_type, str) or not class_type:
        raise InputError(f"Node “{shown}” has no class", "Each node needs a class_type", _EXPORT_HINT)
    if not isinstance(node.get("inputs", {}), dict):
        raise InputError(f"Node “{shown}” cannot be read", "Its inputs are not an object")
    kept = {key: node[key] for key in _KEPT if key in node}
    if not isinstance(kept.get("_meta", {}), dict):
        del kept["_meta"]
    return {**kept, "inputs": node.get("inputs", {})}


def _name(graph: Graph, node_id: str) -> str:
    return f"{excerpt(node_id, 30)} ({excerpt(graph[node_id]['class_type'], 40)})"


def _dangling(graph: Graph) -> list[str]:
    """Remarks on links to nodes that are not there: the server refuses them, if it needs the node."""
    return [
        f"node {_name(graph, node_id)} takes “{excerpt(name, 30)}” from node {excerpt(source, 30)}, "
        "which is not there"
        for node_id, node in graph.items()
        for name, source, _ in links(node)
        if source not in graph
    ][:20]
