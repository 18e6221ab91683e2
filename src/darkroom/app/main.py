"""Opens the program: core first, then Textual; what fails before the first paint is raised."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from typing import TYPE_CHECKING

from darkroom.terminal.truecolor import settle

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from textual.driver import Driver

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded


def run_app(paths: Paths, loaded: Loaded, *, session: str = "", profile: str = "") -> int:
    """Runs the terminal program until it is left.

    Args:
        paths: Where everything lies.
        loaded: The configuration.
        session: Name or id of the session to open; the one used last when empty.
        profile: The server to use instead of the session's own.

    Returns:
        The exit status.

    Raises:
        StoreError: The database or the data folder cannot be used; nothing was shown.
        ConfigError: There is no such profile.
        InputError: There is no such session.
    """
    prepare_terminal(os.environ)
    # Pictures are prepared in a thread; at the default of 5 ms a key waits that long for it, several times.
    sys.setswitchinterval(SWITCH_S)
    try:
        return asyncio.run(_run(paths, loaded, session, profile))
    finally:
        # At its end the interpreter would look at every object once more: that takes longer than the rest.
        gc.freeze()


SWITCH_S = 0.0005
"""After so long another thread gets its turn."""


def prepare_terminal(environ: MutableMapping[str, str]) -> None:
    """Sets what Textual reads when it is imported.

    Args:
        environ: The process's environment; what the person set stays.
    """
    settle(environ)
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    # Textual repaints on a beat; at its default of 60 a second that alone is 8 ms after a key, on average.
    environ.setdefault("TEXTUAL_FPS", "120")


def _driver() -> type[Driver] | None:
    """The driver for a terminal that shows pictures and may go away; `None` for Textual's own choice."""
    if sys.platform == "win32":
        return None
    from darkroom.app.graphics.driver import GraphicsDriver

    return GraphicsDriver


async def _run(paths: Paths, loaded: Loaded, session_name: str, profile: str) -> int:
    from darkroom.app.app import DarkroomApp
    from darkroom.app.hangup import HUNG_UP, TERMINATED, leaving_when_alone
    from darkroom.app.opening import open_session
    from darkroom.services.core import Core

    core = await Core.open(paths, loaded)
    try:
        session = await (core.sessions.require(session_name) if session_name else core.sessions.last())
        opened = await open_session(core, session, profile=await core.profiles.resolve(profile))
        app = DarkroomApp(core, loaded, opened, await core.sessions.list(), driver_class=_driver())
        with leaving_when_alone(app.hang_up):
            status = await app.run_async()
            is_cut_off = status in (HUNG_UP, TERMINATED)
            if is_cut_off or app.leaving is not None:
                from darkroom.app.afterwards import hand_over, in_terminal

                if is_cut_off:
                    await hand_over(core)
                elif app.leaving is not None:
                    await in_terminal(core, app.leaving.words)
        return status if status is not None else app.return_code or 0
    finally:
        await core.aclose()
