"""How pictures are drawn just now, and their way to the terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.signal import Signal

from darkroom.app.graphics.output import STRING_END, Answers, Job
from darkroom.terminal import kitty
from darkroom.terminal.cells import DEFAULT_CELL, cell_size
from darkroom.terminal.decide import at_first, decide
from darkroom.terminal.evidence import Evidence
from darkroom.terminal.flow import FIRST_RATE
from darkroom.terminal.levels import FINAL_S, LIVE_S, Level, affordable
from darkroom.terminal.protocol import Choice, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.app import App

    from darkroom.app.graphics.asking import Asking
    from darkroom.app.graphics.driver import GraphicsDriver
    from darkroom.app.graphics.output import Output

SETTINGS = ("auto", "kitty", "sixel", "half", "none")
"""What the setting `images` may be, in the order in which the key goes through it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What is written to the terminal to show a picture, or to prepare that.

    Attributes:
        pieces: Written in this order; text may come between them.
        whole: Nothing may come between them: a sixel.
    """

    pieces: tuple[str, ...]
    whole: bool = False


def kernel_cell() -> tuple[int, int] | None:
    """Size of a cell in pixels as the kernel has it; `None` where the terminal did not tell it."""
    streams = (sys.__stderr__, sys.__stdin__, sys.__stdout__)
    sizes = (cell_size(stream.fileno()) for stream in streams if stream is not None)
    return next((size for size in sizes if size is not None), None)


class Graphics:
    """One for each program: there is one terminal.

    Attributes:
        changed: Published, with the choice, when pictures have to be drawn anew: another way, or terminal.
        evidence: What the choice rests on.
    """

    def __init__(self, app: App[Any]) -> None:
        """Half blocks, until `use` or `learned` says otherwise."""
        self._app = app
        self._ids = kitty.Ids()
        self._kept: set[int] = set()
        self._jobs: dict[Hashable, Job] = {}
        self._is_lent = False
        self._setting = "half"
        self._has_asked = False
        self._asking: Asking | None = None
        self._driver: GraphicsDriver | None = None
        self.changed: Signal[Choice] = Signal(app, "graphics")
        self.evidence = Evidence()
        self.choice = self._chosen()

    def begin(self) -> None:
        """Asks the terminal what it can do, now and whenever that may have changed; the first call counts."""
        if sys.platform == "win32":
            return
        # After the first frame; and the driver's module is not for Windows.
        from darkroom.app.graphics.asking import Asking
        from darkroom.app.graphics.driver import GraphicsDriver

        driver = self._app._driver
        if self._driver is not None or not isinstance(driver, GraphicsDriver):
            return
        self._driver = driver
        driver.parting = self._part
        self._app.app_resume_signal.subscribe(self._app, self._came_back, immediate=True)
        self._asking = Asking(self._app, driver, kernel_cell, self._learned)
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
        self.evidence, self._has_asked = evidence, True
        self._choose(anew=anew)

    def _chosen(self) -> Choice:
        if self._has_asked:
            return decide(self._setting, self.evidence)
        return at_first(self._setting, os.environ, self._app.console.color_system == "truecolor")

    def _choose(self, *, anew: bool = False) -> None:
        before, self.choice = self.choice, self._chosen()
        if self._driver is not None:
            self._driver.expect(self._answers())
        if anew or before._replace(reason="", remedy="") != self.choice._replace(reason="", remedy=""):
            self.changed.publish(self.choice)

    def _answers(self) -> Answers:
        """What the terminal answers while pictures are sent. tmux answers for itself, but for pictures."""
        if self.choice.tmux and self.choice.protocol is Protocol.KITTY and self.evidence.wrapped:
            return Answers.PICTURE
        return Answers.NONE if self.evidence.attributes is None else Answers.POSITION

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
        return kernel_cell() or self.evidence.cell_px

    # The line

    @property
    def _output(self) -> Output | None:
        return None if self._driver is None else self._driver.output

    @property
    def rate(self) -> float:
        """Bytes a second that the line carries; a low guess before it was measured."""
        output = self._output
        if output is None:
            return inf if self._app.is_headless else FIRST_RATE
        return output.rate

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
        seconds = LIVE_S if live else FINAL_S
        return affordable(protocol, size_px[0] * size_px[1], self.rate * seconds, now=now)

    async def ready(self) -> None:
        """Returns when the terminal has read all text that was written: then it is time for more of it."""
        output = self._output
        if output is None or self._is_lent:
            return
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        output.when_read(lambda: _tell(loop, done, True))
        await done

    async def deliver(self, owner: Hashable, payload: Payload) -> bool:
        """Sends a picture when it is its turn and the line has room.

        Of one owner only the newest picture is sent that was not begun yet.

        Returns:
            Whether all of it was written; false when a newer one took its place, or the screen was lent.
        """
        output = self._output
        if self._is_lent:
            return False
        if output is None:
            return True
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()

        broken = STRING_END if payload.whole else kitty.ABORT
        job = Job(
            payload.pieces,
            lambda written: _tell(loop, done, written),
            whole=payload.whole,
            broken=broken,
            answered=True,
        )
        if (before := self._jobs.get(owner)) is not None:
            output.withdraw(before)
        self._jobs[owner] = job
        output.submit(job)
        try:
            return await done
        except asyncio.CancelledError:
            output.withdraw(job)
            raise
        finally:
            if self._jobs.get(owner) is job:
                del self._jobs[owner]

    @property
    def wants_answers(self) -> bool:
        """Whether a kitty picture must ask the terminal to say that it came."""
        output = self._output
        return output is not None and output.answers is Answers.PICTURE

    # What the terminal keeps

    def take(self) -> int:
        """A number for a kitty picture that will be sent."""
        number = self._ids.take()
        self._kept.add(number)
        return number

    def delete(self, number: int) -> None:
        """Deletes a picture in the terminal, after what is being sent: commands must not be mixed."""
        if number not in self._kept:
            return
        output = self._output
        if output is not None and not self._is_lent:
            output.submit(Job((kitty.delete(number, tmux=self.choice.tmux),), _unheard))
        self._kept.discard(number)
        self._ids.give_back(number)

    def _part(self) -> str:
        """The screen is given back: the sequences that delete everything."""
        self._is_lent = True
        numbers, self._kept = sorted(self._kept), set()
        for number in numbers:
            self._ids.give_back(number)
        return "".join(kitty.delete(number, tmux=self.choice.tmux) for number in numbers)

    def _came_back(self, _app: App[Any]) -> None:
        """The screen is ours again, perhaps in another terminal."""
        self._is_lent = False
        self.changed.publish(self.choice)
        self.ask_again()


def _unheard(_written: bool) -> None:
    """Nobody waits for it."""


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Future[bool], written: bool) -> None:
    """From any thread; the program may have ended by then."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_resolve, done, written)


def _resolve(done: asyncio.Future[bool], written: bool) -> None:
    if not done.done():
        done.set_result(written)


_OF: WeakKeyDictionary[App[Any], Graphics] = WeakKeyDictionary()


def graphics_of(app: App[Any]) -> Graphics:
    """The graphics of a program; made when they are first asked for."""
    found = _OF.get(app)
    if found is None:
        found = _OF[app] = Graphics(app)
    return found
