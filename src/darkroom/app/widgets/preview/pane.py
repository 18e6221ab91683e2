"""The preview pane: the picture as large as there is room, and the line below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from darkroom.app.bindings import bindings
from darkroom.app.widgets.generationkeys import GenerationKeys
from darkroom.app.widgets.preview.runline import RunLine
from darkroom.app.widgets.viewkeys import MOVES, TURNS, ZOOMS, ViewKeys
from darkroom.app.working import attempt
from darkroom.domain.generation import Output, Status, Summary
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from darkroom.app.widgets.meter import Meter
    from darkroom.app.widgets.picture.looking import LookedAt
    from darkroom.app.widgets.preview.filmstrip import Filmstrip, Frame
    from darkroom.services.core import Core

STRIP_LINES = 24
"""Lines of the pane from which a strip of small pictures has room below the large one."""

EXTRA_LETTERS = 24
"""Letters of the name of an extra picture ("control map") beside its number."""


class PreviewPane(ViewKeys, GenerationKeys, Vertical, can_focus=True):
    """Shows one generation: live while it runs, then its pictures, or why there is none."""

    help_text = (
        "The picture in the making, then as it was kept.\n"
        "It follows what runs until you choose another in the history; left and right turn over a batch.\n"
        "While only a part of it is seen, the arrow keys move over it; v shows it alone, full screen."
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("history"),
        *bindings("viewer", without=("viewer.close", "viewer.mark", "viewer.flip", "viewer.about")),
    ]

    def __init__(self, core: Core, meters: Mapping[str, Meter], *, id: str = "preview") -> None:
        super().__init__(id=id)
        self._core = core
        self._meters = meters
        self._summary: Summary | None = None
        self._outputs: tuple[Output, ...] = ()
        self._extras: Mapping[int, str] = {}
        self._index = 0
        self._has_picture = False
        self._begun = False
        self._picture: LookedAt | None = None
        self._strip: Filmstrip | None = None

    def compose(self) -> ComposeResult:
        """Words in the picture's place, line; the picture comes when there is one."""
        yield Static("", classes="words", markup=False)
        yield RunLine(self._meters)

    @property
    def picture(self) -> LookedAt:
        """Where the picture is drawn; made when it is first asked for."""
        if self._picture is None:
            # Seventeen modules that the first frame does without.
            from darkroom.app.widgets.picture.looking import LookedAt
            from darkroom.images.decoded import DecodedCache

            self._picture = LookedAt(decoded=DecodedCache(limit_bytes=0))
            self.mount(self._picture, before=0)
        return self._picture

    def on_resize(self, event: events.Resize) -> None:
        """There is a strip where it takes no more than a fifth of the picture."""
        self.set_class(event.size.height >= STRIP_LINES, "-tall")

    def on_mount(self) -> None:
        """Says what will be here."""
        self._say(Content.styled("The picture appears here", "$quiet"))
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Draws what was to be shown at once, now that the first frame is there."""
        self._begun = True
        if self._outputs:
            self._draw_output()

    def show(self, summary: Summary | None, *, keep_picture: bool = False) -> None:
        """Shows a generation.

        Args:
            summary: Which; `None` for none.
            keep_picture: What is drawn stays until this one has something to show.
        """
        other = summary is None or self._summary is None or summary.id != self._summary.id
        self._summary = summary
        if other:
            self._outputs, self._extras, self._index = (), {}, 0
            if self._picture is not None:
                self._picture.fit()
        self.query_one(RunLine).show(summary, place=self._place())
        if summary is None:
            self._nothing(Content.styled("The picture appears here", "$quiet"))
        elif summary.first_output is not None:
            self._read_outputs(summary)
        elif summary.status.final:
            self._nothing(_why(summary))
        elif other and not keep_picture:
            self._nothing(Content.styled("Waiting for the first picture", "$quiet"))

    def frame(self, generation_id: str, data: bytes) -> None:
        """Draws a picture in the making, when it is of the generation that is shown."""
        summary = self._summary
        if summary is not None and summary.id == generation_id and not summary.status.final:
            self._draw().show(data, ident=f"{generation_id}/live", live=True)

    def progressed(self) -> None:
        """Draws the line again."""
        self.query_one(RunLine).refresh()

    def _read_outputs(self, summary: Summary) -> None:
        if summary.output_count <= 1 and summary.first_output is not None:
            self._put_outputs((summary.first_output,))
        elif len(self._outputs) != summary.output_count:
            attempt(
                self,
                self._fetch_outputs(summary.id),
                group="preview-outputs",
                exclusive=True,
                description="reading which pictures there are",
            )

    async def _fetch_outputs(self, generation_id: str) -> None:
        generation = await self._core.history.get(generation_id)
        if self._summary is not None and self._summary.id == generation_id:
            outputs = generation.ordered_outputs()
            self._put_outputs(outputs, {output.index: generation.extra_name(output) for output in outputs})

    def _put_outputs(self, outputs: tuple[Output, ...], extras: Mapping[int, str] | None = None) -> None:
        self._outputs, self._extras = outputs, extras or {}
        self._index = min(self._index, len(outputs) - 1)
        self._draw_output()

    def _draw_output(self) -> None:
        output = self._outputs[self._index]
        self._show_strip()
        self.query_one(RunLine).show(self._summary, place=self._place())
        if not self._begun:
            self._say(Content())
        elif output.kind.is_picture:
            self._draw().show(self._core.store.blobs.path(output.hash), ident=output.hash, live=False)
        else:
            self._nothing(
                Content.assemble(
                    f"{output.name}\n",
                    (f"{output.kind}, {output.size_bytes:,} bytes\ne exports it", "$quiet"),
                )
            )

    def _show_strip(self) -> None:
        """Small pictures of all outputs, where there are several."""
        several = self._begun and len(self._outputs) > 1
        self.set_class(several, "-several")
        if several and self._strip is None:
            # As the picture: the first frame does without.
            from darkroom.app.widgets.preview.filmstrip import Filmstrip

            self._strip = Filmstrip(self._core.store.blobs.path)
            self.mount(self._strip, after=self.picture)
        if several and self._strip is not None:
            self._strip.show(self._outputs, self._index)

    def on_frame_chosen(self, message: Frame.Chosen) -> None:
        """A small picture was clicked."""
        message.stop()
        self.turn(message.place - self._index)

    def _place(self) -> str:
        """Which output is shown; what it is, when it is no picture that was asked for."""
        count = len(self._outputs)
        if count < 2:
            return ""
        extra = excerpt(self._extras.get(self._outputs[self._index].index, ""), EXTRA_LETTERS)
        return f"{extra} ◂ {self._index + 1} of {count} ▸".lstrip()

    def _draw(self) -> LookedAt:
        if not self._has_picture:
            self._has_picture = True
            self.add_class("-drawn")
        return self.picture

    def _nothing(self, words: Content) -> None:
        if self._has_picture:
            self._has_picture = False
            self.remove_class("-drawn", "-several")
            self.picture.show(None, ident="", live=False)
        self._say(words)

    def _say(self, words: Content) -> None:
        self.query_one(".words", Static).update(words)

    def on_looked_at_moved(self, message: Message) -> None:
        """Other keys can do something now."""
        message.stop()
        self.screen.refresh_bindings()

    def generation(self) -> Summary | None:
        """The one that is shown."""
        return self._summary

    def output_index(self) -> int:
        """Which of its outputs is shown: its place within the generation, where extras may come first."""
        return self._outputs[self._index].index if self._outputs else 0

    def looked_at(self) -> LookedAt | None:
        """The picture, while there is one."""
        return self._picture if self._has_picture else None

    def turn(self, by: int) -> None:
        """Another output of a batch."""
        if len(self._outputs) > 1:
            self._index = (self._index + by) % len(self._outputs)
            self._draw_output()

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now."""
        if action in ZOOMS and not self._has_picture:
            return "There is no picture yet"
        turns = action in TURNS or (action in MOVES and not self.is_part)
        if turns and len(self._outputs) < 2:
            return "There is only one picture" if self._outputs else "There is no picture yet"
        return super().why_not(action)


def _why(summary: Summary) -> Content:
    """Why a generation has no picture, in its own words."""
    titles = {Status.CANCELLED: "Cancelled", Status.COMPLETE: "It made no picture"}
    reason = summary.reason
    title = reason.title if reason else titles.get(summary.status, str(summary.status).capitalize())
    tone = "$text-error" if summary.status is Status.FAILED else "$foreground"
    lines = [Content.styled(title, tone)]
    if reason is not None:
        lines += [
            Content.styled(part, "$quiet") for part in dict.fromkeys((reason.detail, reason.hint)) if part
        ]
    return Content("\n").join(lines)
