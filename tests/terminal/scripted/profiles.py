"""Terminals that can be played: what each draws, answers, and says of itself in the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Profile:
    """A kind of terminal.

    Attributes:
        name: What tests call it.
        version: Its answer to XTVERSION; "" for none.
        attributes: Its answer to DA1; "" for none.
        graphics: Whether it takes kitty's commands.
        placeholders: Whether it draws pictures in the place of kitty's placeholders.
        sixel: Whether it draws sixels.
        selects: Whether a sixel's colour is selected where it is defined.
        mute: Whether it answers nothing at all.
        environ: What it puts into the environment.
    """

    name: str
    version: str = ""
    attributes: str = "62;22"
    graphics: bool = False
    placeholders: bool = False
    sixel: bool = False
    selects: bool = False
    mute: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


_COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "kitty",
            "kitty(0.41.1)",
            graphics=True,
            placeholders=True,
            environ={**_COLOURS, "TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"},
        ),
        Profile("kitty-old", "kitty(0.26.5)", graphics=True, environ={**_COLOURS, "TERM": "xterm-kitty"}),
        Profile("sixel", "foot(1.21.0)", "62;4;22;28;29", sixel=True, environ={**_COLOURS, "TERM": "foot"}),
        Profile(
            "xterm",
            "XTerm(398)",
            "63;1;2;4;6;9;15;16;17;18;21;22;28",
            sixel=True,
            selects=True,
            environ={"TERM": "xterm-256color"},
        ),
        Profile("konsole", "Konsole 25.04.2", "62;1;4", sixel=True, environ=_COLOURS),
        Profile("plain", "XTerm(398)", "64;1;2;6;9;15;16;17;18;21;22;28", environ=_COLOURS),
        Profile("mute", "", "", mute=True, environ=_COLOURS),
    )
}
"""Answers as the terminals themselves gave them: kitty 0.26 and 0.41, foot 1.21, konsole 25.04,
xterm 398."""
