"""Servers: which there are, how they are, and which one to use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.group_edit import GroupEditScreen
from darkroom.app.screens.listing import Deed, ListingScreen, Row, deed_bindings
from darkroom.app.screens.profile_edit import ProfileEditScreen
from darkroom.app.screens.server_words import described, together
from darkroom.app.widgets.lines import Piece
from darkroom.domain.profile import DEMO
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from textual.binding import BindingType

    from darkroom.app.messages import ConnectionChanged
    from darkroom.app.screens.dialog import Dialog
    from darkroom.domain.profile import Profile
    from darkroom.domain.server import ServerInfo
    from darkroom.services.core import Core
    from darkroom.services.updates import ConnectionState

DOTS = {"up": ("●", "good"), "down": ("●", "bad"), "connecting": ("◌", "warn"), "asleep": ("○", "quiet")}
"""How the state of a server is drawn, and in which tone."""


class ProfilesScreen(ListingScreen):
    """The saved servers and groups of them. Ends with the name of the one to use, or `None`."""

    dialog_title = "Servers"
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed("choose", "enter", "use", "Make pictures on this server"),
        Deed("add", "a", "add", "Add a server"),
        Deed("group", "n", "new group", "Make a group: its jobs go to the first free one of several servers"),
        Deed("edit", "e", "edit", "Change its name, address or credentials; of a group its servers"),
        Deed("test", "t", "test", "Ask whether it is there: version, queue and memory"),
        Deed("look", "l", "look around", "Look for servers on this machine, and keep those that can be used"),
        Deed("prefer", "m", "make default", "Use it whenever none is asked for; again: no default"),
        Deed("delete", "d", "delete", "Take it out of the list; its pictures stay"),
    )
    BINDINGS: ClassVar[list[BindingType]] = deed_bindings(DEEDS)

    def __init__(self, core: Core, current: str = "") -> None:
        """`current` is the name of the server in use."""
        super().__init__()
        self._core = core
        self._current = current
        self._preferred = core.profiles.preferred
        self._answers: dict[str, ServerInfo] = {}

    def on_mount(self) -> None:
        """Lists them, beginning with the one in use."""
        self._show(self._current)
        self.say("The demo paints patterns from your prompt and needs nothing. It is no AI.")

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        """A server came or went."""
        message.stop()
        self._show()

    def _show(self, at: str = "") -> None:
        known = self._core.profiles
        self.rows.show([self._row(profile) for profile in (*known.list(), *known.inactive())], at)

    def _row(self, profile: Profile) -> Row:
        state = self._core.connections.state(profile.name)
        dot, tone = DOTS.get(state.phase, ("·", "faint")) if profile.active else (" ", "faint")
        default = [Piece("  default", "accent")] if profile.name == self._preferred else []
        idle = [Piece("  inactive", "quiet")] if not profile.active else []
        words = "on this machine" if profile.name == DEMO else _words(profile)
        name = Piece(excerpt(profile.name, 40), "strong" if profile.active else "quiet")
        left = [Piece(f"{dot} ", tone), name, *default, *idle]
        return Row(profile.name, [*left, Piece(f"  {excerpt(words, 70)}", "quiet")], self._about(state))

    def _about(self, state: ConnectionState) -> list[Piece]:
        if state.error is not None and state.phase == "down":
            return [Piece("  " + excerpt(state.error.title, 36), "bad")]
        info = state.info or self._answers.get(state.profile)
        return [Piece("  " + excerpt(info.label, 30), "quiet")] if info is not None else []

    def _profile(self) -> Profile:
        return self._core.profiles.get(self.rows.current())

    def action_add(self) -> None:
        """Adds one."""
        self.work(self._edit(None, ProfileEditScreen(self._core, None)), "adding a server")

    def action_edit(self) -> None:
        """Changes the one under the cursor."""
        if self.rows.current() == DEMO:
            self.say("The demo has nothing to change", "quiet")
        else:
            profile = self._profile()
            edit = GroupEditScreen if profile.is_group else ProfileEditScreen
            self.work(self._edit(profile, edit(self._core, profile)), "changing a server")

    def action_group(self) -> None:
        """Makes a group of servers."""
        self.work(self._edit(None, GroupEditScreen(self._core, None)), "making a group of servers")

    async def _edit(self, profile: Profile | None, screen: Dialog[str]) -> str | None:
        name = await self.app.push_screen_wait(screen)
        if name is None:
            return None
        if profile is not None:
            await self._core.connections.forget(profile.name)
        self._answers.pop(name, None)
        self._show(name)
        return f"Saved: {excerpt(name, 60)}. t tests it, enter uses it"

    def action_test(self) -> None:
        """Asks the server under the cursor."""
        self.say("Asking …")
        self.work(self._test(self._profile()), "testing a server")

    async def _test(self, profile: Profile) -> str:
        if profile.name == DEMO or profile.is_group:
            info = await self._core.connections.probe(profile.name)
        else:
            info = await self._core.profiles.test(profile)
        self._answers[profile.name] = info
        self._show()
        return together(info) if profile.is_group else described(info)

    def action_look(self) -> None:
        """Looks around on this machine."""
        self.say("Looking …")
        self.work(self._look(), "looking for servers")

    async def _look(self) -> str:
        known = self._core.profiles
        lines, last = [], ""
        for server in await known.discover():
            is_new = server.identified.ready and not server.profile
            if is_new:
                last = await asyncio.to_thread(known.keep, server)
            says = (
                f"added as {last}" if is_new else f"is {server.profile}" if server.profile else server.lacks
            )
            lines.append(f"{server.identified.label} at {server.url}: {says}")
        self._show(last)
        return "\n".join(lines) or "Nothing answers where services usually listen on this machine"

    def action_prefer(self) -> None:
        """Makes the one under the cursor the default, or takes that back."""
        name = self.rows.current()
        self.work(self._prefer("" if name == self._preferred else name), "choosing the default server")

    async def _prefer(self, name: str) -> str:
        await asyncio.to_thread(self._core.profiles.prefer, name)
        self._preferred = name
        self._show()
        return f"Used when none is asked for: {excerpt(name, 60)}" if name else "There is no default now"

    def action_delete(self) -> None:
        """Takes the one under the cursor out of the list, after asking."""
        self.work(self._delete(self.rows.current()), "deleting a server")

    async def _delete(self, name: str) -> str | None:
        if name != DEMO and not await self.app.push_screen_wait(self._question(name)):
            return None
        await asyncio.to_thread(self._core.profiles.delete, name)
        await self._core.connections.forget(name)
        if name == self._preferred:
            await self._prefer("")
        self._show()
        return f"Deleted: {excerpt(name, 60)}"

    def _question(self, name: str) -> ConfirmScreen:
        shown = f"“{excerpt(name, 40)}”"
        if self._core.profiles.get(name).is_group:
            return ConfirmScreen(f"Delete the group {shown}?", "Its servers and pictures stay.", yes="Delete")
        groups = ", ".join(self._core.profiles.groups_of(name))
        return ConfirmScreen(
            f"Delete the server {shown}?",
            "Its pictures stay. Its address and headers are taken out of the configuration for good."
            + (f" So it is no longer in {excerpt(groups, 60)}." if groups else ""),
            yes="Delete",
        )


def _words(profile: Profile) -> str:
    """What it is and where; of a group, of which servers it is made."""
    title = SERVICES[profile.service].title
    return f"{title}: {', '.join(profile.members)}" if profile.is_group else f"{title} at {profile.url}"
