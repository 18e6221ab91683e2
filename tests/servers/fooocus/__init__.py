"""Fooocus as a real process: its page's description as recorded, its queue, its worker, small pictures.

Source of everything it does: Gradio 3.41.2 (`routes.py`, `queueing.py`), Fooocus 2.5.5 (`webui.py`,
`async_worker.py`, `private_logger.py`) and the recordings in `tests/data/fooocus-2.5.5`.
`python -m tests.servers.fooocus`; faults beside the common ones:

    forget       the tasks that the page keeps are forgotten, as by a restart between the two calls
    deaf         the client seemed too slow: it is told nothing more, and its socket stays open
    private      the log of the day is not given away
    full         the queue takes no call
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STEP_S = 0.033


class FooocusServer(ServerProcess):
    """One server; its files are in `home`."""

    def __init__(
        self,
        home: Path,
        *,
        step_s: float = STEP_S,
        page: str = "default",
        login: str = "",
        log: bool = True,
        arguments: Sequence[str] = (),
    ) -> None:
        """Starts nothing yet.

        Args:
            home: Where its files go.
            step_s: How long a step of sampling takes.
            page: Which recorded page it shows: `default`, `small` (`--disable-metadata`,
                `--disable-image-log`, fewer slots), `large` (more slots).
            login: `USER:PASSWORD` that it asks for; "" for none.
            log: Whether it keeps its log of the day.
            arguments: Further arguments.
        """
        given = ["--step-s", str(step_s), "--page", page, *(["--login", login] if login else [])]
        given += [] if log else ["--no-log"]
        super().__init__("tests.servers.fooocus", home, [*given, *arguments])
