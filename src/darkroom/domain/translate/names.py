"""Names of models, styles and upscalers on one server, found again on another.

The same file is `SD15/dreamshaper_8.safetensors` here, `dreamshaper_8 [879db523c3]` or
`dreamshaper_8` there: what counts is the file's stem, in whichever case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from darkroom.domain.parameters import Role
from darkroom.domain.translate import samplers

_ENDING = re.compile(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft|onnx)\Z", re.IGNORECASE)
_HASH = re.compile(r"\s*\[[0-9a-f]{6,64}\]\s*\Z", re.IGNORECASE)
_BASE = re.compile(r"\s*\((?:sd-|sdxl|flux|any)[^()]*\)\Z", re.IGNORECASE)
"""What InvokeAI's names have behind them where several models share one."""

FILES = frozenset({Role.CHECKPOINT, Role.VAE, Role.LORA, Role.REFINER, Role.UPSCALER, Role.HIRES_UPSCALER})
"""Roles whose values are files of the server, under names of their own."""

NAMES = frozenset({Role.STYLE, Role.PERFORMANCE, Role.FACE_RESTORATION})
"""Roles whose values are names that differ in case and blanks at most."""

NOTHING = frozenset({"", "none", "automatic", "default", "default (model)", "use same checkpoint"})
"""Words with which services say "none chosen"."""


def is_nothing(value: object) -> bool:
    """Whether a value says that nothing was chosen."""
    return value is None or value is False or (isinstance(value, str) and value.strip().lower() in NOTHING)


def stem(name: str) -> str:
    """What names a file on every server: without folders, ending and hash, in small letters."""
    bare = _HASH.sub("", name.replace("\\", "/").rpartition("/")[2])
    return _ENDING.sub("", bare).strip().casefold()


def same_file(name: str, choices: tuple[str, ...]) -> str | None:
    """The choice that is the same file; the one with the same path where several are.

    Names that people gave (InvokeAI has such) count when they differ in blanks and signs at most.
    """
    wanted = stem(name)
    found = [choice for choice in choices if wanted and stem(choice) == wanted]
    if not found:
        given = _plain(_BASE.sub("", wanted))
        found = [choice for choice in choices if given and _plain(_BASE.sub("", stem(choice))) == given]
    folders = name.replace("\\", "/").casefold().rpartition("/")[0]
    exact = (one for one in found if one.replace("\\", "/").casefold().rpartition("/")[0] == folders)
    return next(exact, found[0] if found else None)


def same_name(name: str, choices: tuple[str, ...]) -> str | None:
    """The choice that is the same but for case, blanks and underscores."""
    wanted = _plain(name)
    return next((choice for choice in choices if wanted and _plain(choice) == wanted), None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name.casefold())


@lru_cache(maxsize=512)
def equivalent(role: Role | None, value: str, choices: tuple[str, ...]) -> str | None:
    """The choice that means what `value` meant on another server; `None` when there is none.

    Quick enough for key presses: a form asks the same again and again, and the answer is kept.
    """
    if role is Role.SAMPLER:
        return samplers.same_sampler(value, choices)
    if role is Role.SCHEDULER:
        # InvokeAI's field for the schedule has samplers in it.
        return samplers.same_schedule(value, choices) or samplers.same_sampler(value, choices)
    if role in FILES:
        return same_file(value, choices)
    return same_name(value, choices) if role in NAMES else None
