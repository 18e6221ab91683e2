"""Everything about one generation, its picture beside it where there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from darkroom.app.bindings import bindings
from darkroom.app.layouts import StagedScreen
from darkroom.app.widgets.describe import describe
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.generationkeys import GenerationKeys
from darkroom.app.widgets.preview import PreviewPane
from darkroom.app.working import attempt
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app.deeds import Deeds
    from darkroom.app.messages import Asked, GenerationChanged
    from darkroom.domain.generation import Generation, Summary
    from darkroom.services.core import Core


class DetailScreen(GenerationKeys, StagedScreen[str]):
    """One generation. Its result is the verb that the main screen has to do ("reuse", …), or "" for none.

    Attributes:
        output: 0-based index of the output that was shown when the verb was asked for.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("history", without=("history.open",)),
        *bindings("viewer", only=("viewer.next", "viewer.previous", "viewer.close")),
    ]

    def __init__(self, core: Core, deeds: Deeds, generation: Generation) -> None:
        super().__init__()
        self._core = core
        self._deeds = deeds
        self._generation = generation
        self.output = 0

    def compose(self) -> ComposeResult:
        """Title, picture, text, keys."""
        summary = self._generation.summary
        yield Static(
            Content.assemble(("  Generation  ", "$quiet"), excerpt(summary.prompt, 200)),
            id="detail-title",
            markup=False,
        )
        with Horizontal(id="detail"):
            yield PreviewPane(self._core, {})
            with VerticalScroll(id="detail-text"):
                yield Static("", id="detail-batch", markup=False)
                yield Static(describe(self._generation), id="detail-words", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Shows the picture; the text takes the keys that scroll."""
        self.query_one(PreviewPane).show(self._generation.summary)
        self.query_one("#detail-text").focus()
        attempt(self, self._say_batch(), group="detail-batch", description="reading its batch")

    async def _say_batch(self) -> None:
        from darkroom.app.screens.batch_place import place_in_batch

        words = await place_in_batch(self._core, self._generation.summary)
        shown = self.query_one("#detail-batch", Static)
        shown.display = bool(words)
        shown.update(words)

    def generation(self) -> Summary | None:
        """The one that is shown."""
        return self._generation.summary

    def on_generation_changed(self, message: GenerationChanged) -> None:
        """It came further: reads it again."""
        message.stop()
        if message.summary.id == self._generation.id:
            attempt(self, self._read_again(), group="reread", exclusive=True, description="reading it anew")

    async def _read_again(self) -> None:
        self._generation = await self._core.history.get(self._generation.id)
        self.query_one("#detail-words", Static).update(describe(self._generation))
        self.query_one(PreviewPane).show(self._generation.summary)

    def on_asked(self, message: Asked) -> None:
        """Does what a key asks for; what fills the form is the main screen's."""
        message.stop()
        if message.verb.startswith("reuse") or message.verb in ("use_image", "enlarge"):
            self.output = self.query_one(PreviewPane).output_index()
            self.dismiss(message.verb)
        elif message.verb == "delete":
            attempt(self, self._delete(message), group="deed", description="deleting")
        elif message.verb == "batch":
            self._show_batch(replace(message))
        elif message.verb == "view":
            output = self.query_one(PreviewPane).output_index()
            self.app.screen_stack[0].post_message(replace(message, output=output))
        elif message.verb != "open":
            attempt(self, self._deeds.do(message), group="deed", description=message.verb)

    def _show_batch(self, message: Asked) -> None:
        """Has the main screen show its batch; goes back to that, where this was opened from there."""
        from darkroom.app.screens.batch_grid import BatchGridScreen

        below = self.app.screen_stack
        if isinstance(below[-2], BatchGridScreen):
            self.dismiss("")
        else:
            below[0].post_message(message)

    async def _delete(self, message: Asked) -> str:
        said = await self._deeds.do(message)
        self.dismiss("")
        return said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turning over a batch is not spoken of where there is no batch."""
        if action in ("viewer_next", "viewer_previous") and len(self._generation.outputs) < 2:
            return False
        return super().check_action(action, parameters)

    def action_viewer_next(self) -> None:
        """The next picture of a batch."""
        self.query_one(PreviewPane).action_viewer_next()

    def action_viewer_previous(self) -> None:
        """The picture before."""
        self.query_one(PreviewPane).action_viewer_previous()

    def action_viewer_close(self) -> None:
        """Back to the panes."""
        self.dismiss("")
