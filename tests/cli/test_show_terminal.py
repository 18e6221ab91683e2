"""`darkroom show` on terminals: what is seen in the end is the picture, and the prompt below it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.terminal import decoders
from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.scripted.placeholders import parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Cli

CELL = (10, 20)
CLOSE = 4.0
"""Mean error that palettes and scaling may cost; each impostor costs more."""
PROMPT = "$"
SHOWN = 23
"""Lines for pictures: of 24, one is the prompt's."""


def show(home: Path, *arguments: str, **options: Any) -> ScriptedTerminal:
    return run(home, "show", *arguments, **options)


def run(home: Path, *arguments: str, **options: Any) -> ScriptedTerminal:
    """`darkroom`, begun from a small shell on a scripted terminal of 80 × 24 cells."""
    environ = {"DARKROOM_HOME": str(home), "PYTHONWARNINGS": "error", **options.pop("environ", {})}
    command = [sys.executable, "-m", "darkroom", *arguments]
    return ScriptedTerminal(command, environ=environ, from_shell=True, **options)


def flipped(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def is_picture(image: Image.Image, source: Image.Image, limit: float = CLOSE) -> None:
    source = source.resize(image.size, Image.Resampling.BOX)
    assert decoders.mean_error(image, source) < limit
    for name, impostor in decoders.impostors(image, CELL).items():
        assert decoders.mean_error(impostor, source) > limit, f"{name} would have passed"


def is_clean(terminal: ScriptedTerminal) -> None:
    """The prompt is in the first column, and nothing is left but pictures, which stay with the text."""
    assert terminal.screen.main.text(terminal.screen.main.line).rstrip() == PROMPT
    assert terminal.screen.main.column == len(PROMPT) + 1
    assert terminal.screen.faults == []
    assert [found for found in terminal.screen.leftovers() if not found.startswith("picture")] == []


@pytest.mark.parametrize("profile", ["kitty", "sixel", "xterm"])
@pytest.mark.parametrize("images", ["auto", "forced"])
def test_a_picture_fills_the_screen_above_the_prompt(tmp_path: Path, profile: str, images: str) -> None:
    way = "kitty" if profile == "kitty" else "sixel"
    forced = () if images == "auto" else ("--images", way)
    with show(tmp_path, "-q", str(decoders.HARBOUR), *forced, profile=profile) as terminal:
        terminal.ends()
    side = SHOWN * CELL[1]
    whole = terminal.image(lines=SHOWN)
    drawn = side if way == "kitty" else side // 6 * 6
    is_picture(whole.crop((0, 0, drawn, drawn)), decoders.harbour())
    beside = whole.crop((drawn, 0, whole.width, side))
    assert beside.getcolors() == [(beside.width * beside.height, (0, 0, 0))]
    assert terminal.process.returncode == 0
    assert bool(terminal.screen.queries) is (images == "auto"), "who says what to draw is not asked"
    is_clean(terminal)


@pytest.mark.parametrize("profile", ["plain", "mute", "kitty-old"])
def test_half_cells_are_drawn_where_nothing_better_is_known(tmp_path: Path, profile: str) -> None:
    with show(tmp_path, "-q", str(decoders.HARBOUR), profile=profile) as terminal:
        terminal.ends()
    source = decoders.harbour((2 * SHOWN, 2 * SHOWN))
    is_picture(terminal.image(columns=2 * SHOWN, lines=SHOWN), source, 1.0)
    is_clean(terminal)


def test_half_cells_keep_to_the_colours_that_a_terminal_has(tmp_path: Path) -> None:
    environ = {"COLORTERM": None}
    with show(tmp_path, "-q", str(decoders.HARBOUR), profile="plain", environ=environ) as terminal:
        terminal.ends()
    assert "8;5;" in terminal.all
    assert "8;2;" not in terminal.all
    image = terminal.image(columns=2 * SHOWN, lines=SHOWN)
    assert decoders.mean_error(image, decoders.harbour()) < 15
    assert decoders.mean_error(image, flipped(decoders.harbour())) > 20


@pytest.mark.parametrize("way", ["kitty", "sixel", "half"])
def test_several_pictures_are_a_grid_with_captions(tmp_path: Path, way: str) -> None:
    names = []
    for n in range(4):
        picture = decoders.harbour((400, 300))
        picture = flipped(picture) if n % 2 else picture
        names.append(tmp_path / f"{n} 港.png")
        picture.save(names[-1])
    profile = {"half": "plain"}.get(way, way)
    with show(tmp_path, "-q", *map(str, names), "--images", way, profile=profile) as terminal:
        terminal.ends()
    # Two rows of 10 lines and a caption; 10 lines are 200 pixels, so 267 of width: 27 columns.
    text = terminal.text().splitlines()
    captions = [n for n, line in enumerate(text) if "港" in line]
    assert [text[n].replace(" ", "") for n in captions] == ["0港.png1港.png", "2港.png3港.png"]
    for n in range(4):
        top = captions[n // 2] - 10
        cut = terminal.image(n % 2 * 29, top, 27, 10)
        cut = cut.crop((0, 0, cut.width, 198))
        is_picture(cut, flipped(decoders.harbour()) if n % 2 else decoders.harbour(), 7.0)
    is_clean(terminal)


def test_pictures_are_as_large_as_is_said(tmp_path: Path) -> None:
    limits = ("--columns", "20", "--lines", "10", "--images", "kitty")
    with show(tmp_path, "-q", str(decoders.HARBOUR), *limits, profile="kitty") as terminal:
        terminal.ends()
    drawn = [sum(1 for _ in parts(line)) for line in terminal.screen.main.cells]
    assert [count for count in drawn if count] == [20] * 10
    is_clean(terminal)


def test_pictures_of_kitty_have_numbers_that_nobody_else_has(tmp_path: Path) -> None:
    numbers = set()
    for _ in range(3):
        with show(tmp_path, "-q", str(decoders.HARBOUR), str(decoders.HARBOUR), profile="kitty") as terminal:
            terminal.ends()
        kept = list(terminal.screen.pictures.kept)
        assert len(kept) == 2
        assert all(number >> 24 >= 64 for number in kept), "low ones are those of the screens"
        numbers.update(kept)
    assert len(numbers) == 6


def test_everything_is_wrapped_for_tmux(tmp_path: Path) -> None:
    environ = {"TMUX": "/nowhere,1,0", "TMUX_PANE": "%0", "TERM": "tmux-256color"}
    arguments = ("-q", str(decoders.HARBOUR), "--images", "kitty")
    with show(tmp_path, *arguments, profile="plain", environ=environ) as terminal:
        terminal.ends()
    assert terminal.screen.faults == [], "nothing of kitty's goes to tmux itself"
    pictures = decoders.kitty(decoders.unwrapped(terminal.all)).pictures
    (picture,) = pictures.values()
    is_picture(picture, decoders.harbour())
    (number,) = pictures
    placed = [part for line in terminal.screen.main.cells for _, part in parts(line)]
    assert {part.picture for part in placed} == {number}
    assert len(placed) == 46 * SHOWN


def test_sixels_for_tmux_are_bands_that_it_does_not_drop(tmp_path: Path) -> None:
    noise = Image.effect_noise((1000, 600), 90).convert("RGB")
    noise.save(tmp_path / "noise.png")
    environ = {"TMUX": "/nowhere,1,0", "TMUX_PANE": "%0", "TERM": "tmux-256color"}
    arguments = ("-q", str(tmp_path / "noise.png"), "--images", "sixel")
    with show(tmp_path, *arguments, profile="sixel", size=(100, 31), environ=environ) as terminal:
        terminal.ends()
    bands = re.findall(r"\x1bP.*?\x1b\\", terminal.all, re.DOTALL)
    assert 1 < len(bands) < 10
    assert all(100_000 < len(band) < 1_000_000 for band in bands)
    area = (0, 0, 1000, 600)
    drawn = terminal.image(columns=100, lines=30).crop(area)
    assert decoders.mean_error(drawn, noise.crop(area)) < 6
    assert decoders.mean_error(drawn, flipped(noise).crop(area)) > 60
    is_clean(terminal)


@pytest.mark.parametrize("way", ["kitty", "sixel"])
def test_ctrl_c_on_a_slow_line_leaves_the_terminal_clean(tmp_path: Path, way: str) -> None:
    noise = tmp_path / "noise.png"
    Image.effect_noise((800, 460), 90).convert("RGB").save(noise)
    with show(tmp_path, "-q", str(noise), "--images", way, profile=way, rate=20_000) as terminal:
        terminal.until(lambda: len(terminal.all) > 12_000, "the picture begins")
        terminal.send(b"\x03")
        terminal.ends()
        assert len(terminal.all) < 200_000, "it stopped"
    assert terminal.process.returncode == 130
    assert terminal.screen.is_whole
    terminal.screen.faults.clear()
    terminal.screen.feed(b"after\r\n")
    assert "after" in terminal.text()
    assert terminal.screen.faults == []


def test_a_generation_is_told_and_its_pictures_drawn(cli: Cli, make: Callable[..., Any]) -> None:
    made = make("a quiet harbour", "--size", "256x256")
    with show(cli.home, "1", profile="kitty", size=(80, 60)) as terminal:
        terminal.ends()
    assert made["id"] in terminal.all
    (picture,) = terminal.screen.pictures.kept.values()
    with Image.open(made["outputs"][0]["path"]) as source:
        assert decoders.mean_error(picture.image, source.convert("RGB")) < 1
    is_clean(terminal)


def test_what_was_made_is_drawn_as_it_is_complete(cli: Cli, url: str) -> None:
    size = ("--size", "64x64", "--set", "steps=2", "--set", "batch_size=2")
    arguments = ("generate", "x", "--url", url, *size, "--count", "2", "--show", "--images", "kitty")
    with run(cli.home, *arguments, profile="kitty") as terminal:
        terminal.ends()
    assert terminal.process.returncode == 0
    assert len(terminal.screen.pictures.kept) == 4
    found = re.findall(r"#\d (?:complete|\d/\d)", terminal.all)
    first, second = ["#1", "#2"] if found[0].startswith("#1") else ["#2", "#1"]
    assert found == [f"{job} {part}" for job in (first, second) for part in ("complete", "1/2", "2/2")]
    is_clean(terminal)


def test_a_terminal_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    names = [str(decoders.HARBOUR)] * 3
    with show(tmp_path, *names, "--lines", "5", profile="mute") as terminal:
        terminal.ends()
    assert terminal.all.count("\x1b[c") == 1
    assert terminal.all.count(f"{decoders.HARBOUR.name}: image/png") == 3
    is_clean(terminal)


def test_what_cannot_be_drawn_is_told_between_what_can(tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(decoders.HARBOUR.read_bytes()[:5000])
    arguments = (str(bad), str(decoders.HARBOUR), "--lines", "10", "--images", "half")
    with show(tmp_path, *arguments, profile="plain") as terminal:
        terminal.ends()
    assert "bad.png cannot be shown" in terminal.text()
    assert "▀" in terminal.text()
    assert terminal.process.returncode == 2
    is_clean(terminal)
