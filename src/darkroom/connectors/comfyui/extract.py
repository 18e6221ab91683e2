"""The fields of a graph: one for each value in it that a person can change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from darkroom.connectors.comfyui.inputs import as_value, guess_input, read_input
from darkroom.connectors.comfyui.nodes import Classes
from darkroom.connectors.comfyui.roles import find_meaning
from darkroom.connectors.comfyui.wiring import Place, Wiring
from darkroom.domain.parameters import Kind, ParameterSpec, Role
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import is_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from darkroom.domain.workflow import Graph

_NOTED_CLASSES = 20

_MODELS = frozenset(
    ("MODEL", "CLIP", "VAE", "CONTROL_NET", "CLIP_VISION", "UPSCALE_MODEL", "STYLE_MODEL", "MODEL_PATCH")
)
"""Types of what is loaded from files."""


@dataclass(frozen=True, slots=True)
class Found:
    """A field and what is known about its place.

    Attributes:
        spec: The field; its section is not decided yet.
        place: Where its value stands.
        title: What its node is called.
        own_title: The title a person gave to its node, or "".
        sampling: Its node samples, or is a part of a sampler.
        loads: Its node brings models in.
    """

    spec: ParameterSpec
    place: Place
    title: str
    own_title: str
    sampling: bool
    loads: bool


@dataclass(frozen=True, slots=True)
class Extract:
    """All fields of a graph, in the order of its nodes, and remarks on it."""

    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()


def extract(schema: Mapping[str, Any], graph: Graph) -> Extract:
    """The fields of `graph`.

    Args:
        schema: `/object_info` entries by class, as `Catalog.schema`.
        graph: API form, as `importing` made it.
    """
    wiring = Wiring(graph, Classes(schema))
    meaning = find_meaning(wiring)
    found = []
    for node_id in graph:
        titles = wiring.title(node_id), wiring.own_title(node_id)
        sampling, loads = node_id in meaning.sampling, _loads(wiring, node_id)
        for spec, place in _fields(wiring, node_id):
            role = meaning.roles.get(place)
            with_role = replace(spec, role=role) if role is not None and _suits(spec, role) else spec
            found.append(Found(with_role, place, *titles, sampling, loads))
    return Extract(tuple(found), (*_missing_classes(wiring), *_missing_choices(wiring, found)))


def _fields(wiring: Wiring, node_id: str) -> Iterator[tuple[ParameterSpec, Place]]:
    described, given = wiring.node_class(node_id), wiring.inputs(node_id)
    for name, one in described.inputs.items():
        place = Place(node_id, name)
        if name not in given and not one.required:
            continue  # the workflow leaves it out, and the server does without
        if is_link(given.get(name)):
            continue
        spec = read_input(place.address, one)
        if spec is None:
            spec = guess_input(place.address, name, given.get(name))
        elif spec.kind is Kind.IMAGE:
            spec = _server_picture(spec, given.get(name))
        if spec is not None and _is_single(given.get(name)):
            yield spec, place
    for name, literal in given.items():
        if name not in described.inputs and name not in described.hidden:
            spec = guess_input(f"{node_id}.{name}", name, literal)
            if spec is not None:
                yield spec, Place(node_id, name)


def _is_single(literal: object) -> bool:
    """Whether a field can hold it: a list or an object in a graph stays as it is."""
    return not isinstance(literal, list | dict)


def _server_picture(spec: ParameterSpec, literal: object) -> ParameterSpec:
    """A picture field that may stay empty when the graph names a file on the server."""
    if not isinstance(literal, str) or not literal:
        return spec
    help_text = f"Empty: “{excerpt(literal, 60)}” on the server"
    return replace(spec, optional=True, help=f"{help_text}\n{spec.help}".strip())


def _suits(spec: ParameterSpec, role: Role) -> bool:
    """Whether values of `role` can go into the field at all."""
    if role in (Role.PROMPT, Role.NEGATIVE):
        return spec.kind is Kind.TEXT
    if role in (Role.CHECKPOINT, Role.VAE, Role.LORA, Role.SAMPLER, Role.SCHEDULER):
        return spec.kind in (Kind.CHOICE, Kind.TEXT)
    if role is Role.IMAGE:
        return spec.kind is Kind.IMAGE
    return spec.kind in (Kind.INTEGER, Kind.NUMBER, Kind.SEED)


def _loads(wiring: Wiring, node_id: str) -> bool:
    described = wiring.node_class(node_id)
    if _MODELS.isdisjoint(described.outputs):
        return False
    names = wiring.inputs(node_id).keys() | described.inputs.keys()
    return any(name.endswith(("_name", "name1", "name2", "name3")) or name == "name" for name in names)


def _missing_classes(wiring: Wiring) -> list[str]:
    """One remark for each class that the server does not have."""
    classes = dict.fromkeys(str(node.get("class_type", "")) for node in wiring.graph.values())
    missing = [name for name in classes if wiring.classes.missing(name)]
    notes = [
        f"node class {excerpt(name, 60)} is not installed on this server" for name in missing[:_NOTED_CLASSES]
    ]
    if len(missing) > _NOTED_CLASSES:
        notes.append(f"and {len(missing) - _NOTED_CLASSES} more classes are not installed")
    return notes


def _missing_choices(wiring: Wiring, found: list[Found]) -> list[str]:
    """One remark for each of the graph's own choices that the server, when asked, did not offer."""
    notes = []
    for one in found:
        spec = one.spec
        if not wiring.classes.asked(str(wiring.graph[one.place.node].get("class_type", ""))):
            continue
        literal = wiring.inputs(one.place.node).get(one.place.name)
        value = as_value(spec, literal)
        if spec.kind is Kind.CHOICE and isinstance(value, str) and value not in spec.choices:
            wanted = excerpt(value, 60)
            notes.append(f"{one.title}: the server has no “{wanted}” ({spec.label})")
    return notes
