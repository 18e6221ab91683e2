"""A server that speaks the API of Forge f2.0.1 (A1111's) as recorded, with faults on order.

It paints small pictures that differ by seed, show what was fed in, and hold their infotext. Its lists are
the recorded ones; its settings leak as those of the real one do. With `program` it is one of the others
that speak the API: it lacks what they lack. Faults beside the common ones:

    interrupt    somebody interrupts what runs, without the API
    vanish       the next picture is not written to disk
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.process import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

STEP_S = 0.033


class A1111Server(ServerProcess):
    """The server as a process. Its outputs are below `home`."""

    def __init__(
        self,
        home: Path,
        *,
        program: str = "forge",
        webui: bool = True,
        login: str = "",
        step_s: float = STEP_S,
    ) -> None:
        """Starts nothing yet.

        Args:
            home: Where it keeps its files.
            program: `forge`, `a1111`, `sdnext`, `sdcpp` or `kobold`.
            webui: It has a web page: tasks by name, and files.
            login: `user:password` for its API; "" for none.
            step_s: How long a step of sampling takes.
        """
        arguments = ["--program", program, "--step-s", str(step_s), "--login", login]
        super().__init__("tests.servers.a1111", home, [*arguments, *([] if webui else ["--nowebui"])])
