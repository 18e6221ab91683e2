"""The outputs that ComfyUI names, of every kind.

A node's outputs are `{key: [item, …]}`. What an item is, is told by its shape and never by its key:
videos and animations stand under "images", custom nodes use keys of their own ("gifs", "audio" …).
Source: ComfyUI 0.3.64, recordings `10-*-history`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from darkroom.domain.generation import OutputRef

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_CAP_BYTES = 4 * 1024 * 1024


def node_outputs(node_id: str, outputs: object) -> Iterator[OutputRef]:
    """Each output of one node, in the server's order; what is none (`"animated": [true]`) is passed over."""
    if not isinstance(outputs, Mapping):
        return
    for key, items in outputs.items():
        if not isinstance(items, list | tuple):
            continue
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                yield from _file(node_id, item)
            elif isinstance(item, str) and key in ("text", "string", "texts"):
                yield _text(node_id, str(key), index, item)


def _file(node_id: str, item: Mapping[object, object]) -> Iterator[OutputRef]:
    name, folder, kind = item.get("filename"), item.get("subfolder", ""), item.get("type", "output")
    if isinstance(name, str) and name and isinstance(folder, str) and isinstance(kind, str):
        locator = {"filename": name, "subfolder": folder, "type": kind}
        yield OutputRef(name, locator, node_id, temporary=kind == "temp")


def _text(node_id: str, key: str, index: int, text: str) -> OutputRef:
    data = text.encode("utf-8", "replace")[:TEXT_CAP_BYTES]
    return OutputRef(f"text-{node_id}-{index + 1}.txt", {"node": node_id, key: index}, node_id, spooled=data)


def frame_output(node_id: str, index: int, data: bytes, media_type: str) -> OutputRef:
    """A picture that came as a binary frame and exists nowhere else."""
    ending = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}.get(media_type, "bin")
    name = f"websocket-{node_id}-{index + 1:05d}.{ending}"
    return OutputRef(name, {"node": node_id, "frame": index}, node_id, temporary=True, spooled=data)


def in_order(refs: Iterable[OutputRef], node_ids: Iterable[str]) -> tuple[OutputRef, ...]:
    """`refs` without repetitions, in the graph's order of nodes; others behind, as they came."""
    rank = {node_id: number for number, node_id in enumerate(node_ids)}
    unique: dict[tuple[tuple[str, object], ...], OutputRef] = {}
    for ref in refs:
        unique.setdefault(tuple(sorted(ref.locator.items())), ref)
    return tuple(sorted(unique.values(), key=lambda ref: rank.get(ref.node, len(rank))))
