"""What is done in a terminal, step by step, and what has to be seen then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tests.terminals.home import REFERENCE
from tests.terminals.kit import pause, typed
from tests.terminals.layout import DIALOG, HISTORY, PREVIEW, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terminals.ways import Case

MADE = -1
"""The picture that was made while the program was watched."""

OLDEST = 0

COLUMNS, LINES = 150, 44
"""Of the window: everything side by side."""

MEDIUM = 144, 40
NARROW = 90, 28
"""One pane at a time."""

AWAY_S = 5.0
"""How long a client of tmux stays away."""


class Sees(Enum):
    """What has to be on the screen."""

    PICTURE = "picture"
    DIMMED = "dimmed"
    """A picture under a dialog."""
    PREVIEW = "preview"
    """A picture in the making: like the one that it becomes, and not yet that one."""
    TEXT = "text"
    """The program without a picture, and nothing left of one."""
    SHELL = "shell"
    """The program is not there, and nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A screenshot.

    Attributes:
        name: Unique within a script.
        column: Of the table; several steps can share one.
        keys: What is done before, in the kit's words.
        wait_s: How long what is done may take to be seen.
        view: The program's window and what is shown in it.
        sees: What the screen has to show.
        picture: Number of the picture in the home, or `MADE`.
        second: It is of a second terminal, which attached after the screenshot `BEFORE_SECOND`.
    """

    name: str
    column: str
    keys: tuple[str, ...]
    wait_s: float
    view: View
    sees: Sees = Sees.PICTURE
    picture: int = REFERENCE
    second: bool = False

    @property
    def shot(self) -> str:
        """Name of the screenshot."""
        return f"{self.name.replace(' ', '-')}.png"

    @property
    def file(self) -> str:
        """The screenshot within the folder of its case."""
        return f"second/{self.shot}" if self.second else self.shot


COLUMNS_OF_TABLE = (
    "first paint", "scroll", "modal", "preview", "final", "resize", "tab",
    "split", "window", "attach", "second client", "suspend", "exit",
)  # fmt: skip

BEFORE_SECOND = "attached again"
"""A second terminal attaches when this screenshot was taken."""

SECOND_S, STARTS_S = 8.0, 5.0
"""How long after its start the second terminal is looked at, and how long that start may take."""

BEFORE_SUSPENDING = "before suspending"
"""The program is stopped when this screenshot was taken."""


def tmux(command: str) -> tuple[str, ...]:
    """Steps that give tmux a command."""
    return ("key:ctrl+b", "key:colon", typed(command), "key:Return")


def alt(digit: int, case: Case) -> str:
    """The step that presses alt and a digit, where no text has the focus.

    xterm sends another character for it, unless it is asked not to. The program asks, but tmux hands that on
    to nobody; the digit alone does the same there.
    """
    return f"key:{digit}" if case.terminal == "xterm" and case.way.tmux else f"key:alt+{digit}"


def script(case: Case, patience: float) -> list[Step]:
    """All steps of one terminal.

    Args:
        case: Which terminal, reached how.
        patience: How many times longer than usual everything may take.
    """
    taken = 1 if case.way.tmux else 0  # tmux has a line of its own
    wide = View(COLUMNS, LINES - taken)
    return [
        *_looking(wide),
        *_making(wide),
        *_resizing(wide, taken, case),
        *(_in_tmux(wide, patience) if case.way.tmux else ()),
        # The second terminal stays until the first was looked at, and is gone before that is suspended.
        *_leaving(wide, STARTS_S + 3 if case.way.tmux else 0),
    ]


def _looking(wide: View) -> Iterator[Step]:
    start = (pause(0.5), typed("program"), "key:Return")
    yield Step("first paint", "first paint", start, 5, wide)
    # From the prompt, where a digit would be typed, over the picture to the history.
    yield Step("scroll to the oldest", "scroll", ("key:F6", "key:F6", "key:End"), 1.8, wide, picture=OLDEST)
    yield Step("scroll back", "scroll", ("key:Home",), 1.8, wide)
    under = View(wide.columns, wide.lines, DIALOG)
    yield Step("modal", "modal", ("key:F9",), 1.5, under, Sees.DIMMED)
    yield Step("modal closed", "modal", ("key:Escape",), 2, wide)


def _making(wide: View) -> Iterator[Step]:
    yield Step("preview", "preview", ("key:ctrl+g",), 5, wide, Sees.PREVIEW, MADE)
    yield Step("final", "final", (), 5, wide, picture=MADE)


def _resizing(wide: View, taken: int, case: Case) -> Iterator[Step]:
    medium = View(MEDIUM[0], MEDIUM[1] - taken)
    narrow = View(NARROW[0], NARROW[1] - taken, PREVIEW)
    listed = View(narrow.columns, narrow.lines, HISTORY)
    to = "resize:{}x{}".format
    yield Step("resized", "resize", (to(*MEDIUM),), 1.8, medium, picture=MADE)
    yield Step("tab without picture", "tab", (to(*NARROW), pause(0.3), alt(4, case)), 1.5, listed, Sees.TEXT)
    yield Step("tab with picture", "tab", (alt(3, case),), 2, narrow, picture=MADE)
    yield Step("resized back", "resize", (to(COLUMNS, LINES),), 2, wide, picture=MADE)


def _in_tmux(wide: View, patience: float) -> Iterator[Step]:
    # Half of what is there without the line between the panes; an odd line goes to the upper one.
    upper = View(wide.columns, wide.lines - 1 - (wide.lines - 1) // 2)
    away = f"sleep {AWAY_S * patience:.1f}; exec tmux -S #{{socket_path}} attach"
    detach = tmux(f"run-shell \"tmux detach-client -E '{away}'\"")
    yield Step("split", "split", tmux("split-window -v"), 2, upper, picture=MADE)
    yield Step("split closed", "split", tmux("kill-pane"), 2, wide, picture=MADE)
    yield Step("another window", "window", tmux("new-window"), 1.5, wide, Sees.SHELL)
    yield Step("window back", "window", tmux("last-window"), 2, wide, picture=MADE)
    yield Step("detached", "attach", detach, 2.5, wide, Sees.SHELL)
    yield Step(BEFORE_SECOND, "attach", (), AWAY_S + 3, wide, picture=MADE)
    yield Step("beside a second client", "second client", (), SECOND_S + STARTS_S, wide, picture=MADE)
    yield Step("the second client", "second client", (), 0, wide, picture=MADE, second=True)


def _leaving(wide: View, after_s: float) -> Iterator[Step]:
    yield Step(BEFORE_SUSPENDING, "suspend", (), 0.2 + after_s, wide, picture=MADE)
    yield Step("suspended", "suspend", (), 1.5, wide, Sees.SHELL)
    yield Step("resumed", "suspend", (typed("fg"), "key:Return"), 3, wide, picture=MADE)
    yield Step("exit", "exit", ("key:F10",), 2, wide, Sees.SHELL)


def kit_steps(steps: list[Step], patience: float) -> list[str]:
    """The whole script in the kit's words."""
    found: list[str] = []
    for step in steps:
        if step.second:
            continue
        found += [*step.keys, pause(step.wait_s * patience), f"shot:{step.shot}"]
    return [*found, pause(0.1)]
