"""The key table (`config/keymap.py`) as Textual's bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from darkroom.config.keymap import bindings_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.config.keymap import Key

PLAIN = ".plain"
"""Ends the id of the binding that holds a key's printing variants."""


def action_of(key_id: str) -> str:
    """The action that a key of the table runs: "history.rerun" runs `action_history_rerun`."""
    return key_id.replace(".", "_")


def bindings(*groups: str, only: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[Binding]:
    """The bindings of one or more groups of the key table.

    Args:
        groups: Names of groups.
        only: Ids to take; all of them when empty.
        without: Ids to leave out.

    Returns:
        Bindings whose ids are those of the table, so that `App.set_keymap` can change them. Keys of
        the group `global` have priority: they work while a text field has the focus.
    """
    made: list[Binding] = []
    for group in groups:
        for key in bindings_for(group):
            if key.id not in without and (not only or key.id in only):
                made += _bindings(key)
    return made


def _bindings(key: Key) -> list[Binding]:
    action = action_of(key.id)
    everywhere = key.group == "global"
    made = [
        Binding(
            ",".join(key.keys),
            action,
            key.label,
            show=key.footer,
            priority=everywhere,
            tooltip=key.help,
            id=key.id,
        )
    ]
    if key.plain:
        made.append(
            Binding(",".join(key.plain), action, key.label, show=False, tooltip=key.help, id=key.id + PLAIN)
        )
    return made


def keymap(overrides: Mapping[str, str]) -> dict[str, str]:
    """The person's own keys as `App.set_keymap` takes them."""
    return {key_id: keys.replace(" ", "") for key_id, keys in overrides.items()}
