"""What the class of a node says about what it does, and how much of the work it is."""

from __future__ import annotations

from darkroom.domain.events import Stage

SOCKET_SAVERS = frozenset({"SaveImageWebsocket"})
"""Their pictures come as binary frames, like previews, and are stored nowhere.

Source: ComfyUI 0.3.64, recording `10-SaveImageWebsocket-history`.
"""

WEIGHTS = {
    Stage.SAMPLING: 20.0,
    Stage.LOADING: 3.0,
    Stage.DECODING: 4.0,
    Stage.SAVING: 1.0,
    Stage.WORKING: 1.0,
}
"""Share of the work by stage, relative: a rough guess that makes the bar move evenly."""


def stage_of(class_type: str) -> Stage:
    """The stage a node of this class stands for; told by the habits of naming, custom nodes included."""
    name = class_type.lower()
    if name.startswith(("save", "preview")):
        return Stage.SAVING
    if "decode" in name:
        return Stage.DECODING
    if "loader" in name or name.startswith("load"):
        return Stage.LOADING
    # KSamplerSelect and SamplerEulerAncestral only name a sampler; these run one.
    if name.startswith(("ksampler", "samplercustom")) and not name.endswith("select"):
        return Stage.SAMPLING
    if "ksampler" in name and not name.endswith("select"):
        return Stage.SAMPLING
    return Stage.WORKING
