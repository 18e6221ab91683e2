"""One group of servers: its name, and which servers it is made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.app.screens.form_dialog import FormDialog
from darkroom.app.working import attempt
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Kind, ParameterSpec, Value
from darkroom.domain.profile import DEMO
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.profile import Profile
    from darkroom.services.core import Core

_NAME = ParameterSpec("name", "Name", Kind.TEXT, help="What you call it, and what --profile takes.")
_SERVER = "server:"
"""Before the name of a server in the address of its field."""


class GroupEditScreen(FormDialog):
    """Ends with the name of the group that was saved, or `None`.

    Args:
        core: Its profiles are changed.
        group: What is changed; `None` for a new one.
    """

    def __init__(self, core: Core, group: Profile | None) -> None:
        super().__init__()
        self._core = core
        self._before = group
        self.dialog_title = "Make a group of servers" if group is None else f"Change {group.name}"

    def on_mount(self) -> None:
        """Shows what there is."""
        members = self._before.members if self._before is not None else ()
        values: dict[str, Value] = {"name": self._before.name if self._before is not None else ""}
        specs = [_NAME]
        for server in self._servers():
            specs.append(_field(server))
            values[specs[-1].address] = server.name in members
        self.fill(specs, values)
        self.form.focus_field(specs[0 if self._before is None else 1].address)
        self.say("A job for the group goes to the first free server that has its checkpoint.")

    def _servers(self) -> list[Profile]:
        known = self._core.profiles
        return [p for p in (*known.list(), *known.inactive()) if not p.is_group and p.name != DEMO]

    def action_save(self) -> None:
        """Keeps it."""
        attempt(
            self,
            self.told(self._save),
            group="save",
            exclusive=True,
            description="saving a group of servers",
        )

    async def _save(self) -> None:
        """Keeps the group; a renamed one takes the place of the old one.

        Raises:
            InputError: It cannot be used.
            ConfigError: The file cannot be written.
        """
        values = self.form.values()
        name = str(values["name"] or "").strip()
        before = self._before.name if self._before is not None else ""
        profiles = self._core.profiles
        if name != before and name in {known.name for known in (*profiles.list(), *profiles.inactive())}:
            raise InputError(f"The name “{excerpt(name, 60)}” is taken")
        members = self._chosen(values)
        if not members:
            raise InputError("Choose the servers of the group", hint="Space on a server takes it in")
        await asyncio.to_thread(profiles.save_group, name, members)
        if before and name != before:
            await asyncio.to_thread(profiles.delete, before)
        self.dismiss(name)

    def _chosen(self, values: Mapping[str, Value]) -> list[str]:
        """The servers that are ticked: those of before in their order, then the others."""
        members = self._before.members if self._before is not None else ()
        known = dict.fromkeys((*members, *(server.name for server in self._servers())))
        return [name for name in known if values.get(_SERVER + name) is True]


def _field(server: Profile) -> ParameterSpec:
    place = f"{SERVICES[server.service].title} at {server.url}"
    return ParameterSpec(
        _SERVER + server.name,
        excerpt(server.name, 24),
        Kind.BOOLEAN,
        False,
        help=place if server.active else f"{place}, inactive",
    )
