"""What pictures add to the start of the program: first paint with them, beside the same without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from benchmarks import homes
from benchmarks.figures import Figure, median, spread
from benchmarks.servers import demo_server
from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.scripted.placeholders import parts

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.__main__ import Options

SIZE = (160, 48)
MORE_MS = 60.0


class Started(NamedTuple):
    """Milliseconds from the start of the process.

    Attributes:
        painted: To the prompt and the newest entry of the history.
        drawn: To the picture, drawn as well as the terminal can; 0 when none is.
    """

    painted: float
    drawn: float


def _start(folder: Path, images: str) -> Started:
    environ = {"DARKROOM_HOME": str(folder), "DARKROOM_IMAGES": images}
    with ScriptedTerminal(homes.command(), profile="kitty", size=SIZE, environ=environ) as terminal:

        def is_painted() -> bool:
            text = terminal.text()
            return homes.DRAFT in text and homes.NEWEST in text

        def is_drawn() -> bool:
            cells = terminal.screen.grid.cells
            return any(
                part.picture in terminal.screen.pictures.kept for line in cells for _, part in parts(line)
            )

        painted = terminal.until(is_painted)
        drawn = terminal.until(is_drawn) if images == "auto" else terminal.started
    return Started(1000 * (painted - terminal.started), 1000 * (drawn - terminal.started))


def measure(options: Options) -> list[Figure]:
    """In turn, one start of each; one of each before that is not counted."""
    with demo_server() as server, homes.home(server.url) as folder:
        pairs = [(_start(folder, "auto"), _start(folder, "none")) for _ in range(options.runs + 1)][1:]
    ours = [start.painted for start, _ in pairs]
    floor = [start.painted for _, start in pairs]
    more = median(ours) - median(floor)
    drawn = [start.drawn for start, _ in pairs]
    return [
        Figure(
            "start → first paint, with pictures",
            median(ours),
            median(floor),
            "ms",
            f"at most {MORE_MS:g} ms more than without: {more:+.0f} ms",
            more <= MORE_MS,
            f"with {spread(ours)}; without {spread(floor)}; the picture itself after {median(drawn):.0f} ms",
        )
    ]
