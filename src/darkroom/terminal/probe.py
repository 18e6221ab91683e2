"""The questions to the terminal, and what its answers make known. Without input and output of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.text import excerpt
from darkroom.terminal.brands import brand
from darkroom.terminal.evidence import Evidence, spoken
from darkroom.terminal.replies import Attributes, CellSize, Graphics, Version
from darkroom.terminal.surroundings import Place, place
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.terminal.evidence import Client
    from darkroom.terminal.replies import Reply

DEADLINE_S = 3.0
"""What was not answered by then is not waited for. A line around the world needs half a second."""

NAME_QUERY = "\x1b[>q"
"""Source: xterm, ctlseqs, XTVERSION. Terminals that do not know it ignore it, being a CSI sequence."""

CELL_QUERY = "\x1b[16t"
"""Source: xterm, ctlseqs, XTWINOPS 16."""

END_QUERY = "\x1b[c"
"""Every terminal answers it, and in its turn: what was not answered before never will be.

Source: DEC STD 070, DA1; kitty, docs/graphics-protocol.rst, "Querying support".
"""

QUERY_NUMBER = 17490
"""Its bits 8 to 23 are not 0, as those of no picture's number are (`kitty.Ids`)."""

KITTY_QUERY = f"\x1b_Gi={QUERY_NUMBER},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
"""A picture of one pixel that is not kept. Source: kitty, docs/graphics-protocol.rst, "Querying support".

It is sent only to what calls itself kitty or ghostty, since no other's answer would count. Others are done
harm: tmux takes it for the pane's title, and some apps print it (termux-app#4155, herdr#1104).
"""


class Probe:
    """One round of questions. Not for several threads.

    Write `questions`, hand over each reply, write what `follow_up` then has to ask, until `is_done` or until
    `deadline_s` has passed; `evidence` is right at any time.
    """

    deadline_s = DEADLINE_S

    def __init__(self, environ: Mapping[str, str], truecolor: bool, clock: Callable[[], float]) -> None:
        """Asks nothing yet.

        Args:
            environ: The environment of the process.
            truecolor: Whether the program writes 24-bit colours.
            clock: Gives seconds that never go back.
        """
        self._environ = spoken(environ)
        self._truecolor = truecolor
        self._clock = clock
        self._began = clock()
        self._is_wrapped = False
        self._was_asked = False
        self._version = ""
        self._graphics: bool | None = None
        self._attributes: tuple[int, ...] | None = None
        self._cell_px: tuple[int, int] | None = None
        self._after_s: float | None = None
        self._answers: list[tuple[float, str]] = []
        self._place = place(environ)

    def questions(self, client: Client | None = None) -> str:
        """What is written to the terminal first; "" where asking would do harm or change nothing.

        Args:
            client: What tmux says, inside tmux.
        """
        self._began = self._clock()
        if not self._place.is_askable:
            return ""
        kitty = ""
        if self._place is Place.TMUX:
            self._is_wrapped = client is not None and can_be_asked(client)
            kitty = passthrough(KITTY_QUERY) if self._is_wrapped else ""
        elif self._place is Place.PLAIN and self._environ["TERM"] in ("xterm-kitty", "xterm-ghostty"):
            kitty = KITTY_QUERY
        self._was_asked = bool(kitty)
        return NAME_QUERY + kitty + CELL_QUERY + END_QUERY

    def follow_up(self) -> str:
        """What is asked next, now that the terminal told its name; "" as a rule, and after the first time.

        It matters to a kitty or ghostty that does not show by TERM, or was opened from within tmux.
        """
        was_asked_plainly = self._was_asked and not self._is_wrapped
        if was_asked_plainly or self._attributes is None or not brand(self._version).may_draw_placeholders:
            return ""
        self._was_asked, self._is_wrapped = True, False
        self._graphics = self._attributes = self._after_s = None
        return KITTY_QUERY + END_QUERY

    def hear(self, reply: Reply) -> None:
        """Takes an answer; one to other questions is passed over."""
        match reply:
            case Version(text):
                self._version = excerpt(text, 80)
                self._note(f"name: {self._version}")
            case Graphics(number, message) if number == QUERY_NUMBER:
                self._graphics = reply.ok
                self._note(f"kitty's graphics{' through tmux' * self._is_wrapped}: {excerpt(message, 80)}")
            case CellSize(width, height) if width and height:
                self._cell_px = width, height
                self._note(f"cell: {width}x{height}")
            case Attributes(codes):
                self._attributes = codes
                self._after_s = self._clock() - self._began
                self._note(f"attributes: {';'.join(map(str, codes)) or 'none'}")
            case _:
                pass

    @property
    def is_done(self) -> bool:
        """Nothing more will be answered, as far as can be known.

        tmux answers the end mark itself: what was asked of the terminal behind it is waited for beside it.
        """
        if not self._place.is_askable:
            return True
        return self._attributes is not None and not (self._is_wrapped and self._graphics is None)

    def evidence(self, client: Client | None = None, *, cell_px: tuple[int, int] | None = None) -> Evidence:
        """What is known now.

        Args:
            client: What tmux says, inside tmux.
            cell_px: Size of a cell as the kernel has it (`cells.cell_size`); the terminal's own word, and
                tmux's, go first.
        """
        known = self._cell_px or (client.cell_px if client else None) or cell_px
        return Evidence(
            environ=self._environ,
            truecolor=self._truecolor,
            version=self._version,
            graphics=None if self._is_wrapped else self._graphics,
            attributes=self._attributes,
            cell_px=known,
            client=client,
            wrapped=self._graphics if self._is_wrapped else None,
            after_s=self._after_s,
            answers=tuple(self._answers),
        )

    def _note(self, words: str) -> None:
        self._answers.append((self._clock() - self._began, words))


def can_be_asked(client: Client) -> bool:
    """Whether the terminal behind tmux can be asked for kitty's graphics, wrapped.

    Every terminal that shows the pane gets the question, and its answer is typed into the pane that has
    its keys; so all must know the question, and that pane must be ours.
    """
    clients = (client, *client.others)
    knowing = all(brand(each.termtype).draws_placeholders for each in clients)
    return knowing and client.count > 0 and client.passes and client.in_front
