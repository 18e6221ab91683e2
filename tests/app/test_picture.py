"""The picture widget in a running Textual program."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from textual.app import App
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from darkroom.app.graphics import graphics_of
from darkroom.app.widgets.picture import Picture, thumbnail_strips
from darkroom.terminal.protocol import Protocol
from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.strip import Strip

    from darkroom.app.widgets.picture.prepare import Prepared

PNG = decoders.HARBOUR.read_bytes()


class Program(App[None]):
    """A text field below a picture."""

    def __init__(self, protocol: Protocol = Protocol.HALF) -> None:
        super().__init__()
        self.picture = Picture()
        graphics_of(self).use(protocol)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.picture
            yield Input()


def encoded(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=1)
    return data.getvalue()


def plain(red: int, size: tuple[int, int] = (200, 200)) -> bytes:
    return encoded(Image.new("RGB", size, (red, 20, 30)))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause(0.005)
    await pilot.pause()


def pixels(strips: Iterable[Strip]) -> Image.Image:
    """The half blocks among the segments, as a picture; everything else is left out."""
    rows: list[list[tuple[int, int, int]]] = []
    for strip in strips:
        upper: list[tuple[int, int, int]] = []
        lower: list[tuple[int, int, int]] = []
        for text, style, _ in strip:
            if style is None or style.color is None or style.bgcolor is None or style.color.name:
                continue
            below = style.bgcolor.get_truecolor()
            above = style.color.get_truecolor() if "▀" in text else below
            upper += [(above.red, above.green, above.blue)] * len(text)
            lower += [(below.red, below.green, below.blue)] * len(text)
        if upper:
            rows += [upper, lower]
    return Image.fromarray(np.array(rows, dtype=np.uint8))


def drawn(picture: Picture) -> Image.Image:
    return pixels(picture.render_line(y) for y in range(picture.content_size.height))


def text_of(picture: Picture) -> str:
    return "\n".join(picture.render_line(y).text for y in range(picture.content_size.height))


async def test_half_blocks_show_the_picture_in_the_middle() -> None:
    app = Program()
    async with app.run_test(size=(80, 23)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await until(pilot, lambda: app.picture.shown == "harbour")
        image = drawn(app.picture)
        assert image.size == (40, 40)
        source = decoders.harbour((40, 40))
        assert decoders.mean_error(source, image) < 2
        for name, impostor in decoders.impostors(image, (1, 2)).items():
            assert decoders.mean_error(source, impostor) > 2, name
        line = app.picture.render_line(0)
        assert line.cell_length == 80
        assert line.text[:20].isspace()


async def test_a_file_is_shown_like_bytes() -> None:
    app = Program()
    async with app.run_test() as pilot:
        app.picture.show(decoders.HARBOUR, ident="file")
        await until(pilot, lambda: app.picture.shown == "file")


async def test_the_latest_wins_and_the_old_picture_stays_until_then() -> None:
    app = Program()
    async with app.run_test(size=(40, 12)) as pilot:
        app.picture.show(plain(10), ident="first")
        await until(pilot, lambda: app.picture.shown == "first")
        seen = set()
        for n in range(30):
            app.picture.show(
                encoded(decoders.harbour((1500, 1500))) if n == 0 else plain(100 + n), ident=f"{n}"
            )
            seen.add(app.picture.shown)
            assert drawn(app.picture).size != (0, 0), "never blank in between"
        await until(pilot, lambda: app.picture.shown == "29")
        assert seen == {"first"}
        assert drawn(app.picture).getpixel((3, 3)) == (129, 20, 30)


async def test_a_result_of_something_else_is_dropped() -> None:
    app = Program()
    async with app.run_test(size=(40, 12)) as pilot:
        app.picture.show(encoded(decoders.harbour((1500, 1500))), ident="slow")
        await pilot.pause()
        app.picture.show(None)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.picture.shown is None
        assert not text_of(app.picture).strip()


async def test_frames_of_one_thing_are_shown_though_the_next_is_there() -> None:
    app = Program()
    async with app.run_test(size=(40, 12)) as pilot:
        shown = set()
        for n in range(40):
            app.picture.show(plain(100 + n), ident="live", live=True)
            await pilot.pause(0.01)
            if app.picture.shown:
                shown.add(drawn(app.picture).getpixel((3, 3)))
        assert len(shown) > 3, "a stream is not starved by its own next frame"
        await until(pilot, lambda: abs(_red(app.picture) - 139) <= 2)


def _red(picture: Picture) -> int:
    pixel = drawn(picture).getpixel((3, 3))
    assert isinstance(pixel, tuple)
    return int(pixel[0])


async def test_nothing_is_decoded_while_hidden_and_the_latest_is_when_shown() -> None:
    app = Program()
    async with app.run_test(size=(40, 12)) as pilot:
        app.picture.display = False
        await pilot.pause()
        for n in range(5):
            app.picture.show(plain(n), ident=f"{n}")
        await pilot.pause(0.05)
        assert not list(app.workers), "no work for what nobody sees"
        app.picture.display = True
        await until(pilot, lambda: app.picture.shown == "4")


async def test_a_screen_above_stops_the_work_until_it_goes() -> None:
    app = Program()
    async with app.run_test(size=(40, 12)) as pilot:
        await app.push_screen(Screen())
        app.picture.show(plain(9), ident="late")
        await pilot.pause(0.05)
        assert app.picture.shown is None
        assert not list(app.workers)
        app.pop_screen()
        await until(pilot, lambda: app.picture.shown == "late")


class Noting(Picture):
    """Notes all that it draws: under load, what is rough may stand no longer than a test needs to look."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[Image.Image] = []

    def put(self, prepared: Prepared | None) -> None:
        super().put(prepared)
        self.noted.append(drawn(self))


