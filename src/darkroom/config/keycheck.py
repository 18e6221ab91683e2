"""Checks what a person wrote under `[keys]` before any of it reaches the screen.

Textual takes unknown ids without a word and unbinds silently on a clash, so nothing goes there unchecked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.config.keymap import ABOVE, GROUPS, KEYS, Key, keys_meant, split, with_override
from darkroom.config.keynames import FORBIDDEN, canonical, display, is_printing
from darkroom.domain.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """Something in `[keys]` that cannot be used; the default of that action stands."""

    id: str
    message: str
    hint: str = ""


def check(overrides: Mapping[str, str]) -> tuple[dict[str, str], tuple[KeyProblem, ...]]:
    """The usable part of `[keys]`, and what is wrong with the rest.

    Args:
        overrides: Action id → key names, comma separated.

    Returns:
        The usable part with its keys spelled as Textual spells them, each once; and a problem for every
        action that is not in it.
    """
    known = {key.id: key for key in KEYS}
    good: dict[str, str] = {}
    problems = []
    for action, text in overrides.items():
        problem = _problem(known.get(action), action, text)
        if problem is None:
            good[action] = ",".join(keys_meant(text))
        else:
            problems.append(problem)
    for problem in _clashes(good):
        problems.append(problem)
        good.pop(problem.id, None)
    return good, tuple(problems)


def _problem(key: Key | None, action: str, text: str) -> KeyProblem | None:
    if key is None:
        close = nearest(action, (known.id for known in KEYS))
        return KeyProblem(
            action,
            f"No action is called “{action}”",
            f"Did you mean {close}?" if close else "See docs/keys.md",
        )
    names = split(text)
    if not names:
        return KeyProblem(action, f"{action} needs a key", f"Its default is {key.shown()}")
    for name in names:
        found = canonical(name)
        if found is None:
            return KeyProblem(
                action,
                f"“{name}” is not a key",
                'Keys are written like "ctrl+g", "f8", "alt+1", "?" or "pagedown"',
            )
        if found in FORBIDDEN:
            return KeyProblem(
                action, f"{display(found)} cannot be used: {FORBIDDEN[found]}", "Choose another key"
            )
        if key.group == "global" and is_printing(found):
            return KeyProblem(
                action,
                f"“{display(found)}” types text, so it cannot run {action}",
                "Add ctrl or alt, or take a function key",
            )
    return None


def _clashes(overrides: Mapping[str, str]) -> Iterator[KeyProblem]:
    """The clashes that the overrides bring: one problem for each action that must fall back."""
    changed = dict(overrides)
    while clash := _first_clash(changed):
        mine, other, name = clash
        del changed[mine]
        yield KeyProblem(
            mine,
            f"{display(name)} already runs {other}",
            f"Give {other} another key too, or choose a free one",
        )


def _first_clash(overrides: Mapping[str, str]) -> tuple[str, str, str] | None:
    table = [with_override(key, overrides) for key in KEYS]
    for group in GROUPS:
        scope = ("global", *ABOVE.get(group, ()), group)
        taken: dict[str, str] = {}
        for key in (key for key in table if key.group in scope):
            for name in dict.fromkeys(key.all_keys):
                other = taken.setdefault(name, key.id)
                if other != key.id:
                    return (key.id, other, name) if key.id in overrides else (other, key.id, name)
    return None
