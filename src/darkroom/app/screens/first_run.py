"""The first start without a server: says what there is to choose, and chooses nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from darkroom.app.working import attempt
from darkroom.domain.profile import DEMO

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.services.core import Core


class FirstRunScreen(ModalScreen[str]):
    """Its result is the name of a profile, or "" when nothing was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", "later"),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
    ]

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core

    def compose(self) -> ComposeResult:
        """What was looked for, and three ways on."""
        with Vertical(id="first-run"):
            yield Static("No server yet", classes="dialog-title", markup=False)
            yield Static(
                "Darkroom makes pictures with a server such as ComfyUI.\n"
                "Nothing answers on 127.0.0.1:8188, where one usually is.",
                markup=False,
            )
            yield Button("Add a server", id="add", compact=True)
            yield Button("Try the demo", id="demo", compact=True)
            yield Static(
                "The demo paints patterns from your prompt, size and seed. It is no AI.",
                classes="note",
                markup=False,
            )
            yield Button("Look again", id="again", compact=True)
            yield Button("Later", id="later", compact=True)

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.dismiss(DEMO)

    @on(Button.Pressed, "#later")
    def action_later(self) -> None:
        """Goes on without a server; generating asks again."""
        self.dismiss("")

    @on(Button.Pressed, "#again")
    def _again(self) -> None:
        attempt(self, self._look(), group="look", exclusive=True, description="looking for a server")

    async def _look(self) -> str | None:
        name = await self._core.profiles.choose()
        if name is None:
            return "Still nothing on 127.0.0.1:8188"
        self.dismiss(name)
        return None

    @on(Button.Pressed, "#add")
    def _add(self) -> None:
        attempt(self, self._add_server(), group="add", exclusive=True, description="adding a server")

    async def _add_server(self) -> None:
        # The dialogs are imported when they are opened: no start-up should pay for them.
        from darkroom.app.screens.profiles import ProfilesScreen

        name = await self.app.push_screen_wait(ProfilesScreen(self._core))
        if name:
            self.dismiss(name)