async def test_a_resize_draws_what_is_there_at_once_and_then_sharpens() -> None:
    app = Program()
    app.picture = noting = Noting()
    source = decoders.harbour((80, 80))
    async with app.run_test(size=(30, 13)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await until(pilot, lambda: app.picture.shown == "harbour")
        noting.noted.clear()
        await pilot.resize_terminal(100, 43)
        await until(pilot, lambda: bool(noting.noted) and decoders.mean_error(source, noting.noted[-1]) < 2)
        rough, *_, sharp = noting.noted
        assert rough.size == sharp.size == (80, 80)
        error = decoders.mean_error(source, rough)
        assert error > 2, "nothing is decoded for it"
        for name, impostor in decoders.impostors(rough, (4, 4)).items():
            assert error < decoders.mean_error(source, impostor), name
        assert drawn(noting) == sharp


@pytest.mark.parametrize("data", [b"", b"<html>[red]no[/red]", PNG[:5000], b"\x89PNG\r\n\x1a\n" + bytes(99)])
async def test_bytes_that_do_not_decode_are_told_and_the_old_picture_stays(data: bytes) -> None:
    app = Program()
    async with app.run_test(size=(100, 23)) as pilot:
        app.picture.show(data, ident="bad")
        await until(pilot, lambda: "cannot be decoded" in app.picture.words)
        assert "cannot be decoded" in text_of(app.picture)
        app.picture.show(plain(50), ident="good")
        await until(pilot, lambda: app.picture.shown == "good")
        assert not text_of(app.picture).replace("▀", "").strip()
        app.picture.show(data, ident="bad")
        await until(pilot, lambda: "cannot be decoded" in app.picture.words)
        assert drawn(app.picture).getpixel((3, 3)) == (50, 20, 30)
        await pilot.resize_terminal(60, 30)
        await until(pilot, lambda: drawn(app.picture).width == 54)
        assert "cannot be decoded" in text_of(app.picture), "the words outlive a resize"


async def test_a_file_that_is_gone_is_told() -> None:
    app = Program()
    async with app.run_test() as pilot:
        app.picture.show(decoders.HARBOUR.with_name("nowhere.png"), ident="gone")
        await until(pilot, lambda: "cannot be decoded" in app.picture.words)


async def test_none_is_words() -> None:
    app = Program(Protocol.NONE)
    async with app.run_test() as pilot:
        app.picture.show(PNG, ident="harbour")
        await until(pilot, lambda: app.picture.shown == "harbour")
        assert "480 × 480" in text_of(app.picture)
        assert "▀" not in text_of(app.picture)


async def test_kitty_shows_placeholders_and_a_modal_turns_them_into_half_blocks() -> None:
    app = Program(Protocol.KITTY)
    async with app.run_test(size=(80, 23)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await until(pilot, lambda: text_of(app.picture).count("\U0010eeee") == 40 * 20)
        assert app.picture.render_line(0).cell_length == 80
        await app.push_screen(ModalScreen())
        await until(pilot, lambda: "▀" in text_of(app.picture))
        app.pop_screen()
        await until(pilot, lambda: "\U0010eeee" in text_of(app.picture))


async def test_another_choice_draws_it_again() -> None:
    app = Program(Protocol.KITTY)
    async with app.run_test(size=(80, 23)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await until(pilot, lambda: "\U0010eeee" in text_of(app.picture))
        graphics_of(app).use("half")
        await until(pilot, lambda: "▀" in text_of(app.picture))


async def test_keys_are_answered_while_frames_arrive() -> None:
    app = Program(Protocol.SIXEL)
    async with app.run_test(size=(100, 43)) as pilot:
        frame = encoded(decoders.harbour((512, 512)))
        field = app.query_one(Input)
        field.focus()
        typed = "dusk at sea"
        for letter in typed:
            app.picture.show(frame, ident="live", live=True)
            await pilot.press("space" if letter == " " else letter)
        assert field.value == typed
        await until(pilot, lambda: app.picture.shown == "live")


async def test_removing_it_while_it_works_is_quiet() -> None:
    app = Program(Protocol.KITTY)
    async with app.run_test() as pilot:
        app.picture.show(encoded(decoders.harbour((1500, 1500))), ident="slow")
        await pilot.pause()
        await app.picture.remove()
        await app.mount(Static("still here"))
        await pilot.pause()


@pytest.mark.parametrize(
    ("size", "columns", "lines"), [((200, 100), 9, 4), ((100, 300), 8, 3), ((1, 1), 4, 2)]
)
def test_thumbnails_fill_their_cells_exactly(size: tuple[int, int], columns: int, lines: int) -> None:
    strips = thumbnail_strips(decoders.harbour(size), columns, lines)
    assert len(strips) == lines
    assert {sum(segment.cell_length for segment in strip) for strip in strips} == {columns}


def test_thumbnails_leave_the_colours_to_the_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="256")
    for strip in thumbnail_strips(decoders.harbour((80, 80)), 4, 2):
        assert "38;2;" not in strip.render(console)


def test_a_thumbnail_of_few_colours_is_not_grey() -> None:
    image = pixels(thumbnail_strips(decoders.harbour((80, 80)), 20, 10, few=True))
    assert decoders.mean_error(decoders.harbour((20, 20)), image) < 14
    steps = {0, 95, 135, 175, 215, 255} | set(range(8, 239, 10))
    assert set(image.tobytes()) <= steps


def test_a_thumbnail_is_the_picture() -> None:
    image = pixels(thumbnail_strips(decoders.harbour((80, 80)), 20, 10))
    assert decoders.mean_error(decoders.harbour((20, 20)), image) < 2
