"""The picture widget with a view: what is drawn of a picture, and pictures that are shown again at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.geometry import Region

from darkroom.app.graphics import graphics_of
from darkroom.app.widgets.picture.looking import LookedAt
from darkroom.app.widgets.picture.view import FIT, Mode, View, pinned, place
from darkroom.images.decoded import DecodedCache
from darkroom.terminal import kitty
from darkroom.terminal.protocol import Protocol
from tests.app.test_picture import drawn, encoded, plain, text_of, until
from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.pilot import Pilot

SIZE = (480, 480)
PNG = decoders.HARBOUR.read_bytes()


class Program(App[None]):
    """A picture to look at, and nothing else."""

    def __init__(self, protocol: Protocol = Protocol.HALF, keeps: int = 2) -> None:
        super().__init__()
        self.picture = LookedAt(decoded=DecodedCache(), keeps=keeps)
        graphics_of(self).use(protocol)

    def compose(self) -> ComposeResult:
        yield self.picture

    @property
    def number(self) -> int:
        """kitty's number of the picture that is shown."""
        shown = self.picture._shown
        return 0 if shown is None else shown.request.number


async def shows(
    pilot: Pilot[None], picture: LookedAt, ident: str, then: Callable[[], bool] | None = None
) -> None:
    await until(pilot, lambda: picture.shown == ident and (then is None or then()))


def viewed(picture: LookedAt) -> Callable[[], bool]:
    """Whether what is shown is what the view says."""
    view = picture.view

    def is_there() -> bool:
        shown = picture._shown
        return shown is not None and shown.request.view == view and not shown.request.moving

    return is_there


@pytest.mark.parametrize(
    "view",
    [FIT, View(Mode.FILL, centre=(0.5, 0.2)), View(Mode.ACTUAL), View(Mode.FREE, 2.5, (0.7, 0.6))],
    ids=str,
)
async def test_what_is_drawn_is_what_the_view_says(view: View) -> None:
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await shows(pilot, app.picture, "harbour")
        app.picture.look(view)
        await shows(pilot, app.picture, "harbour", viewed(app.picture))
        placed = place(SIZE, app.picture.room, view)
        image = drawn(app.picture)
        assert image.size == (placed.box.columns, placed.box.lines * 2)
        left, top, right, bottom = (round(edge) for edge in placed.source)
        expected = decoders.harbour(SIZE).crop((left, top, right, bottom))
        error = decoders.mean_error(expected.resize(image.size), image)
        assert error < 6
        for name, impostor in decoders.impostors(image, (2, 4)).items():
            assert error < decoders.mean_error(expected.resize(image.size), impostor), name


async def test_half_blocks_show_100_percent_pixel_by_pixel() -> None:
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await shows(pilot, app.picture, "harbour")
        app.picture.actual()
        await shows(pilot, app.picture, "harbour", viewed(app.picture))
        assert drawn(app.picture).tobytes() == decoders.harbour().crop((200, 216, 280, 264)).tobytes()


