"""What a widget hands to the terminal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Payload:
    """What is written to the terminal to show a picture, or to prepare that.

    Attributes:
        pieces: Written in this order; text may come between them.
        whole: Nothing may come between them: a sixel.
        answered: The terminal says when it has the last one (kitty's OK).
    """

    pieces: tuple[str, ...]
    whole: bool = False
    answered: bool = False
