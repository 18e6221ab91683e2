"""Why the server refused a batch, field by field.

The refusal echoes the whole graph, and for a wrong node type lists every type there is: only where
and what is shown. Source: InvokeAI 6.14.2, status 422, recordings `06_err_*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from darkroom.connectors.invokeai.payload import address_of
from darkroom.domain.text import excerpt

_NODES = ("body", "batch", "graph", "nodes")


class Refusal(NamedTuple):
    """A refusal: a line for the title, one for each problem, and the problems by address."""

    title: str
    detail: str
    problems: dict[str, str]


def read_refusal(document: object) -> Refusal:
    """The refusal in the body of a 422 (or of a 400, which is a sentence)."""
    detail = document.get("detail") if isinstance(document, Mapping) else None
    if isinstance(detail, str):
        return Refusal("The server refuses the request", excerpt(detail, 300), {"": excerpt(detail, 200)})
    problems: dict[str, str] = {}
    lines = []
    for error in detail if isinstance(detail, list) else ():
        if not isinstance(error, Mapping):
            continue
        found = error.get("loc")
        place = [str(part) for part in found] if isinstance(found, list | tuple) else []
        why = excerpt(str(error.get("msg") or "refused").removeprefix("Value error, "), 160)
        address, where = _address(place)
        problems.setdefault(address, why)
        lines.append(f"{where}: {why}" if where else why)
    if not lines:
        return Refusal("The server refuses the request", "It does not say why", {})
    return Refusal("The server refuses the request", "\n".join(lines[:12]), problems)


def _address(place: list[str]) -> tuple[str, str]:
    """The form's address for a place in the request, "" for none, and how the place is shown."""
    if tuple(place[:4]) == _NODES and len(place) >= 6:
        # body, batch, graph, nodes, id, type, and the field where it is one.
        node, field = place[4], place[6] if len(place) > 6 else ""
        return address_of(node, field), excerpt(f"{node}.{field}" if field else node, 80)
    return "", excerpt(".".join(place[1:]), 80)
