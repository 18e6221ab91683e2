"""Node classes as `/object_info` describes them, read so that nothing in them can hurt.

Custom nodes write their own descriptions: any part may be missing or of another type than
ComfyUI's own. What cannot be understood is left out; reading never raises.

Source: ComfyUI 0.3.64, `GET /object_info` and `GET /object_info/CLASS`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMBO = "COMBO"
"""Type name of a choice, in both spellings."""

ANY = "*"
"""Type name of an input or output that takes or gives anything."""

_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a node class.

    Attributes:
        name: As the graph writes it.
        type: Type name ("INT", "MODEL", "INT,FLOAT"); `COMBO` for a choice in either spelling.
        options: The second part of the description; empty when there is none.
        choices: What a `COMBO` offers, of any JSON type; `None` when it lists nothing.
        required: The server refuses the node without it.
    """

    name: str
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    choices: Sequence[Any] | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class NodeClass:
    """What a server says of a node class.

    Attributes:
        known: Whether it is described at all; everything else is empty when not.
        title: Its display name, made printable; "" when it has none.
        inputs: By name, required ones first, in the server's order.
        hidden: Names the server fills in by itself.
        outputs: Type names by slot.
        output_names: Names by slot, "" where there is none; as long as `outputs`.
        is_output: The server runs it for its own sake (it saves or shows something).
    """

    known: bool = False
    title: str = ""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    outputs: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    is_output: bool = False

    def of_type(self, type_name: str) -> tuple[Input, ...]:
        """Its inputs of exactly this type."""
        return tuple(one for one in self.inputs.values() if one.type == type_name)


UNKNOWN = NodeClass()
"""Stands for a class that nothing is known of."""


def read_class(entry: object) -> NodeClass:
    """The class that one `/object_info` entry describes; `UNKNOWN` when it describes none."""
    if not isinstance(entry, dict) or not isinstance(entry.get("input"), dict | None) or not entry:
        return UNKNOWN
    groups: dict[str, Any] = entry.get("input") or {}
    inputs = {
        one.name: one
        for group in ("required", "optional")
        for one in _read_group(groups.get(group), required=group == "required")
    }
    hidden = groups.get("hidden")
    outputs = _strings(entry.get("output"))
    names = _strings(entry.get("output_name"))
    display = entry.get("display_name") or entry.get("name")
    return NodeClass(
        known=True,
        title=excerpt(display, _TITLE_LENGTH) if isinstance(display, str) else "",
        inputs=inputs,
        hidden=frozenset(str(name) for name in hidden) if isinstance(hidden, dict) else frozenset(),
        outputs=outputs,
        output_names=(*names, *("",) * len(outputs))[: len(outputs)],
        is_output=entry.get("output_node") is True,
    )


def _read_group(group: object, *, required: bool) -> list[Input]:
    if not isinstance(group, dict):
        return []
    read = (_read_input(str(name), described, required) for name, described in group.items())
    return [one for one in read if one is not None]


def _read_input(name: str, described: object, required: bool) -> Input | None:
    if not isinstance(described, list | tuple) or not described:
        return None
    kind = described[0]
    options = described[1] if len(described) > 1 and isinstance(described[1], dict) else {}
    if isinstance(kind, list):
        return Input(name, COMBO, options, kind, required)
    if not isinstance(kind, str):
        return None
    if kind == COMBO:
        listed = options.get("options")
        return Input(name, COMBO, options, listed if isinstance(listed, list) else None, required)
    return Input(name, kind, options, None, required)


def _strings(listed: object) -> tuple[str, ...]:
    """Items of a list as type names; a list among them is a choice given out."""
    if not isinstance(listed, list | tuple):
        return ()
    return tuple(item if isinstance(item, str) else COMBO for item in listed)


@cache
def core_nodes() -> Mapping[str, Any]:
    """The core classes by name, as ComfyUI 0.3.64 describes them, with empty file lists.

    It stands in for a server that was never asked.
    """
    text = Path(__file__).with_name("core_nodes.json").read_text(encoding="utf-8")
    core: dict[str, Any] = json.loads(text)
    return core


class Classes:
    """Node classes by name: the server's own word first, then the core classes as recorded."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._read: dict[str, NodeClass] = {}

    def get(self, class_type: str) -> NodeClass:
        """The class, `UNKNOWN` when neither the server nor the recording knows it."""
        if class_type not in self._read:
            entry = self._schema[class_type] if class_type in self._schema else core_nodes().get(class_type)
            self._read[class_type] = read_class(entry)
        return self._read[class_type]

    def described(self, class_type: str, name: str) -> Input | None:
        """One input of a class; the recorded one when the server's description lacks it."""
        return self.get(class_type).inputs.get(name) or read_class(core_nodes().get(class_type)).inputs.get(
            name
        )

    def asked(self, class_type: str) -> bool:
        """Whether the server was asked for the class, whatever it said."""
        return class_type in self._schema

    def missing(self, class_type: str) -> bool:
        """Whether the server was asked for the class and does not have it."""
        return class_type in self._schema and not self.get(class_type).known
