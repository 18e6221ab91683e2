"""How pictures are drawn just now, and their way to the terminal.

Little is imported here: the first frame needs to know how pictures are drawn, and shows none.
"""

from __future__ import annotations

import os
import sys
from math import inf
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.signal import Signal

from darkroom.terminal.first import at_first
from darkroom.terminal.protocol import Choice, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.app import App

    from darkroom.app.graphics.asking import Asking
    from darkroom.app.graphics.driver import GraphicsDriver
    from darkroom.app.graphics.output import Answers
    from darkroom.app.graphics.payload import Payload
    from darkroom.app.graphics.sending import Sending
    from darkroom.images.encoded import EncodedCache
    from darkroom.terminal.evidence import Evidence
    from darkroom.terminal.levels import Level

SETTINGS = ("auto", "kitty", "sixel", "half", "none")
"""What the setting `images` may be, in the order in which the key goes through it."""


def kernel_cell() -> tuple[int, int] | None:
    """Size of a cell in pixels as the kernel has it; `None` where the terminal did not tell it."""
    from darkroom.terminal.cells import cell_size

    streams = (sys.__stderr__, sys.__stdin__, sys.__stdout__)
    sizes = (cell_size(stream.fileno()) for stream in streams if stream is not None)
    return next((size for size in sizes if size is not None), None)


