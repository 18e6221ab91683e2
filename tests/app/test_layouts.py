"""Widgets hear of their sizes, also when somebody looks at the screen before it is laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from darkroom.app.layouts import StagedScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen


class Told(Widget):
    """Keeps what it is told."""

    DEFAULT_CSS = "Told { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def render(self) -> str:
        return "x"

    def on_resize(self) -> None:
        self.told.append("resize")

    def on_show(self) -> None:
        self.told.append("show")


class Host(App[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("above")


class StagedHost(Host):
    def get_default_screen(self) -> Screen[Any]:
        return StagedScreen()


async def told(host: Host) -> Told:
    """A widget whose region is asked for between its mount and the layout."""
    async with host.run_test() as pilot:
        await pilot.pause()
        widget = Told()
        with host.batch_update():  # no layout before the end
            await host.query_one(VerticalScroll).mount(widget)
            host.screen._compositor.update_widgets(
                {widget}
            )  # as the screen's beat does with what wants a repaint
            assert widget.region.width == 80
        await pilot.pause()
        return widget


async def test_a_new_widget_hears_of_its_size_although_its_region_was_asked_for() -> None:
    assert sorted((await told(StagedHost())).told) == ["resize", "show"]


async def test_textual_alone_still_tells_nothing() -> None:
    """When this fails, Textual was mended: `TellingCompositor` can go."""
    assert (await told(Host())).told == []


async def test_each_change_of_size_is_told_once() -> None:
    host = StagedHost()
    async with host.run_test() as pilot:
        await pilot.pause()
        widget = Told()
        await host.query_one(VerticalScroll).mount(widget)
        await pilot.pause()
        assert sorted(widget.told) == ["resize", "show"]
        widget.styles.width = 10
        await pilot.pause()
        assert widget.size.width == 10
        assert widget.told.count("resize") == 2
        host.refresh(layout=True)
        await pilot.pause()
        assert widget.told.count("resize") == 2
