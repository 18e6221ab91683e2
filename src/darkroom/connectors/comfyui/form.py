"""The form: the fields of the built-in workflow or of a graph, in sections, with good names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.builtin_form import builtin_specs
from darkroom.connectors.comfyui.inputs import as_value
from darkroom.domain.form import Form
from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value
from darkroom.domain.workflow import TXT2IMG, UPSCALE, is_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from darkroom.connectors.comfyui.extract import Found
    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

PROMPT, MODEL, SAMPLING, SIZE, IMAGE = "Prompt", "Model", "Sampling", "Size", "Image"
REFINER = "Refiner"
SECTIONS = (PROMPT, MODEL, SAMPLING, SIZE, IMAGE)
"""The sections that come first, in this order; then one for each other node."""

_ROLES = {
    Role.PROMPT: (PROMPT, "Prompt"),
    Role.NEGATIVE: (PROMPT, "Negative"),
    Role.CHECKPOINT: (MODEL, "Checkpoint"),
    Role.VAE: (MODEL, "VAE"),
    Role.LORA: (MODEL, "LoRA"),
    Role.LORA_STRENGTH: (MODEL, "LoRA strength"),
    Role.CLIP_SKIP: (MODEL, "CLIP skip"),
    Role.STEPS: (SAMPLING, "Steps"),
    Role.CFG_SCALE: (SAMPLING, "CFG"),
    Role.SAMPLER: (SAMPLING, "Sampler"),
    Role.SCHEDULER: (SAMPLING, "Scheduler"),
    Role.SEED: (SAMPLING, "Seed"),
    Role.DENOISE: (SAMPLING, "Denoise"),
    Role.WIDTH: (SIZE, "Width"),
    Role.HEIGHT: (SIZE, "Height"),
    Role.BATCH_SIZE: (SIZE, "Batch size"),
    Role.UPSCALER: (MODEL, "Upscaler"),
    Role.UPSCALE: (SIZE, "Factor"),
    Role.IMAGE: (IMAGE, "Image"),
    Role.MASK: (IMAGE, "Mask"),
    Role.REFINER: (REFINER, "Refiner"),
    Role.REFINER_SWITCH: (REFINER, "Switch at"),
}
"""Section and label of each role, in the order the fields stand."""

_RANK = {role: rank for rank, role in enumerate(_ROLES)}
_PIXELS = (Role.WIDTH, Role.HEIGHT)


def form(catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:
    """The parameters of a workflow on a server.

    Args:
        catalog: What the server offers; the core classes as recorded stand in for those it lacks.
        mode: `TXT2IMG`, `UPSCALE`, or `WORKFLOW` with its `graph`.
        graph: API form; `None` for the built-in workflows.
        values: What the form holds already: choosing a LoRA or an image brings further fields.
    """
    if mode == UPSCALE:
        from darkroom.connectors.comfyui.upscaling import upscale_form

        made = upscale_form(catalog.schema, values)
        return replace(made, specs=tuple(_named(spec) for spec in made.specs))
    if mode == TXT2IMG or graph is None:
        return Form(tuple(_named(spec) for spec in builtin_specs(catalog.schema, values)))
    # Who makes pictures with the built-in workflow alone need not wait for this.
    from darkroom.connectors.comfyui.extract import extract

    extracted = extract(catalog.schema, graph)
    made = Form(tuple(_arrange(extracted.found)), extracted.notes)
    return replace(made, own=graph_values(graph, made))


def graph_values(graph: Graph | None, made: Form) -> dict[str, Value]:
    """The graph's own values by address: the defaults of its workflow.

    A picture on the server is none of ours and has no value here: its field stays empty. Without
    a graph there are none.
    """
    values: dict[str, Value] = {}
    if graph is None:
        return values
    from darkroom.connectors.comfyui.payload import divide

    for spec in made.specs:
        place = divide(graph, spec.address)
        literal = graph[place.node].get("inputs", {}).get(place.name) if place else None
        value = None if is_link(literal) else as_value(spec, literal)
        if value is not None:
            values[spec.address] = value
    return values


def _named(spec: ParameterSpec) -> ParameterSpec:
    """A spec with the section, label and unit of its role."""
    if spec.role is None:
        return spec
    section, label = _ROLES[spec.role]
    numbered = spec.label.startswith(label)
    changes: dict[str, Any] = {"section": section, "label": spec.label if numbered else label}
    if section == REFINER:
        changes["advanced"] = True
    if spec.role in _PIXELS:
        changes["unit"] = "px"
    if spec.kind is Kind.TEXT and section == PROMPT:
        changes["multiline"] = True
    return replace(spec, **changes)


def _arrange(found: Iterable[Found]) -> list[ParameterSpec]:
    """The fields in sections, each section's in a sensible order, labels unlike each other."""
    named = [replace(one, spec=_named(one.spec)) for one in found]
    own_titles = _unique_titles(named)
    homes: dict[str, list[Found]] = {section: [] for section in SECTIONS}
    for one in named:
        section = _home(one) or own_titles[one.place.node]
        homes.setdefault(section, []).append(one)
    specs = []
    for section, inside in homes.items():
        ordered = _order(inside) if section in SECTIONS else inside
        for one, label in zip(ordered, _labels(ordered), strict=True):
            folded = section not in SECTIONS
            specs.append(replace(one.spec, section=section, label=label, advanced=folded))
    return specs


def _home(one: Found) -> str:
    """The common section of a field; "" for those that get their node's own."""
    if one.spec.role is not None:
        return one.spec.section
    if one.spec.kind is Kind.IMAGE:
        return IMAGE
    if one.sampling:
        return SAMPLING
    return MODEL if one.loads else ""


def _unique_titles(found: list[Found]) -> dict[str, str]:
    """A section title for each node: its own, numbered where several have the same."""
    titles: dict[str, str] = {}
    taken = set(SECTIONS)
    for one in found:
        node = one.place.node
        if node in titles or _home(one):
            continue
        title, number = one.title or "Node", 2
        while title in taken:
            title, number = f"{one.title or 'Node'} {number}", number + 1
        taken.add(title)
        titles[node] = title
    return titles


def _order(inside: list[Found]) -> list[Found]:
    """By meaning; a second sampler's fields follow the first one's. Prompts stand before negatives."""
    count: Counter[Role] = Counter()
    keys = {}
    for one in inside:
        role = one.spec.role
        if role is None:
            keys[one.place] = (len(inside), len(_ROLES))
            continue
        turn = 0 if role in (Role.PROMPT, Role.NEGATIVE) else count[role]
        keys[one.place] = (turn, _RANK[role])
        count[role] += 1
    return sorted(inside, key=lambda one: keys[one.place])


def _labels(inside: list[Found]) -> list[str]:
    """Labels of one section; alike ones are told apart by input, by the nodes' own titles, or by number."""
    alike: dict[str, list[Found]] = {}
    for one in inside:
        alike.setdefault(one.spec.label, []).append(one)
    labels = {}
    for label, group in alike.items():
        for one, suffix in zip(group, _suffixes(group), strict=True):
            labels[one.place] = f"{label}{suffix}"
    return [labels[one.place] for one in inside]


def _suffixes(group: list[Found]) -> list[str]:
    if len(group) == 1:
        return [""]
    names = [one.place.name for one in group]
    titles = [one.own_title for one in group]
    if len({one.place.node for one in group}) == 1 and len(set(names)) == len(names):
        return [f" ({name})" for name in names]
    if all(titles) and len(set(titles)) == len(titles):
        return [f" · {title}" for title in titles]
    return ["", *(f" {number}" for number in range(2, len(group) + 1))]