class Graphics:
    """One for each program: there is one terminal.

    Without a driver of ours (in tests, and before `begin`) everything counts as sent, and nothing is.

    Attributes:
        changed: Published, with the choice, when pictures have to be drawn anew: another way, or terminal.
        choice: How they are drawn, and why.
        evidence: What the choice rests on; `None` before the terminal has answered.
        encoded: Where encoded pictures are kept from one start to the next; `None` for nowhere.
    """

    def __init__(self, app: App[Any]) -> None:
        """Half blocks, until `use` says otherwise or the terminal has answered."""
        self._app = app
        self._is_lent = False
        self._setting = "half"
        self._asking: Asking | None = None
        self._driver: GraphicsDriver | None = None
        self._sending: Sending | None = None
        self._headless_number = 0
        self.changed: Signal[Choice] = Signal(app, "graphics")
        self.evidence: Evidence | None = None
        self.encoded: EncodedCache | None = None
        self.choice = self._chosen()

    def begin(self) -> None:
        """Asks the terminal what it can do, now and whenever that may have changed; the first call counts."""
        if sys.platform == "win32":
            return
        # After the first frame; and the driver's module is not for Windows.
        from darkroom.app.graphics.asking import Asking
        from darkroom.app.graphics.driver import GraphicsDriver
        from darkroom.app.graphics.sending import Sending

        driver = self._app._driver
        if self._driver is not None or not isinstance(driver, GraphicsDriver):
            return
        self._driver = driver
        self._sending = Sending(driver.output, tmux=self.choice.tmux)
        driver.parting = self._part
        self._app.app_resume_signal.subscribe(self._app, self._came_back, immediate=True)
        self._asking = Asking(self._app, driver, self._sending, kernel_cell, self._learned)
        self._asking.ask()

    def ask_again(self) -> None:
        """Something was changed that may be a sign of another terminal: a new size, the focus."""
        if self._asking is not None:
            self._asking.ask()

    # What is known

    def use(self, setting: str) -> None:
        """Draws pictures as the setting says, as far as is known by now."""
        self._setting = setting
        self._choose()

    def cycle(self) -> Choice:
        """Goes on to the next value of the setting `images`, until the program ends."""
        at = SETTINGS.index(self._setting) if self._setting in SETTINGS else 0
        self.use(SETTINGS[(at + 1) % len(SETTINGS)])
        return self.choice

    def _learned(self, evidence: Evidence, *, anew: bool) -> None:
        """The terminal has answered; `anew`: it is another one, which has none of our pictures."""
        self.evidence = evidence
        if self._driver is not None:
            self._driver.is_mute = evidence.attributes is None
        self._choose(anew=anew)

    def _chosen(self) -> Choice:
        if self.evidence is None:
            return at_first(self._setting, os.environ, self._app.console.color_system == "truecolor")
        from darkroom.terminal.decide import decide

        return decide(self._setting, self.evidence)

    def _choose(self, *, anew: bool = False) -> None:
        before, self.choice = self.choice, self._chosen()
        if self._driver is not None and self._sending is not None:
            self._driver.expect(self._answers())
            self._sending.tmux = self.choice.tmux
        if anew or before._replace(reason="", remedy="") != self.choice._replace(reason="", remedy=""):
            self.changed.publish(self.choice)

    def _answers(self) -> Answers:
        """What the terminal answers while pictures are sent. tmux answers for itself, but for pictures."""
        from darkroom.app.graphics.output import Answers

        if self.evidence is None or self.evidence.attributes is None:
            return Answers.NONE
        is_kitty = self.choice.protocol is Protocol.KITTY
        return Answers.PICTURE if self.choice.tmux and is_kitty else Answers.POSITION

    @property
    def protocol(self) -> Protocol:
        """How pictures are drawn: what was chosen, or half blocks where that could only show something wrong.

        Placeholders need their colour unchanged, so 256 colours at least; sixels need the size of a cell.
        """
        wanted, app = self.choice.protocol, self._app
        if app.is_headless:
            return wanted
        if wanted is Protocol.KITTY and (
            app.no_color or app.console.color_system not in ("256", "truecolor")
        ):
            return Protocol.HALF
        if wanted is Protocol.SIXEL and self._known_cell() is None:
            return Protocol.HALF
        return wanted

    @property
    def cell_px(self) -> tuple[int, int]:
        """Size of a cell in pixels, asked anew each time: a window may move to another display."""
        from darkroom.terminal.cells import DEFAULT_CELL

        return self._known_cell() or DEFAULT_CELL

    @property
    def colours(self) -> ColorSystem:
        """What Textual writes colours as."""
        return COLOR_SYSTEMS.get(self._app.console.color_system or "", ColorSystem.TRUECOLOR)

    @property
    def is_lent(self) -> bool:
        """Whether the screen is another program's just now."""
        return self._is_lent

    def _known_cell(self) -> tuple[int, int] | None:
        if self._app.is_headless:
            return None
        return kernel_cell() or (self.evidence.cell_px if self.evidence is not None else None)

    # The line

    @property
    def rate(self) -> float:
        """Bytes a second that the line carries; a low guess before it was measured."""
        return inf if self._sending is None else self._sending.output.rate

    def level(
        self, protocol: Protocol, size_px: tuple[int, int], *, live: bool, now: Level | None = None
    ) -> Level:
        """How good a picture the line affords.

        Args:
            protocol: How it is drawn.
            size_px: Of the cells that it fills.
            live: A frame of many; else one that stays.
            now: The level of the frame before.
        """
        from darkroom.terminal.levels import FINAL_S, LIVE_S, affordable

        seconds = LIVE_S if live else FINAL_S
        return affordable(protocol, size_px[0] * size_px[1], self.rate * seconds, now=now)

    async def ready(self) -> None:
        """Returns when the terminal has read all text that was written: then it is time for more of it."""
        if self._sending is not None and not self._is_lent:
            await self._sending.ready()

    async def may_ask(self, *, live: bool) -> bool:
        """Whether a picture may ask the terminal to say that it came."""
        return self._sending is not None and not self._is_lent and await self._sending.may_ask(live=live)

    async def deliver(self, owner: Hashable, payload: Payload) -> bool:
        """Sends a picture when it is its turn and the line has room.

        Of one owner only the newest picture is sent that was not begun yet.

        Returns:
            Whether all of it was written; false when a newer one took its place, or the screen was lent.
        """
        if self._is_lent or self._sending is None:
            return not self._is_lent
        return await self._sending.deliver(owner, payload)

    # What the terminal keeps

    def take(self) -> int:
        """A number for a kitty picture that will be sent."""
        if self._sending is not None:
            return self._sending.take()
        self._headless_number += 1
        return self._headless_number

    def delete(self, number: int) -> None:
        """Deletes a picture in the terminal, after what is being sent."""
        if self._sending is not None:
            self._sending.delete(number)

    def _part(self) -> str:
        """The screen is given back: the sequences that delete everything."""
        self._is_lent = True
        return self._sending.parting() if self._sending is not None else ""

    def _came_back(self, _app: App[Any]) -> None:
        """The screen is ours again, perhaps in another terminal."""
        self._is_lent = False
        if self._sending is not None and self._driver is not None:
            self._sending.output = self._driver.output
        self.changed.publish(self.choice)
        self.ask_again()


_OF: WeakKeyDictionary[App[Any], Graphics] = WeakKeyDictionary()


def graphics_of(app: App[Any]) -> Graphics:
    """The graphics of a program; made when they are first asked for."""
    found = _OF.get(app)
    if found is None:
        found = _OF[app] = Graphics(app)
    return found
