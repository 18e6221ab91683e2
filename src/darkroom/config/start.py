"""What the command line asks the screens to start with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Choices for this start alone; "" leaves a choice to the program."""

    profile: str = ""
    """Name of the server's profile, or an address."""
    session: str = ""
    """Name of the session to open."""
