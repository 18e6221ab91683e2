"""How many colours are written, before anything can be asked."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from darkroom.terminal.truecolor import VARIABLE, is_truecolor, keeps_numbers, settle, system

TERMS = (
    *("xterm", "xterm-256color", "xterm-16color", "xterm-kitty", "xterm-ghostty", "foot", "foot-extra"),
    *(
        "tmux-256color",
        "screen",
        "screen-256color",
        "xterm-direct",
        "alacritty",
        "wezterm",
        "vt100",
        "mlterm",
    ),
)


@pytest.mark.parametrize(
    ("environ", "settled"),
    [
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-ghostty"}, "truecolor"),
        ({"TERM": "foot"}, "truecolor"),
        ({"TERM": "wezterm"}, "truecolor"),
        ({"TERM": "alacritty-direct"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(398)"}, "truecolor"),
        ({"TERM": "xterm"}, "256"),
        ({"TERM": "tmux-256color", "TMUX": "s,1,0", "TMUX_PANE": "%0"}, "truecolor"),
        ({"TERM": "screen-256color", "TMUX": "s,1,0", "TMUX_PANE": "%0"}, "truecolor"),
        ({"TERM": "tmux-256color"}, "truecolor"),
        ({"TERM": "screen-256color", "STY": "1.pts"}, None),
        ({"TERM": "screen-256color"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-kitty", "COLORTERM": "truecolor"}, None),
        ({"TERM": "xterm-kitty", "COLORTERM": "yes"}, "truecolor"),
        ({"TERM": "linux"}, None),
        ({"TERM": "dumb"}, None),
        ({}, None),
    ],
)
def test_what_is_known_from_names_is_settled(environ: dict[str, str], settled: str | None) -> None:
    settle(environ)
    assert environ.get(VARIABLE) == settled


def test_what_the_person_set_stays() -> None:
    environ = {"TERM": "xterm-kitty", VARIABLE: "standard"}
    settle(environ)
    assert environ[VARIABLE] == "standard"
    assert not is_truecolor(environ)
    assert not keeps_numbers(environ, truecolor=False)


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("colorterm", ["", "truecolor", " 24Bit ", "yes"])
def test_it_is_what_rich_finds(term: str, colorterm: str) -> None:
    environ = {"TERM": term, "COLORTERM": colorterm}
    console = Console(file=io.StringIO(), force_terminal=True, _environ=environ)
    assert console.color_system == system(environ)


@pytest.mark.parametrize("settled", ["truecolor", "256", "standard"])
def test_textual_writes_what_was_settled(settled: str) -> None:
    program = "from textual.app import App; print(App().console.color_system)"
    done = subprocess.run(
        (sys.executable, "-c", program),
        env={"TERM": "xterm-16color", VARIABLE: settled, "FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == settled == system({"TERM": "xterm-16color", VARIABLE: settled})


def test_it_costs_the_start_two_small_modules() -> None:
    program = (
        "import sys, enum, __future__, typing, darkroom.terminal; before = set(sys.modules);"
        "import darkroom.terminal.truecolor; print(*sorted(set(sys.modules) - before))"
    )
    command = (sys.executable, "-c", program)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["darkroom.terminal.surroundings", "darkroom.terminal.truecolor"]