async def test_a_picture_is_decoded_once_however_it_is_looked_at(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("pictures") / "harbour.png"
    file.write_bytes(PNG)
    app = Program(keeps=0)
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture.show(file, ident="harbour")
        await shows(pilot, app.picture, "harbour")
        app.picture.actual()
        await shows(pilot, app.picture, "harbour", viewed(app.picture))
        file.unlink()
        for steps in (1, 1, -3, 2):
            app.picture.zoom(steps)
            app.picture.step(1, -1)
            await shows(pilot, app.picture, "harbour", viewed(app.picture))
        assert not app.picture.words


async def test_kitty_shows_the_part_by_placeholders_for_the_whole_room() -> None:
    app = Program(Protocol.KITTY)
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture.show(PNG, ident="harbour")
        await shows(pilot, app.picture, "harbour", lambda: app.number > 0)
        app.picture.fill()
        await shows(pilot, app.picture, "harbour", viewed(app.picture))
        assert text_of(app.picture).count("\U0010eeee") == 80 * 24


async def test_no_combining_character_is_written_after_the_last_column() -> None:
    app = Program(Protocol.KITTY)
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture.show(PNG, ident="harbour")
        app.picture.fill()
        await shows(pilot, app.picture, "harbour", lambda: app.number > 0 and viewed(app.picture)())
        for strip in app.picture.render_lines(Region(0, 0, 80, 24)):
            row = strip.render(app.console).split(kitty.PLACEHOLDER)
            assert len(row) == 81
            assert row[1]
            assert not any(row[2:-1])
            plain_row = "".join(segment.text for segment in strip)
            assert kitty.shortened(plain_row) == kitty.PLACEHOLDER.join(["", row[1], *row[2:-1], ""])


async def test_two_pictures_flip_without_being_sent_again() -> None:
    app = Program(Protocol.KITTY)
    picture = app.picture
    async with app.run_test(size=(80, 24)) as pilot:
        numbers: dict[str, int] = {}
        for name, data in (("a", PNG), ("b", plain(90)), ("a", b""), ("b", b""), ("a", b"")):
            picture.show(data, ident=name)
            await shows(pilot, picture, name, lambda: app.number > 0)
            assert numbers.setdefault(name, app.number) == app.number
        assert numbers["a"] != numbers["b"]


async def test_what_is_made_ready_is_there_at_once_the_way_the_other_is_seen() -> None:
    app = Program(Protocol.KITTY)
    picture = app.picture
    async with app.run_test(size=(80, 24)) as pilot:
        picture.show(PNG, ident="a")
        await shows(pilot, picture, "a", lambda: app.number > 0)
        picture.look(View(Mode.FREE, 3.0))
        await shows(pilot, picture, "a", viewed(picture))
        await picture.ahead(encoded(decoders.harbour((960, 960))), ident="b")
        await picture.ahead(b"no picture", ident="c")
        sent = set(picture._numbers)
        picture.show(b"", ident="b")
        await shows(pilot, picture, "b")
        assert app.number in sent
        assert picture.view == View(Mode.FREE, 3.0)


async def test_of_two_sizes_the_same_part_is_seen_in_the_same_cells() -> None:
    app = Program()
    picture = app.picture
    async with app.run_test(size=(80, 24)) as pilot:
        picture.show(PNG, ident="a")
        await shows(pilot, picture, "a")
        picture.look(pinned(View(Mode.ACTUAL, centre=(0.6, 0.55)), SIZE, picture.room))
        await shows(pilot, picture, "a", viewed(picture))
        first = drawn(picture)
        picture.show(encoded(decoders.harbour((960, 960))), ident="b")
        await shows(pilot, picture, "b", viewed(picture))
        second = drawn(picture)
        assert picture.natural_px == (960, 960)
        assert second.size == first.size == (80, 48)
        error = decoders.mean_error(first, second)
        assert error < 2
        for name, impostor in decoders.impostors(second, (1, 1)).items():
            assert decoders.mean_error(first, impostor) > error + 0.5, name


async def test_another_terminal_has_none_of_them() -> None:
    app = Program(Protocol.KITTY)
    picture = app.picture
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("a", "b"):
            picture.show(PNG, ident=name)
            await shows(pilot, picture, name, lambda: app.number > 0)
        before = set(picture._numbers)
        picture.graphics.changed.publish(picture.graphics.choice)
        await shows(pilot, picture, "b", lambda: app.number not in before)
        for name in ("a", "b"):
            picture.show(PNG, ident=name)
            await shows(pilot, picture, name)
            assert app.number not in before, "it was deleted: it has to be sent again"


async def test_no_more_is_kept_than_was_asked_for() -> None:
    app = Program(Protocol.KITTY)
    picture = app.picture
    async with app.run_test(size=(80, 24)) as pilot:
        for red in range(0, 200, 20):
            picture.show(plain(red), ident=f"{red}")
            await shows(pilot, picture, f"{red}", lambda: app.number > 0)
        await until(pilot, lambda: len(picture._numbers) == 3)
        picture.show(plain(0), ident="0")
        await shows(pilot, picture, "0")
        await until(pilot, lambda: len(picture._numbers) == 3)
