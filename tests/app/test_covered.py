"""What has short placeholders is painted again when something is laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from darkroom.app.widgets.picture.covered import covering, repaint_when_covered

if TYPE_CHECKING:
    from textual.pilot import Pilot


class Below(Widget):
    """Notes which of its columns were painted, each time."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[Region] = []

    def on_mount(self) -> None:
        repaint_when_covered(self)

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Below:
        self.painted += regions or (self.size.region,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Program(App[None]):
    CSS: ClassVar[str] = """
    Screen { layers: under over; }
    Below { width: 30; height: 10; }
    #over { layer: over; width: 5; height: 3; display: none; }
    #beside { layer: over; width: 5; height: 3; offset: 35 0; }
    """

    def compose(self) -> ComposeResult:
        self.below = Below()
        yield self.below
        yield Static("over", id="over")
        yield Static("beside", id="beside")


async def settled(pilot: Pilot[None], app: Program) -> list[Region]:
    """What was painted until nothing happens any more."""
    await pilot.pause()
    painted, app.below.painted = app.below.painted, []
    return painted


async def test_it_is_painted_when_something_comes_and_moves_but_not_when_it_goes() -> None:
    app = Program()
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        over, beside = app.query_one("#over"), app.query_one("#beside")
        over.display = True
        assert app.below.size.region in await settled(pilot, app)
        assert covering(app.below) == {Region(0, 0, 5, 3)}
        over.offset = (9, 2)
        assert app.below.size.region in await settled(pilot, app)
        assert covering(app.below) == {Region(9, 2, 5, 3)}
        beside.offset = (40, 5)
        assert await settled(pilot, app) == [], "what is beside it is not its affair"
        over.display = False
        assert await settled(pilot, app) == []
        assert covering(app.below) == frozenset()
