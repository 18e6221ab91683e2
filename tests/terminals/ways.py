"""The terminals, and the ways from the program to them."""

from __future__ import annotations

from dataclasses import dataclass

TERMINALS = ("xterm", "kitty", "foot", "konsole")


@dataclass(frozen=True, slots=True)
class Way:
    """How the program reaches the terminal.

    Attributes:
        name: As it is written in the table.
        ssh: Over the network.
        tmux: In tmux 3.5a: "" for none, "default" for its own configuration, "passthrough" with
            `allow-passthrough on`.
    """

    name: str
    ssh: bool = False
    tmux: str = ""

    def options(self) -> list[str]:
        """What the kit is told."""
        tmux = {"": [], "default": ["--tmux"], "passthrough": ["--tmux=passthrough"]}[self.tmux]
        return (["--ssh"] if self.ssh else []) + tmux


WAYS = (
    Way("plain"),
    Way("tmux", tmux="default"),
    Way("tmux-passthrough", tmux="passthrough"),
    Way("ssh", ssh=True),
    Way("ssh-tmux", ssh=True, tmux="default"),
    Way("ssh-tmux-passthrough", ssh=True, tmux="passthrough"),
)


COARSE = {"kitty": ("default",), "konsole": ("default", "passthrough")}
"""Terminals and kinds of tmux between which only half-cells are right.

kitty draws its own protocol alone, and tmux hands that on only when it is told to; konsole keeps sixels on
the screen that tmux has cleared.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One terminal, reached in one way.

    Attributes:
        terminal: One of `TERMINALS`.
        way: How the program reaches it.
        images: The setting `images` that the program gets.
    """

    terminal: str
    way: Way
    images: str = "auto"

    @property
    def name(self) -> str:
        """For files and messages."""
        return f"{self.terminal}-{self.way.name}"

    def sharp(self) -> bool:
        """Whether pixels can reach this terminal, so that half-cells would be too little."""
        return self.images not in ("half", "none") and self.way.tmux not in COARSE.get(self.terminal, ())

    def possible(self) -> bool:
        """Whether the setting makes sense here: a protocol that is forced must be the terminal's own."""
        own = "kitty" if self.terminal == "kitty" else "sixel"
        return self.images not in ("kitty", "sixel") or (self.images == own and self.sharp())
