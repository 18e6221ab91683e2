"""No server was chosen yet: says what answers on this machine, and chooses nothing by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog, button, text
from darkroom.app.working import attempt
from darkroom.domain.profile import DEMO, Profile
from darkroom.domain.service import NONE, SERVICES
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.services.core import Core
    from darkroom.services.discovery import Found

MOST = 9
"""Servers in the list: one figure each."""

LABEL_COLUMNS = 18
"""Of a program's name and version, at most."""


class FirstRunScreen(Dialog[str]):
    """Ends with the name of a profile; `None` when nothing was chosen: generating asks again.

    It begins with what the look around found that brought it here, and looks again when asked.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FirstRunScreen #first-found { height: auto; margin: 1 0; }
    FirstRunScreen #first-found Button {
        width: 100%; height: 1; text-align: left; content-align: left middle;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right,j", "app.focus_next", show=False),
        Binding("up,left,k", "app.focus_previous", show=False),
        Binding("r", "press('again')", "look again", tooltip="Look for servers on this machine once more"),
        Binding("a", "press('add')", "add", tooltip="Add a server by its address"),
        Binding(
            "d", "press('demo')", "demo", tooltip="Paint patterns with the built-in demo, which is no AI"
        ),
        *(
            Binding(str(n), f"press('found-{n}')", show=False, tooltip="Use this server")
            for n in range(1, 10)
        ),
    ]

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core
        self._found: tuple[Found, ...] = core.profiles.found[:MOST]
        self.dialog_title = "Which server?" if self._usable() else "No server yet"

    def _usable(self) -> bool:
        return any(server.identified.ready for server in self._found)

    def content(self) -> Iterable[Widget]:
        """What was looked for and found, and what the demo is."""
        titles = [service.title for service in SERVICES.values()][:-1]
        yield text(f"Darkroom makes pictures with a server: {', '.join(titles)} or Fooocus.")
        yield Vertical(*self._rows(), id="first-found")
        yield text(
            "Without one there is the demo. It is no AI: it paints patterns from your prompt, "
            "size and seed, to try things out.",
            classes="dialog--quiet",
        )

    def _rows(self) -> list[Widget]:
        if not self._found:
            ports = ", ".join(service.url.rpartition(":")[2] for service in SERVICES.values())
            return [text(f"Nothing answers on this machine (127.0.0.1, ports {ports}).")]
        rows: list[Widget] = [text("On this machine there is:")]
        rows.extend(_row(number, server) for number, server in enumerate(self._found, start=1))
        return rows

    def buttons(self) -> Iterable[Button]:
        """Look once more, add one, or the demo."""
        return (
            button("Look again (r)", id="again"),
            button("Add a server (a)", id="add"),
            button("Try the demo (d)", id="demo", variant="primary"),
        )

    def on_mount(self) -> None:
        """The first server that can be used, else the demo, is one key away."""
        self._focus_best()

    def _focus_best(self) -> None:
        best = next((n for n, server in enumerate(self._found, 1) if server.identified.ready), None)
        self.query_one("#demo" if best is None else f"#found-{best}", Button).focus()

    def action_press(self, id: str) -> None:
        """Presses a button, where there is such a one."""
        for known in self.query(Button):
            if known.id == id:
                known.press()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        name = event.button.id or ""
        if name == "demo":
            self.dismiss(DEMO)
        elif name == "again":
            attempt(self, self._look(), group="look", exclusive=True, description="looking for servers")
        elif name == "add":
            attempt(self, self._add_server(), group="add", exclusive=True, description="adding a server")
        else:
            server = self._found[int(name.rpartition("-")[2]) - 1]
            attempt(self, self._use(server), group="add", exclusive=True, description="using a server")

    async def _look(self) -> str | None:
        box = self.query_one("#first-found")
        box.query(Static).first().update(Content("Looking …"))
        self._found = (await self._core.profiles.discover())[:MOST]
        await box.remove_children()
        await box.mount_all(self._rows())
        self._focus_best()
        return None

    async def _use(self, server: Found) -> None:
        """Keeps a server under a name and ends with it; asks for credentials where it wants some."""
        if server.profile or server.identified.ready:
            self.dismiss(await asyncio.to_thread(self._core.profiles.keep, server))
        else:
            await self._edit(self._start(server))

    def _start(self, server: Found) -> Profile:
        """What is known of a profile for a server that wants more than that."""
        from darkroom.services.discovery import profile_for

        identified, known = server.identified, self._core.profiles
        if not identified.service:
            return Profile("", "", server.url, identified.wants or NONE)
        taken = {profile.name for profile in (*known.list(), *known.inactive())}
        return replace(profile_for(server, taken), auth=identified.wants or NONE)

    async def _edit(self, start: Profile) -> None:
        from darkroom.app.screens.profile_edit import ProfileEditScreen

        name = await self.app.push_screen_wait(ProfileEditScreen(self._core, None, start=start))
        if name:
            self.dismiss(name)

    async def _add_server(self) -> None:
        # The dialogs are imported when they are opened: no start-up should pay for them.
        from darkroom.app.screens.profiles import ProfilesScreen

        name = await self.app.push_screen_wait(ProfilesScreen(self._core))
        if name:
            self.dismiss(name)


def _row(number: int, server: Found) -> Button:
    identified = server.identified
    made = Button(
        Content.assemble(
            (f"{number}", "$accent"),
            f"  {excerpt(identified.label, LABEL_COLUMNS):<{LABEL_COLUMNS}}",
            (f"  {excerpt(server.url.partition('://')[2], 40)}", "$quiet"),
            (f"  {excerpt(server.lacks, 60)}" if server.lacks else "", "$warning"),
        ),
        id=f"found-{number}",
        compact=True,
    )
    # What nobody can drive is told, and not offered.
    made.disabled = not identified.service and not identified.wants
    return made
