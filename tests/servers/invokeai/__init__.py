"""InvokeAI as a real process that speaks its protocol as recorded and paints small pictures.

Source of everything it does: InvokeAI 6.14.2, recordings in `tests/data/invokeai-6.14.2`, and the running
server, to which `tests/contract/invokeai` compares it with `--live`. `python -m tests.servers.invokeai`;
faults beside the common ones:

    full      of the next batch, `room` items (0 unless given) fit into the queue
    prune     items that ended are forgotten; their pictures stay
    wipe      the whole queue is cleared, as by a person in the server's own page
    deaf      the socket takes no connections, until "clear"
    lie       the metadata of the next picture are not what was asked for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STEP_S = 0.033
EMAIL, PASSWORD = "a@example.com", "seven words and 1 number"


class InvokeServer(ServerProcess):
    """One server; its queue and its pictures are in `home`."""

    def __init__(
        self, home: Path, *, step_s: float = STEP_S, accounts: bool = False, arguments: Sequence[str] = ()
    ) -> None:
        """Starts nothing yet.

        Args:
            home: Where its files go.
            step_s: How long a step of sampling takes.
            accounts: It has accounts: the one of `EMAIL` and `PASSWORD`.
            arguments: Further arguments.
        """
        given = ["--step-s", str(step_s), *(["--accounts"] if accounts else []), *arguments]
        super().__init__("tests.servers.invokeai", home, given)
