"""What is known of the terminal: what it answered, what tmux says of it, and what the environment claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = (
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TMUX",
    "TMUX_PANE",
    "STY",
    "ZELLIJ",
    "SSH_CONNECTION",
    "SSH_TTY",
    "KITTY_WINDOW_ID",
    "KONSOLE_VERSION",
    "VTE_VERSION",
    "WT_SESSION",
    "XTERM_VERSION",
    "LC_TERMINAL",
    "NCURSES_NO_UTF8_ACS",
    "NO_COLOR",
    "TEXTUAL_COLOR_SYSTEM",
)
"""The variables that speak of terminals. Most are claims: they outlive the terminal that set them."""


def spoken(environ: Mapping[str, str]) -> dict[str, str]:
    """Those of `environ` that speak of terminals."""
    return {name: environ[name] for name in VARIABLES if name in environ}


@dataclass(frozen=True, slots=True)
class Client:
    """The terminal behind tmux, as tmux tells it. Source: tmux(1), FORMATS.

    Attributes:
        termname: Its TERM (`client_termname`).
        termtype: What it answered to XTVERSION (`client_termtype`), "" when nothing.
        features: What tmux knows it can do (`client_termfeatures`): "sixel", "RGB", …
        passthrough: The option `allow-passthrough` of this pane: "on", "all", "off", or "" before tmux 3.3.
        cell_px: Width and height of its cells, `None` where tmux does not know.
        version: Of tmux, as "3.5a".
        count: How many clients are attached to the session; 0 is nobody.
        identity: Tells this client from another one that attaches later.
        in_front: What is typed goes to this pane, and so do the terminal's answers. Where it does not, they
            would be typed into another program, or taken for a command to tmux.
        in_sight: The pane is on the screen of every client. Where it is not, and `allow-passthrough` is "on",
            what is sent for the terminal is lost; "all" lets it through.
        others: The other clients that show the session, by age; of them only names, features and cells count.
    """

    termname: str
    termtype: str = ""
    features: frozenset[str] = frozenset()
    passthrough: str = ""
    cell_px: tuple[int, int] | None = None
    version: str = ""
    count: int = 1
    identity: str = ""
    in_front: bool = True
    in_sight: bool = True
    others: tuple[Client, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether tmux hands wrapped sequences on. Before 3.3 it always did, and had no option for it."""
        return self.passthrough in ("on", "all") or (not self.passthrough and bool(self.version))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a decision rests on.

    Attributes:
        environ: The variables that speak of terminals, and no others.
        truecolor: Whether the program writes 24-bit colours, as was settled before it began.
        version: What XTVERSION answered, "" when nothing.
        graphics: Whether kitty's query was answered with OK; `None` when it was not answered.
        attributes: The codes of DA1; `None` when it was not answered, as by a mute terminal.
        cell_px: Width and height of a cell in pixels; `None` when nobody knows.
        client: What tmux says of the terminal behind it; `None` outside tmux, or when it does not answer.
        wrapped: Whether kitty's query, wrapped for tmux, was answered with OK; `None` when not at all.
        after_s: Seconds until the end mark was answered; `None` when it never was.
        answers: What was answered, in its order: seconds, and words that are safe to print.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    truecolor: bool = False
    version: str = ""
    graphics: bool | None = None
    attributes: tuple[int, ...] | None = None
    cell_px: tuple[int, int] | None = None
    client: Client | None = None
    wrapped: bool | None = None
    after_s: float | None = None
    answers: tuple[tuple[float, str], ...] = ()
