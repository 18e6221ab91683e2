"""All node classes that the demo can run, and what marks their inputs as changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from darkroom.demo.cache import inputs_of
from darkroom.demo.nodes import loading, masks, pictures, sampling, saving

if TYPE_CHECKING:
    from collections.abc import Hashable

    from darkroom.demo.folders import Folders
    from darkroom.demo.nodes.results import NodeFunction

NODES: dict[str, NodeFunction] = {
    **loading.NODES,
    **sampling.NODES,
    **pictures.NODES,
    **masks.NODES,
    **saving.NODES,
}


def fingerprint(node: dict[str, Any], folders: Folders) -> Hashable:
    """What a node's result depends on beside its inputs; equal means that the old result still holds.

    Source: ComfyUI 0.3.64: LoadImage and LoadImageMask hash their file, SaveImageWebsocket always runs again.
    """
    if node["class_type"] == "SaveImageWebsocket":
        return object()
    if node["class_type"] in ("LoadImage", "LoadImageMask"):
        name = inputs_of(node).get("image")
        if not isinstance(name, str):
            return object()
        try:
            return hashlib.sha256(folders.picture(name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            return object()
    return None
