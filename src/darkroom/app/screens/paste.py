"""A look at what was pasted, and what to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog, button, text
from darkroom.app.screens.workflows import NOT_RUNNABLE
from darkroom.app.working import attempt
from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from darkroom.app.pasted import Pasted
    from darkroom.services.core import Core


@dataclass(frozen=True, slots=True)
class PasteUse:
    """What a person wants of a paste; one of these is set.

    Attributes:
        workflow_id: Of the workflow that was imported from it, to be opened.
        picture: Path of the picture that the form is to take.
        settings: The form is to take the settings that are in it.
    """

    workflow_id: str = ""
    picture: str = ""
    settings: bool = False


class PasteScreen(Dialog[PasteUse]):
    """Shows what a paste is and offers what can be done with it; nothing changes before that is chosen.

    Args:
        core: Its library takes the workflow.
        pasted: From `understand`.
        takes_pictures: Whether the form has a field for a picture.
    """

    # As wide as four buttons.
    DEFAULT_CSS: ClassVar[str] = "PasteScreen > .dialog { width: 70; }"

    dialog_title = "Pasted"

    def __init__(self, core: Core, pasted: Pasted, *, takes_pictures: bool) -> None:
        super().__init__()
        self._core = core
        self._pasted = pasted
        self._takes_pictures = takes_pictures

    def content(self) -> Iterable[Widget]:
        """What it is."""
        yield text(self._pasted.title)
        for line in self._pasted.about:
            yield text(line, classes="dialog--quiet")
        if self._pasted.is_picture and not self._takes_pictures:
            yield text("This form has no field for a picture.", classes="dialog--quiet")
        yield Static("", markup=False, id="paste-words", classes="dialog--bad")

    def buttons(self) -> Iterable[Button]:
        """What can be done with it."""
        yield button("Leave it", id="leave")
        if self._pasted.holds_workflow:
            yield button("Import workflow", id="import", variant="primary")
        if self._pasted.is_picture and self._takes_pictures:
            yield button("Use as image", id="use", variant="primary")
        if self._pasted.settings is not None:
            yield button("Use settings", id="settings", variant="primary")

    def on_mount(self) -> None:
        """The last button, the likeliest, has the focus."""
        self.query(Button).last().focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "import":
            attempt(self, self._import(), group="import", exclusive=True, description="importing a workflow")
        elif event.button.id == "use" and self._pasted.path is not None:
            self.dismiss(PasteUse(picture=str(self._pasted.path)))
        elif event.button.id == "settings":
            self.dismiss(PasteUse(settings=True))
        else:
            self.dismiss(None)

    async def _import(self) -> None:
        library, pasted = self._core.workflows, self._pasted
        try:
            if pasted.path is not None:
                workflow = await library.import_file(pasted.path)
            else:
                workflow = await library.import_text(pasted.text, "pasted")
        except DarkroomError as error:
            self.query_one("#paste-words", Static).update(Content("\n".join(error.lines())))
        else:
            if workflow.runnable:
                self.dismiss(PasteUse(workflow_id=workflow.id))
            else:
                self.query_one("#paste-words", Static).update(Content(f"Kept in the library. {NOT_RUNNABLE}"))
