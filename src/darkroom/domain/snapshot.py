"""The snapshot: the frozen, complete set of values that repeats a generation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.workflow import Graph

FORMAT = 1
"""Version of the written form."""


@dataclass(frozen=True, slots=True)
class BlobInput:
    """A picture fed in, kept in our own store.

    Attributes:
        hash: SHA-256 of its bytes, in hexadecimal.
        name: File name to upload it under.
    """

    hash: str
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One request in our own terms, with nothing left open.

    Attributes:
        service: Which connector speaks it ("comfyui").
        profile: Name of the server's profile when it was made.
        mode: `txt2img`, or `workflow` with its `graph`.
        workflow: Name of the workflow when it was made.
        values: Every value by address: seeds drawn, prompts resolved, images as `blob:HASH`.
        roles: Role by address, for those that have one; read without asking the server.
        graph: The workflow before the values went in; `None` for a built-in mode.
        inputs: Pictures fed in, by address.
        typed: Prompts as typed, by address, where they differ from `values`.
        document: The UI document the graph came from, verbatim, when there is one.
    """

    service: str
    profile: str
    mode: str
    workflow: str
    values: Mapping[str, Value]
    roles: Mapping[str, Role] = field(default_factory=dict)
    graph: Graph | None = None
    inputs: Mapping[str, BlobInput] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    document: str = ""

    def first(self, role: Role) -> Value:
        """The value of the first parameter with `role`, or `None`."""
        return next((self.values.get(a) for a, r in self.roles.items() if r is role), None)

    def all(self, role: Role) -> tuple[Value, ...]:
        """The values of all parameters with `role`, in the order of the form."""
        return tuple(self.values[a] for a, r in self.roles.items() if r is role and a in self.values)

    def with_values(self, values: Mapping[str, Value]) -> Snapshot:
        """The same request with some values changed."""
        return replace(self, values={**self.values, **values})


def to_json(snapshot: Snapshot, *, with_graph: bool = True) -> dict[str, Any]:
    """`snapshot` as plain JSON values; the store leaves the graph out and keeps it by hash."""
    # Not `asdict`: it copies every value, which is most of the time that a batch of thousands takes.
    plain = {one.name: getattr(snapshot, one.name) for one in fields(Snapshot)}
    plain["values"], plain["typed"] = dict(snapshot.values), dict(snapshot.typed)
    plain["roles"] = {address: str(role) for address, role in snapshot.roles.items()}
    plain["inputs"] = {address: asdict(blob) for address, blob in snapshot.inputs.items()}
    if not with_graph:
        del plain["graph"]
    return {"format": FORMAT, **plain}


def from_json(plain: object, *, graph: Graph | None = None) -> Snapshot:
    """The snapshot that `to_json` wrote.

    Args:
        plain: What `json.loads` gave; nothing in it is trusted.
        graph: The graph, where it was left out.

    Raises:
        InputError: It is not a snapshot, or one of a newer format.
    """
    if not isinstance(plain, dict):
        raise InputError("This is not a Darkroom recipe", "It is not a JSON object")
    if plain.get("format") != FORMAT:
        raise InputError(
            "This recipe cannot be read",
            f"Its format is {plain.get('format')!r}, this Darkroom knows {FORMAT}",
            "A newer Darkroom may be able to read it",
        )
    known = {str(role): role for role in Role}
    try:
        return Snapshot(
            service=_text(plain, "service"),
            profile=_text(plain, "profile"),
            mode=_text(plain, "mode"),
            workflow=_text(plain, "workflow"),
            values={str(k): v for k, v in plain["values"].items() if _is_value(v)},
            roles={str(k): known[v] for k, v in plain["roles"].items() if v in known},
            graph=graph if graph is not None else plain.get("graph"),
            inputs={str(k): BlobInput(str(v["hash"]), str(v["name"])) for k, v in plain["inputs"].items()},
            typed={str(k): str(v) for k, v in plain["typed"].items()},
            document=_text(plain, "document"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError("This recipe cannot be read", f"Missing or wrong: {error}") from error


def _text(plain: dict[str, Any], key: str) -> str:
    value = plain[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def dumps(snapshot: Snapshot, *, with_graph: bool = True) -> str:
    """`to_json` as text."""
    return json.dumps(to_json(snapshot, with_graph=with_graph), ensure_ascii=False)
