"""Fooocus-API as a real process that speaks its protocol as recorded and paints small pictures.

Source of everything it does: Fooocus-API 0.5.0.1 (cae8733), recordings in `tests/data/fooocus-api-0.5.0.1`
and the project's own code. `python -m tests.servers.fooocus_api`; faults beside the common ones:

    standstill   the scheduler dies, as it does by `meta_scheme` "a111": jobs are taken and never begin
    undescribed  there is no /openapi.json
    full         the queue takes no job
    forget       jobs that ended are forgotten, as by a small `--queue-history`; their files stay
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STEP_S = 0.033


class FooocusApiServer(ServerProcess):
    """One server; its files are in `home`."""

    def __init__(
        self, home: Path, *, step_s: float = STEP_S, key: str = "", arguments: Sequence[str] = ()
    ) -> None:
        """Starts nothing yet.

        Args:
            home: Where its files go.
            step_s: How long a step of sampling takes.
            key: The API key that it asks for; "" for none.
            arguments: Further arguments.
        """
        given = ["--step-s", str(step_s), *(["--apikey", key] if key else []), *arguments]
        super().__init__("tests.servers.fooocus_api", home, given)
