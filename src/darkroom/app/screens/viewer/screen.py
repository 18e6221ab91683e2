"""One picture alone on the screen: what its keys do, and what is shown around it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from darkroom.app.bindings import bindings
from darkroom.app.messages import Asked
from darkroom.app.screens.viewer import words
from darkroom.app.screens.viewer.ahead import Ahead
from darkroom.app.screens.viewer.pair import Pair
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.generationkeys import GenerationKeys
from darkroom.app.widgets.picture.looking import LookedAt
from darkroom.app.widgets.picture.view import pinned
from darkroom.app.widgets.viewkeys import ViewKeys
from darkroom.app.working import attempt, tell
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app.deeds import Deeds
    from darkroom.app.messages import GenerationChanged
    from darkroom.app.screens.viewer.pictures import Pictures
    from darkroom.domain.generation import Summary
    from darkroom.domain.pictures import Picture
    from darkroom.services.core import Core

FOR_MAIN = ("reuse", "reuse_seed", "reuse_prompt", "use_image", "enlarge", "batch")
"""What is asked of the main screen, which comes to the front for it."""


KEEPS = 4
"""Pictures that stay ready beside the one that is shown: the other of two, its neighbours, the last one."""

REST_S = 0.15
"""What comes next is made ready when nothing was asked for so long."""


class ViewerScreen(ViewKeys, GenerationKeys, Screen[Asked]):
    """Shows one picture and turns to its neighbours. Ends with what the main screen is asked, or `None`.

    Attributes:
        shot: The picture that is wanted.
        pair: The two that are compared.
        picture: Where it is drawn.
    """

    help_text = (
        "One picture, alone.\n"
        "The arrow keys turn to the next one; while only a part is seen they move over it.\n"
        "a marks a picture. Space then flips between it and any other, so that the eye sees what differs."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("viewer"),
        *bindings("history", without=("history.view", "history.use_image")),
    ]

    def __init__(
        self,
        core: Core,
        deeds: Deeds,
        pictures: Pictures,
        shot: Picture,
        *,
        against: Picture | None = None,
        facts: Callable[[Picture], Sequence[words.Fact]] = words.facts,
    ) -> None:
        """Shows `shot`.

        Args:
            core: The services.
            deeds: What can be done with a generation.
            pictures: What next and previous go through.
            shot: The first one.
            against: Another one to flip to at once.
            facts: What two compared pictures may differ in.
        """
        super().__init__()
        self._core = core
        self._deeds = deeds
        self._pictures = pictures
        self._facts = facts
        self.shot = shot
        self.pair = Pair() if against is None else Pair(shot, against)
        self._ahead = Ahead(pictures)
        self.picture = LookedAt(id="viewer-picture", decoded=self._ahead.decoded, keeps=KEEPS)
        self._title = words.TitleLine()

    def compose(self) -> ComposeResult:
        """Title, picture, what is known of it, keys."""
        # The two lines are docked first: what stands beside the picture then leaves them their width.
        yield self._title
        yield KeyFooter()
        yield self.picture
        with VerticalScroll(id="viewer-about", can_focus=False):
            yield Static("", id="viewer-words", markup=False)

    def on_mount(self) -> None:
        """Begins with the first picture."""
        self.picture.graphics.changed.subscribe(self, lambda _: self._make_room())
        self._make_room()
        self._show(self.shot)

    def _make_room(self) -> None:
        """A sixel cannot be drawn below words: then these stand beside it, not over it."""
        self.set_class(self.picture.graphics.protocol is Protocol.SIXEL, "-beside")

    # What is shown

    def _show(self, shot: Picture) -> None:
        self.shot = shot
        self.picture.show(self._core.store.blobs.path(shot.output.hash), ident=shot.output.hash)
        self._say()
        if self.has_class("-about"):
            self.query_one("#viewer-words", Static).update(words.about(shot))
        self.refresh_bindings()

    def _say(self) -> None:
        """Writes the title anew."""
        shot, pair = self.shot, self.pair
        letter, other = pair.letter(shot), self._flips_to()
        if letter and other is not None:
            left = words.title_of_two(shot, letter, self._facts(shot), self._facts(other))
        else:
            left = words.title(shot, letter)
        percent = self.picture.percent if self.picture.shown == shot.output.hash else None
        self._title.show(left, words.place_words(self._pictures.place(shot), percent))

    def _flips_to(self) -> Picture | None:
        """What the flip key shows; nothing is remembered."""
        pair = self.pair
        return pair.b if pair.letter(self.shot) == "A" else pair.a

    def on_picture_arrived(self) -> None:
        """It is on the screen: now its size is known, and there is time for what comes next."""
        self._say()
        self.refresh_bindings()
        attempt(self, self._look_ahead(), group="ahead", exclusive=True, description="looking ahead")

    async def _look_ahead(self) -> None:
        await asyncio.sleep(REST_S)
        if (other := self._flips_to()) is not None:
            path = self._core.store.blobs.path(other.output.hash)
            await self.picture.ahead(path, ident=other.output.hash)
        await self._ahead.look(self.pair.base(self.shot), self.picture, self._core.store.blobs.path)

    def on_looked_at_moved(self) -> None:
        """Another part of it is seen."""
        self._say()
        self.refresh_bindings()

    # Turning

    def looked_at(self) -> LookedAt:
        """The picture."""
        return self.picture

    def turn(self, by: int) -> None:
        """Goes to a neighbour."""
        attempt(self, self._turn(by), group="turn", description="turning over")

    async def _turn(self, by: int) -> str | None:
        found = await self._pictures.beside(self.pair.base(self.shot), by)
        if found is None:
            return "This is the last one" if by > 0 else "This is the first one"
        self.pair.came_to(found)
        self._show(found)
        return None

    # Two in turn

    def action_viewer_mark(self) -> None:
        """Marks it as A, or not any more."""
        self.pair.mark(self.shot)
        self._say()
        self.refresh_bindings()

    def action_viewer_flip(self) -> None:
        """Shows the other one in its place."""
        other = self.pair.other(self.shot)
        if other is not None:
            # Of two sizes the same part is seen, not as many pixels.
            natural = self.picture.natural_px
            if natural is not None and self.picture.shown == self.shot.output.hash:
                self.picture.view = pinned(self.picture.view, natural, self.picture.room)
            self._show(other)

    # Around it

    def action_viewer_about(self) -> None:
        """Shows or hides what is known of it."""
        self.toggle_class("-about")
        self.query_one("#viewer-words", Static).update(words.about(self.shot))

    def action_viewer_close(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    # What can be done with it

    def generation(self) -> Summary | None:
        """The one that made it."""
        return self.shot.summary

    def output_index(self) -> int:
        """Which of its outputs is shown."""
        return self.shot.output.index

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now."""
        if action == "viewer_flip" and self._flips_to() is None:
            marked = self.pair.a is not None
            return "Turn to another picture first" if marked else "Mark a picture with a first"
        return super().why_not(action)

    def on_asked(self, message: Asked) -> None:
        """Does what a key asks for."""
        message.stop()
        if message.verb in FOR_MAIN:
            self.dismiss(Asked(message.verb, message.summary, message.output))
        elif message.verb == "open":
            attempt(self, self._open(message.summary), group="detail", exclusive=True, description="opening")
        elif message.verb == "delete":
            attempt(self, self._delete(message), group="deed", description="deleting")
        else:
            attempt(self, self._deeds.do(message), group="deed", description=message.verb)

    async def _open(self, summary: Summary) -> None:
        from darkroom.app.screens.detail import DetailScreen

        generation = await self._core.history.get(summary.id)
        detail = DetailScreen(self._core, self._deeds, generation)
        verb = await self.app.push_screen_wait(detail)
        if verb:
            self.dismiss(Asked(verb, generation.summary, detail.output))

    async def _delete(self, message: Asked) -> str:
        """Moves its generation to the trash, and goes to what comes after it, or before it."""
        after = await self._away(1) or await self._away(-1)
        said = await self._deeds.do(message)
        self.pair = Pair()
        if after is None:
            self.dismiss(None)
        else:
            self._show(after)
        return said

    async def _away(self, by: int) -> Picture | None:
        """The nearest picture of another generation."""
        found: Picture | None = self.shot
        while found is not None and found.summary.id == self.shot.summary.id:
            found = await self._pictures.beside(found, by)
        return found

    def on_generation_changed(self, message: GenerationChanged) -> None:
        """What is told of the generation has changed."""
        message.stop()
        if message.summary.id == self.shot.summary.id and message.summary.trashed:
            tell(self, "It was moved to the trash")
