"""What the first paint shows: the last session with its history and form, read from the store alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.domain.profile import DEMO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.generation import Summary
    from darkroom.domain.session import Session
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

FIRST_ROWS = 64
"""Rows of the history that are read before the first paint."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session ready to be shown.

    Attributes:
        session: Which.
        count: How many generations it has.
        rows: The newest of them.
        form: Its form, by what was last known of the server.
        chosen: Whether its server was ever chosen; if not, the form is the demo's and nothing is sent.
    """

    session: Session
    count: int
    rows: Sequence[Summary]
    form: FormState
    chosen: bool = True


async def open_session(core: Core, session: Session, *, profile: str = "") -> Opened:
    """Reads a session; asks no server.

    Args:
        core: The services.
        session: Which.
        profile: The server to use instead of the one that it used last.
    """
    name = profile or await known_profile(core, session)
    workflow = await core.workflows.of_session(session, core.profiles.get(name or DEMO).service)
    return Opened(
        session,
        await core.history.count(session.id),
        await core.history.page(session.id, offset=0, limit=FIRST_ROWS),
        await core.forms.open(session.id, name or DEMO, workflow),
        bool(name),
    )


async def known_profile(core: Core, session: Session) -> str:
    """The profile to use, when that can be told without asking the network; "" otherwise."""
    names = {known.name for known in core.profiles.list()}
    usable = session.profile in names or "://" in session.profile
    if core.settings.profile.startswith("http"):
        return ""  # a plain address is asked what it is, which may take a while
    if core.settings.profile or usable or names - {DEMO}:
        return await core.profiles.choose(last=session.profile) or ""
    return ""
