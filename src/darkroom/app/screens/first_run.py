"""The first start without a server: says what there is to choose, and chooses nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Button

from darkroom.app.screens.dialog import Dialog, button, text
from darkroom.app.working import attempt
from darkroom.domain.profile import DEMO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.services.core import Core


class FirstRunScreen(Dialog[str]):
    """Ends with the name of a profile; `None` when nothing was chosen: generating asks again."""

    dialog_title = "No server yet"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right,j", "app.focus_next", show=False),
        Binding("up,left,k", "app.focus_previous", show=False),
    ]

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core

    def content(self) -> Iterable[Widget]:
        """What was looked for, and what there is to choose."""
        yield text(
            "Darkroom makes pictures with a server such as ComfyUI.\n"
            "Nothing answers on 127.0.0.1:8188, where one usually is.\n"
        )
        yield text(
            "Without one there is the demo. It is no AI: it paints patterns from your prompt, "
            "size and seed, to try things out.",
            classes="dialog--quiet",
        )

    def buttons(self) -> Iterable[Button]:
        """Add one, look once more, or the demo."""
        return (
            button("Look again", id="again"),
            button("Add a server", id="add"),
            button("Try the demo", id="demo", variant="primary"),
        )

    def on_mount(self) -> None:
        """The demo is the quickest way to a first picture: one key."""
        self.query_one("#demo", Button).focus()

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.dismiss(DEMO)

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
