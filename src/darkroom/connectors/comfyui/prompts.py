"""Prompt texts, found by following the conditioning back from where it is used.

Class names play no part: a sampler or guider is whatever takes CONDITIONING, and a prompt is
whatever text the conditioning that arrives there was made of, through any chain of nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.comfyui.wiring import Link, Place, Wiring
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import is_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CONDITIONING = "CONDITIONING"
_TEXT_WORDS = ("text", "prompt")


def side(input_name: str) -> Role | None:
    """Which side of the guidance an input takes: `PROMPT`, `NEGATIVE`, or `None` for neither."""
    name = input_name.lower()
    if "neg" in name:
        return Role.NEGATIVE
    # PerpNeg's `empty_conditioning` is the prompt of nothing.
    return None if "empty" in name else Role.PROMPT


def find_prompts(wiring: Wiring, samplers: Iterable[str]) -> dict[Place, Role]:
    """Where the prompts stand, positive ones first; a text used on both sides is a prompt."""
    starts: dict[Role, list[Link]] = {Role.PROMPT: [], Role.NEGATIVE: []}
    for node_id in samplers:
        for link in _conditioning_links(wiring, node_id):
            which = side(link.name)
            if which is not None:
                starts[which].append(link)
    found: dict[Place, Role] = {}
    for role, begun in starts.items():
        for place in _trace(wiring, begun):
            found.setdefault(place, role)
    return found


def _conditioning_links(wiring: Wiring, node_id: str) -> list[Link]:
    """Links into a node over which conditioning comes; what nobody describes is told by its name."""
    return [
        link
        for link in wiring.incoming(node_id, _CONDITIONING)
        if wiring.carries(node_id, link) is not None
        or any(word in link.name.lower() for word in ("positive", "negative", "cond"))
    ]


def _trace(wiring: Wiring, starts: list[Link]) -> Iterator[Place]:
    """The texts behind conditioning links, nearest first."""
    waiting = list(starts)
    seen: set[tuple[str, Role | None]] = set()
    for link in waiting:
        branch = _branch(wiring, link)
        if (link.source, branch) in seen:
            continue
        seen.add((link.source, branch))
        if not _two_sided(wiring, link.source):
            yield from _texts(wiring, link.source)
        waiting.extend(
            further
            for further in wiring.incoming(link.source, _CONDITIONING)
            if branch is None or side(further.name) is branch
        )


def _two_sided(wiring: Wiring, node_id: str) -> bool:
    """Whether a node has a positive and a negative side (ControlNetApplyAdvanced …)."""
    sides = {side(link.name) for link in wiring.links(node_id) if _is_sided(link.name)}
    return len(sides) > 1


def _is_sided(name: str) -> bool:
    return "positive" in name.lower() or "negative" in name.lower()


def _branch(wiring: Wiring, link: Link) -> Role | None:
    """The side of a two-sided node that one of its outputs belongs to; `None` for both."""
    if not _two_sided(wiring, link.source):
        return None
    described = wiring.node_class(link.source)
    if 0 <= link.slot < len(described.output_names):
        name = described.output_names[link.slot].lower()
        if "neg" in name or "pos" in name:
            return side(name)
    outputs = described.outputs
    slots = [slot for slot, kind in enumerate(outputs) if kind == _CONDITIONING] if outputs else [0, 1]
    if len(slots) < 2 or link.slot not in slots:
        return None
    return Role.PROMPT if slots.index(link.slot) == 0 else Role.NEGATIVE


def _texts(wiring: Wiring, node_id: str) -> Iterator[Place]:
    """The texts that a node is given: its own, or those of the string nodes linked to it."""
    waiting = [(node_id, name) for name in _text_inputs(wiring, node_id, encodes=True)]
    seen = set(waiting)
    for node, name in waiting:
        given = wiring.inputs(node).get(name)
        if not is_link(given):
            if isinstance(given, str):
                yield Place(node, name)
            continue
        source = given[0] if isinstance(given, list) else ""
        if source not in wiring.graph:
            continue
        for further in _text_inputs(wiring, source, encodes=False):
            if (source, further) not in seen:
                seen.add((source, further))
                waiting.append((source, further))


def _text_inputs(wiring: Wiring, node_id: str, *, encodes: bool) -> list[str]:
    """Names of the inputs that hold a node's text.

    Args:
        wiring: The graph.
        node_id: A node that encodes text, or one that gives a string.
        encodes: It encodes: a lone short string may then be anything, and needs a telling name.
    """
    described = wiring.node_class(node_id)
    given = wiring.inputs(node_id)
    strings = [one for one in described.inputs.values() if one.type == "STRING"]
    many = [one.name for one in strings if one.options.get("multiline") is True]
    if many:
        return many
    if described.known and strings:
        names = [one.name for one in strings]
    elif described.known and not encodes:
        names = [link.name for link in wiring.incoming(node_id, "STRING")]
    elif described.known:
        names = []
    else:
        names = [name for name, one in given.items() if isinstance(one, str) or is_link(one)]
    telling = [name for name in names if any(word in name.lower() for word in _TEXT_WORDS)]
    if telling or (encodes and described.known):
        return telling
    own = [name for name in names if isinstance(given.get(name), str)] or names
    return own if len(own) == 1 else []
