"""What is known of the terminal: what it answered, what tmux says of it, and what the environment claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """

    termname: str
    termtype: str = ""
    features: frozenset[str] = frozenset()
    passthrough: str = ""
    cell_px: tuple[int, int] | None = None
    version: str = ""
    count: int = 1
    identity: str = ""


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
