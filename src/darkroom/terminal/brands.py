"""Names and versions of terminals, from what they answer to XTVERSION."""

from __future__ import annotations

import re
from dataclasses import dataclass

from darkroom.domain.text import excerpt

_ANSWER = re.compile(r"(?P<name>[A-Za-z][\w .-]*?)[ (/]+v?(?P<version>\d+(?:\.\d+)*)(?P<letter>[a-z]?\b)")

_NUMBERS = re.compile(r"(\d{1,9})\.(\d{1,9})")

PLACEHOLDERS = {"kitty": (0, 28), "ghostty": (1, 0)}
"""From which version on a terminal draws kitty's placeholders. Others answer OK to kitty's query and show
boxes (wezterm, konsole, iTerm2), and so did kitty 0.26, seen.

Source: kitty, docs/changelog.rst, 0.28.0; ghostty, 1.0 release notes.
"""

KEEPS_SIXELS = ("konsole",)
"""Terminals that keep a sixel on the screen when tmux clears its cells.

Source: konsole 25.04 behind tmux 3.5a, seen in other windows of tmux, and after the program's end.
"""

WIDENS_SIXELS = ("konsole",)
"""Terminals that clear one column of cells more than a sixel is wide, to their own ground.

Source: konsole 25.04, seen with widths of 69, 70 and 71 pixels and cells of 7.
"""

LARGEST_SIXEL_PX = {"xterm": 1000}
"""Width and height beyond which a terminal cuts a sixel off.

Source: xterm(1), maxGraphicSize, 1000x1000 unless somebody set it; seen with xterm 398.
"""

MULTIPLEXERS = ("tmux", "screen", "zellij")


@dataclass(frozen=True, slots=True)
class Brand:
    """Who answered.

    Attributes:
        name: As it calls itself, safe to print; "" when nobody did.
        version: Its numbers, () when it tells none.
        words: Name and version as people write them, safe to print; "" when nobody answered.
    """

    name: str = ""
    version: tuple[int, ...] = ()
    words: str = ""

    def __str__(self) -> str:
        return self.words

    @property
    def is_multiplexer(self) -> bool:
        """It is no terminal, but stands before one, of which it hides all but what it understands."""
        return self.name.lower() in MULTIPLEXERS

    @property
    def keeps_sixels(self) -> bool:
        """Its sixels outlive what tmux does to be rid of them."""
        return self.name.lower() in KEEPS_SIXELS

    @property
    def widens_sixels(self) -> bool:
        """The cells to the right of a sixel have to be painted again."""
        return self.name.lower() in WIDENS_SIXELS

    @property
    def largest_sixel_px(self) -> int | None:
        """Most pixels of a sixel's side; `None` where no limit is known."""
        return LARGEST_SIXEL_PX.get(self.name.lower())

    @property
    def may_draw_placeholders(self) -> bool:
        """Some version of it does."""
        return self.name.lower() in PLACEHOLDERS

    @property
    def draws_placeholders(self) -> bool:
        """This version does."""
        least = PLACEHOLDERS.get(self.name.lower())
        return least is not None and self.version >= least


def brand(answer: str) -> Brand:
    """Who answered XTVERSION with `answer`, as "kitty(0.41.1)", "tmux 3.5a" or "Konsole 25.04.0"."""
    answer = excerpt(answer, 80)
    match = _ANSWER.match(answer)
    if match is None:
        return Brand(answer.partition(" ")[0], words=answer)
    numbers = tuple(int(number[:9]) for number in match["version"].split(".")[:4])
    return Brand(match["name"], numbers, f"{match['name']} {match['version']}{match['letter']}")


def release(version: str) -> tuple[int, int] | None:
    """The first two numbers of a version of tmux: "3.5a", "next-3.6"; `None` when it has none ("master")."""
    match = _NUMBERS.search(version)
    return (int(match[1]), int(match[2])) if match else None
