"""The driver: Textual's for Linux and macOS, but answers are no keys, and its output is paced."""

from __future__ import annotations

import codecs
import os
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from darkroom.app.graphics.output import Answers, Output
from darkroom.app.hangup import Outlasting
from darkroom.terminal import kitty
from darkroom.terminal.replies import Filter, Graphics, Position, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

LAST_ANSWERS_S = 2.0
"""How long the last answer is waited for at the end, so that none becomes the shell's input."""

PICTURE_ANSWER_S = 0.2
"""The same for that of a picture behind tmux, which tmux's own answers do not wait for."""

READ_BYTES = 4096

LOOK_S = 0.1
"""How often the parser is asked what a lone Escape was, as Textual does."""


class GraphicsDriver(LinuxDriver):
    """Text before pictures, answers apart from keys, and nothing left behind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.answers = Answers.NONE
        self.is_mute = False
        """The terminal was asked, and answers nothing."""
        self.is_asked = False
        """Answers are on their way, beside those that the output asks for."""
        self._alarm: int | None = None
        self._file = cast("Any", Outlasting(cast("Any", self._file)))
        self.output = self._made_output()
        self.heard: Callable[[Reply], None] = lambda _reply: None
        """Is told, in the thread that reads, what the terminal answers."""
        self.parting: Callable[[], str] = lambda: ""
        """What is written last, before the screen is given back."""

    def _made_output(self) -> Output:
        return Output(cast("Any", self._file), self.answers)

    def start_application_mode(self) -> None:
        """Takes the terminal."""
        self.output = self._made_output()
        self.output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's own

    def write(self, data: str) -> None:
        """Hands text to the output; returns at once. Rows of placeholders are made short."""
        self.output.write(kitty.shortened(data))

    def expect(self, answers: Answers) -> None:
        """Says what the terminal answers."""
        self.answers = answers
        self.output.expect(answers)

    def stop_application_mode(self) -> None:
        """Gives the terminal back as it was: no picture, and no answer that the shell would read."""
        if not self.output.is_alive():
            return
        self.output.break_off()
        if last := self.parting():
            self.output.write(last)
        self._hear_out()
        self.output.expect(Answers.NONE)
        super().stop_application_mode()

    def _hear_out(self) -> None:
        """Waits for all that was asked, by whomever: a last question is answered after all others."""
        self.output.wait_for_answers(PICTURE_ANSWER_S if self.answers is Answers.PICTURE else 0)
        if not self.is_mute and os.isatty(self.fileno):
            self.output.expect(Answers.POSITION)
            self.output.when_read(lambda: None)
            self.output.wait_for_answers(LAST_ANSWERS_S)

    def disable_input(self) -> None:
        """As the base class, but the thread that reads is woken: it looks for itself ten times a second."""
        if (alarm := self._alarm) is not None:
            with suppress(OSError):
                os.write(alarm, b"!")
        super().disable_input()

    def close(self) -> None:
        """Returns when everything was written."""
        if self.output.is_alive():
            self.output.stop()
        super().close()

    def run_input_thread(self) -> None:
        """As the base class, with answers taken out before its parser sees them."""
        parser = XTermParser(self._debug)
        keys = Filter(
            self._take,
            lambda: self.output.expects,
            time.monotonic,
            expects_any=lambda: self.is_asked or self.output.expects,
        )
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode

        def press(text: str) -> None:
            for event in parser.feed(text) if text else ():
                self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

        woken, self._alarm = os.pipe()
        try:
            while not self.exit_event.is_set():
                wait_s = keys.wait_s
                timeout_s = LOOK_S if wait_s is None else min(wait_s, LOOK_S)
                if self.fileno in select.select([self.fileno, woken], [], [], timeout_s)[0]:
                    if not (data := self._read()):
                        break  # the terminal is gone; `hangup` sees to it
                    press(keys.feed(decode(data)))
                press(keys.tick())
        finally:
            alarm, self._alarm = self._alarm, None
            os.close(alarm)
            os.close(woken)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Position):
            self.output.answered()
            return
        if isinstance(reply, Graphics) and self.answers is Answers.PICTURE and reply.number:
            self.output.answered()
        self.heard(reply)
