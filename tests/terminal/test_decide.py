"""Which way pictures are drawn, for every terminal that is known of; every choice says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.terminal.brands import brand, release
from darkroom.terminal.decide import decide
from darkroom.terminal.evidence import Client, Evidence, spoken
from darkroom.terminal.first import at_first
from darkroom.terminal.protocol import Choice, Protocol
from darkroom.terminal.sixel import TMUX_LIMIT_BYTES
from darkroom.terminal.surroundings import Place, place

CELL = (9, 18)

KITTY = Evidence({"TERM": "xterm-kitty"}, True, "kitty(0.41.1)", True, (62,), CELL)
FOOT = Evidence({"TERM": "foot"}, True, "foot(1.21.0)", None, (62, 4, 22, 28), CELL)
XTERM = Evidence({"TERM": "xterm"}, True, "XTerm(398)", None, (63, 1, 2, 4, 6, 9, 15, 22), CELL)

IN_TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-1/default,1,0", "TMUX_PANE": "%0"}  # noqa: S108

KITTY_CLIENT = Client(
    "xterm-kitty", "kitty(0.41.1)", frozenset({"title", "RGB"}), "on", CELL, "3.5a", 1, "1/2"
)
FOOT_CLIENT = Client("foot", "foot(1.21.0)", frozenset({"sixel", "title"}), "off", CELL, "3.5a", 1, "1/3")
XTERM_CLIENT = Client("xterm", "XTerm(398)", frozenset({"sixel", "256"}), "off", CELL, "3.5a", 1, "1/4")
PLAIN_CLIENT = Client("xterm-256color", "", frozenset({"256", "title"}), "off", None, "3.5a", 1, "1/5")

TMUX = Evidence(IN_TMUX, True, "tmux 3.5a", None, (1, 2, 4), CELL)


def auto(evidence: Evidence) -> Choice:
    choice = decide("auto", evidence)
    assert choice.reason
    assert "\n" not in choice.reason
    return choice


def tmux(client: Client | None, **known: object) -> Choice:
    choice = auto(replace(TMUX, client=client, **known))  # type: ignore[arg-type]
    assert choice.tmux
    return choice


def shown_by(first: Client, *others: Client) -> Client:
    return replace(first, others=others, count=1 + len(others))


@pytest.mark.parametrize(
    ("version", "graphics", "attributes", "environ", "protocol"),
    [
        ("kitty(0.41.1)", True, (62,), {"TERM": "xterm-kitty"}, Protocol.KITTY),
        ("kitty(0.28.0)", True, (62,), {"TERM": "xterm-kitty"}, Protocol.KITTY),
        ("kitty(0.26.5)", True, (62,), {"TERM": "xterm-kitty"}, Protocol.HALF),
        ("kitty(0.41.1)", None, (62,), {"TERM": "xterm-kitty"}, Protocol.HALF),
        ("kitty(0.41.1)", False, (62,), {"TERM": "xterm-kitty"}, Protocol.HALF),
        ("ghostty 1.1.3", True, (62, 22), {"TERM": "xterm-ghostty"}, Protocol.KITTY),
        ("ghostty 1.2.0-main+1a2b", True, (62, 22), {"TERM": "xterm-ghostty"}, Protocol.KITTY),
        ("WezTerm 20240203-110809-5046fc22", True, (65, 4, 6, 18, 22), {}, Protocol.SIXEL),
        ("Konsole 25.04.2", True, (62, 1, 4), {"KONSOLE_VERSION": "250402"}, Protocol.SIXEL),
        ("Konsole 21.12.0", True, (62, 1), {}, Protocol.HALF),
        ("iTerm2 3.5.10", None, (62, 4, 22), {"TERM_PROGRAM": "iTerm.app"}, Protocol.SIXEL),
        ("Windows Terminal 1.22", None, (61, 4, 6, 7, 14, 21, 22), {"WT_SESSION": "x"}, Protocol.SIXEL),
        ("", None, (61, 6, 7, 14, 21, 22), {"WT_SESSION": "x"}, Protocol.HALF),
        ("foot(1.21.0)", None, (62, 4, 22), {"TERM": "foot"}, Protocol.SIXEL),
        ("XTerm(398)", None, (63, 1, 2, 4, 6), {"TERM": "xterm"}, Protocol.SIXEL),
        ("XTerm(398)", None, (64, 1, 2, 6, 9), {"TERM": "xterm"}, Protocol.HALF),
        ("mlterm(3.9.3)", None, (63, 1, 2, 3, 4, 7, 29), {"TERM": "mlterm"}, Protocol.SIXEL),
        ("contour 0.6.1", None, (64, 1, 4, 22), {"TERM": "contour"}, Protocol.SIXEL),
        ("mintty 3.7.4", None, (64, 1, 2, 4, 6), {}, Protocol.SIXEL),
        ("VTE(7600)", None, (65, 1, 9), {"VTE_VERSION": "7600"}, Protocol.HALF),
        ("", None, (1, 2), {"TERM_PROGRAM": "Apple_Terminal"}, Protocol.HALF),
        ("", None, (62,), {"NCURSES_NO_UTF8_ACS": "1"}, Protocol.HALF),
        ("", None, (4, 6), {}, Protocol.HALF),
        ("", None, None, {}, Protocol.HALF),
        ("tmux 3.5a", None, (1, 2, 4), {}, Protocol.HALF),
        ("Zellij 0.42", None, (62, 4), {}, Protocol.HALF),
    ],
)
def test_terminals_without_tmux(
    version: str,
    graphics: bool | None,
    attributes: tuple[int, ...] | None,
    environ: dict[str, str],
    protocol: Protocol,
) -> None:
    environ = {"TERM": "xterm-256color", **environ}
    choice = auto(Evidence(environ, True, version, graphics, attributes, CELL))
    assert choice.protocol is protocol
    assert choice.tmux is version.startswith("tmux")
    assert choice.limit_bytes is None


@pytest.mark.parametrize(
    ("environ", "where", "protocol"),
    [
        ({"TERM": "dumb"}, Place.DUMB, Protocol.NONE),
        ({}, Place.NAMELESS, Protocol.HALF),
        ({"TERM": "linux"}, Place.CONSOLE, Protocol.HALF),
        ({"TERM": "screen-256color", "STY": "1.pts"}, Place.SCREEN, Protocol.HALF),
        ({"TERM": "screen"}, Place.SCREEN, Protocol.HALF),
        ({"TERM": "xterm-kitty", "ZELLIJ": "0"}, Place.ZELLIJ, Protocol.HALF),
        ({**IN_TMUX, "ZELLIJ": "0"}, Place.NESTED, Protocol.HALF),
        ({**IN_TMUX, "STY": "1.pts"}, Place.NESTED, Protocol.HALF),
        ({"TERM": "tmux-256color", "TMUX": "socket,1,-1"}, Place.POPUP, Protocol.HALF),
    ],
)
def test_where_nothing_is_asked(environ: dict[str, str], where: Place, protocol: Protocol) -> None:
    best = replace(KITTY, environ=environ, version="")
    assert place(environ) is where
    assert auto(best).protocol is protocol
    assert at_first("auto", environ, True) == auto(best)


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        (IN_TMUX, Place.TMUX),
        ({**IN_TMUX, "TERM": "screen-256color"}, Place.TMUX),
        ({**IN_TMUX, "TERM": "xterm-256color"}, Place.TMUX),
        ({**IN_TMUX, "TERM": "xterm-kitty"}, Place.TMUX),
        ({"TERM": "tmux-256color"}, Place.FAR_TMUX),
        ({"TERM": "xterm-256color"}, Place.PLAIN),
    ],
)
def test_where_the_program_is_asked_to_look(environ: dict[str, str], where: Place) -> None:
    assert place(environ) is where
    first = at_first("auto", environ, True)
    assert (first.protocol, first.tmux) == (Protocol.HALF, where in (Place.TMUX, Place.FAR_TMUX))
    assert "until" in first.reason


def test_a_terminal_that_was_opened_from_within_tmux_is_not_in_it() -> None:
    for evidence, protocol in ((XTERM, Protocol.SIXEL), (KITTY, Protocol.KITTY)):
        choice = auto(replace(evidence, environ={**IN_TMUX, **evidence.environ}))
        assert (choice.protocol, choice.tmux) == (protocol, False)


def test_old_kitty_is_told_its_version() -> None:
    choice = auto(replace(KITTY, version="kitty(0.26.5)"))
    assert "kitty 0.26.5" in choice.reason
    assert "0.28" in choice.remedy


@pytest.mark.parametrize(
    ("environ", "truecolor", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, False, Protocol.KITTY),
        ({"TERM": "xterm-256color"}, False, Protocol.KITTY),
        ({"TERM": "xterm-16color"}, True, Protocol.KITTY),
        ({"TERM": "xterm-16color"}, False, Protocol.HALF),
        ({"TERM": "xterm-kitty", "TEXTUAL_COLOR_SYSTEM": "standard"}, False, Protocol.HALF),
        ({"TERM": "xterm-kitty", "NO_COLOR": ""}, True, Protocol.HALF),
    ],
)
def test_placeholders_need_their_colour_unchanged(
    environ: dict[str, str], truecolor: bool, protocol: Protocol
) -> None:
    choice = auto(replace(KITTY, environ=environ, truecolor=truecolor))
    assert choice.protocol is protocol
    assert bool(choice.remedy) is (protocol is Protocol.HALF)


def test_sixels_need_no_colours_but_the_size_of_a_cell() -> None:
    assert auto(replace(FOOT, environ={"TERM": "foot", "NO_COLOR": "1"})).protocol is Protocol.SIXEL
    for choice in (auto(replace(FOOT, cell_px=None)), tmux(replace(FOOT_CLIENT, cell_px=None), cell_px=None)):
        assert choice.protocol is Protocol.HALF
        assert "cell" in choice.reason
        assert "images = sixel" in choice.remedy


def test_in_tmux_sixels_by_its_own_words() -> None:
    choice = tmux(FOOT_CLIENT)
    assert (choice.protocol, choice.limit_bytes) == (Protocol.SIXEL, TMUX_LIMIT_BYTES)
    assert "terminal-features" in choice.remedy, "24-bit colours would be better"
    assert tmux(replace(FOOT_CLIENT, features=FOOT_CLIENT.features | {"RGB"})).remedy == ""
    assert tmux(replace(FOOT_CLIENT, features=frozenset())).protocol is Protocol.HALF, "not by DA1 alone"
    assert tmux(FOOT_CLIENT, attributes=(1, 2)).protocol is Protocol.HALF, "a tmux without sixels"
    assert "--enable-sixel" in tmux(replace(FOOT_CLIENT, version="3.3a", features=frozenset())).remedy


def test_konsole_would_keep_sixels_in_all_windows_of_tmux() -> None:
    konsole = Client("xterm-256color", "Konsole 25.04.2", frozenset({"sixel", "256"}), "off", CELL, "3.5a")
    for client in (konsole, shown_by(FOOT_CLIENT, konsole)):
        choice = tmux(client)
        assert choice.protocol is Protocol.HALF
        assert "keeps sixels" in choice.reason


@pytest.mark.parametrize(
    ("version", "is_limited"),
    [("3.4", True), ("3.5a", True), ("next-3.6", False), ("3.6", False), ("4.0", False), ("master", True)],
)
def test_old_tmux_drops_long_sixels(version: str, is_limited: bool) -> None:
    client = replace(FOOT_CLIENT, version=version)
    assert (tmux(client).limit_bytes is not None) is is_limited
    forced = decide("sixel", replace(TMUX, client=client, attributes=(1, 2)))
    assert (forced.limit_bytes is not None) is is_limited


def test_in_tmux_placeholders_when_the_way_is_open_and_kitty_confirmed() -> None:
    choice = tmux(KITTY_CLIENT, wrapped=True)
    assert (choice.protocol, choice.remedy, choice.limit_bytes) == (Protocol.KITTY, "", None)
    claims = replace(KITTY_CLIENT, features=frozenset({"sixel"}))
    assert tmux(claims, wrapped=True).protocol is Protocol.KITTY, (
        "kitty draws no sixels, whatever tmux was told"
    )
    assert tmux(replace(KITTY_CLIENT, passthrough="all"), wrapped=True).protocol is Protocol.KITTY
    assert tmux(replace(KITTY_CLIENT, passthrough="", version="3.2"), wrapped=True).protocol is Protocol.KITTY
    ghostty = replace(KITTY_CLIENT, termname="xterm-ghostty", termtype="ghostty 1.1.3")
    assert tmux(ghostty, wrapped=True).protocol is Protocol.KITTY
    assert tmux(KITTY_CLIENT, wrapped=True, environ={**IN_TMUX, "NO_COLOR": "1"}).protocol is Protocol.HALF
    for unsure in (None, False):
        assert tmux(KITTY_CLIENT, wrapped=unsure).protocol is Protocol.HALF


def test_without_the_keys_kitty_is_not_asked_and_tmux_is_believed() -> None:
    assert tmux(replace(KITTY_CLIENT, in_front=False), wrapped=None).protocol is Protocol.KITTY


def test_in_tmux_without_passthrough_the_remedy_is_the_line_for_its_file() -> None:
    choice = tmux(replace(KITTY_CLIENT, passthrough="off"))
    assert choice.protocol is Protocol.HALF
    assert "set -g allow-passthrough on" in choice.remedy
    assert "terminal-features" not in choice.remedy
    poor = replace(KITTY_CLIENT, passthrough="off", termname="xterm-256color", features=frozenset({"256"}))
    assert "set -as terminal-features ',*:RGB'" in tmux(poor).remedy


@pytest.mark.parametrize(
    "client",
    [
        replace(KITTY_CLIENT, termtype="kitty(0.26.5)"),
        replace(KITTY_CLIENT, termtype=""),
        replace(KITTY_CLIENT, termname="xterm", features=frozenset()),
        replace(KITTY_CLIENT, termname="tmux-256color", termtype="tmux 3.4"),
        replace(FOOT_CLIENT, termname="screen-256color", termtype=""),
        replace(FOOT_CLIENT, termname="xterm-256color", termtype="tmux 3.5a"),
        replace(FOOT_CLIENT, count=0, termname="", termtype="", features=frozenset()),
        PLAIN_CLIENT,
        None,
    ],
)
def test_what_gets_half_blocks_in_tmux(client: Client | None) -> None:
    assert tmux(client, wrapped=True).protocol is Protocol.HALF


def test_several_terminals_get_what_all_of_them_can() -> None:
    assert tmux(shown_by(FOOT_CLIENT, XTERM_CLIENT)).protocol is Protocol.SIXEL
    assert tmux(shown_by(KITTY_CLIENT, KITTY_CLIENT), wrapped=True).protocol is Protocol.KITTY
    old = replace(KITTY_CLIENT, termtype="kitty(0.26.5)")
    for least in (
        shown_by(KITTY_CLIENT, FOOT_CLIENT),
        shown_by(FOOT_CLIENT, KITTY_CLIENT),
        shown_by(FOOT_CLIENT, PLAIN_CLIENT),
        shown_by(KITTY_CLIENT, old),
    ):
        assert tmux(least, wrapped=True).protocol is Protocol.HALF
    reason = tmux(shown_by(FOOT_CLIENT, KITTY_CLIENT)).reason
    assert "foot 1.21.0 and kitty 0.41.1" in reason


@pytest.mark.parametrize("setting", ["kitty", "sixel", "half", "none"])
@pytest.mark.parametrize("evidence", [KITTY, FOOT, replace(TMUX, client=PLAIN_CLIENT), Evidence()])
def test_a_setting_wins_and_says_so(setting: str, evidence: Evidence) -> None:
    choice, by_itself = decide(setting, evidence), auto(evidence)
    assert choice.protocol is Protocol(setting)
    assert f"images = {setting}" in choice.reason
    assert choice.tmux is by_itself.tmux
    if choice.protocol is by_itself.protocol:
        assert by_itself.reason in choice.reason
    else:
        assert by_itself.reason in choice.remedy
        assert by_itself.remedy in choice.remedy
    first = at_first(setting, evidence.environ, evidence.truecolor)
    assert first.protocol is choice.protocol


def test_a_setting_that_is_none_counts_as_auto() -> None:
    assert decide("pretty", KITTY) == decide("auto", KITTY)
    assert at_first("pretty", KITTY.environ, True) == at_first("auto", KITTY.environ, True)


def test_names_are_safe_to_print() -> None:
    evil = "kitty\x1b[2J(0.41.1)\x07" + "x" * 5000
    for evidence in (
        replace(KITTY, version=evil),
        replace(TMUX, client=replace(KITTY_CLIENT, termtype=evil)),
    ):
        choice = auto(evidence)
        assert choice.reason.isprintable()
        assert len(choice.reason) < 300


@pytest.mark.parametrize(
    ("answer", "name", "version", "words"),
    [
        ("kitty(0.41.1)", "kitty", (0, 41, 1), "kitty 0.41.1"),
        ("tmux 3.5a", "tmux", (3, 5), "tmux 3.5a"),
        ("Konsole 25.04.2", "Konsole", (25, 4, 2), "Konsole 25.04.2"),
        ("VTE(7600)", "VTE", (7600,), "VTE 7600"),
        ("Windows Terminal 1.22.1", "Windows Terminal", (1, 22, 1), "Windows Terminal 1.22.1"),
        ("tmux next-3.6", "tmux", (), "tmux next-3.6"),
        ("", "", (), ""),
    ],
)
def test_brands(answer: str, name: str, version: tuple[int, ...], words: str) -> None:
    found = brand(answer)
    assert (found.name, found.version, str(found)) == (name, version, words)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("3.5a", (3, 5)), ("next-3.6", (3, 6)), ("openbsd-7.4", (7, 4)), ("master", None)],
)
def test_releases(version: str, numbers: tuple[int, int] | None) -> None:
    assert release(version) == numbers


def test_only_what_speaks_of_terminals_is_kept() -> None:
    assert spoken({"TERM": "foot", "AWS_SECRET_ACCESS_KEY": "x", "NO_COLOR": ""}) == {
        "TERM": "foot",
        "NO_COLOR": "",
    }


_NAMES = st.one_of(st.text(max_size=40), st.sampled_from(["kitty(0.41.1)", "tmux 3.5a", "foot(1.21.0)", ""]))
_TERMS = st.sampled_from(["", "dumb", "linux", "xterm", "xterm-kitty", "tmux-256color", "screen", "foot"])
_CELLS = st.none() | st.just(CELL)
_CLIENTS = st.builds(
    Client,
    _TERMS,
    _NAMES,
    st.frozensets(st.sampled_from(["sixel", "RGB", "256"])),
    st.sampled_from(["on", "off", "all", ""]),
    _CELLS,
    st.sampled_from(["3.5a", "3.6", "", "master"]),
    st.integers(0, 2),
)


@given(
    st.sampled_from(["auto", "kitty", "sixel", "half", "none", "?"]),
    st.builds(
        Evidence,
        st.fixed_dictionaries(
            {"TERM": _TERMS}, optional={"TMUX": st.just("s"), "TMUX_PANE": st.just("%1"), "STY": st.just("1")}
        ),
        st.booleans(),
        _NAMES,
        st.none() | st.booleans(),
        st.none() | st.lists(st.integers(0, 99), max_size=6).map(tuple),
        _CELLS,
        st.none() | _CLIENTS,
        st.none() | st.booleans(),
    ),
)
def test_whatever_is_known_there_is_a_choice_with_a_reason(setting: str, evidence: Evidence) -> None:
    choice = decide(setting, evidence)
    assert choice.reason
    assert choice.reason.isprintable()
    if setting in ("auto", "?"):
        assert choice.protocol is not Protocol.KITTY or evidence.graphics or evidence.wrapped
        is_inside = bool(evidence.client) and choice.tmux
        assert choice.protocol is not Protocol.SIXEL or is_inside or 4 in (evidence.attributes or ())


def test_xterm_is_given_no_sixel_that_it_would_cut_off() -> None:
    assert decide("auto", XTERM).limit_px == 1000
    assert decide("auto", FOOT).limit_px is None
    behind = replace(TMUX, client=XTERM_CLIENT)
    assert decide("auto", behind).limit_px == 1000
