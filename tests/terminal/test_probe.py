"""What is asked where, and what the answers make known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from darkroom.terminal.evidence import Client
from darkroom.terminal.kitty import Ids
from darkroom.terminal.probe import (
    CELL_QUERY,
    END_QUERY,
    KITTY_QUERY,
    NAME_QUERY,
    QUERY_NUMBER,
    Probe,
)
from darkroom.terminal.replies import Attributes, CellSize, Graphics, Position, Version
from darkroom.terminal.tmux import passthrough

IN_TMUX = {"TERM": "tmux-256color", "TMUX": "socket,1,0", "TMUX_PANE": "%0"}
KITTY = Client("xterm-kitty", "kitty(0.41.1)", frozenset(), "on", (9, 18), "3.5a", 1, "1/2")
FOOT = Client("foot", "foot(1.21.0)", frozenset({"sixel"}), "on", (9, 18), "3.5a", 1, "1/3")
OK = Graphics(QUERY_NUMBER, "OK")
PLAINLY = NAME_QUERY + CELL_QUERY + END_QUERY


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def probe(environ: dict[str, str]) -> Probe:
    return Probe(environ, True, Clock())


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "dumb"},
        {"TERM": "linux"},
        {"TERM": "screen-256color", "STY": "1"},
        {"TERM": "xterm-kitty", "ZELLIJ": "0"},
        {**IN_TMUX, "STY": "1"},
        {"TERM": "tmux-256color", "TMUX": "socket,1,-1"},
    ],
)
def test_nothing_is_asked_where_it_would_do_harm(environ: dict[str, str]) -> None:
    asked = probe(environ)
    assert asked.questions(KITTY) == ""
    assert asked.is_done
    assert asked.follow_up() == ""


@pytest.mark.parametrize("term", ["xterm-kitty", "xterm-ghostty"])
def test_what_calls_itself_kitty_is_asked_for_pictures_at_once(term: str) -> None:
    assert probe({"TERM": term}).questions() == NAME_QUERY + KITTY_QUERY + CELL_QUERY + END_QUERY


@pytest.mark.parametrize("term", ["xterm-256color", "foot", "xterm", "mlterm", "alacritty", "tmux-256color"])
def test_no_other_terminal_gets_a_question_that_it_may_print(term: str) -> None:
    assert probe({"TERM": term}).questions() == PLAINLY


def test_a_kitty_by_another_name_is_asked_when_it_told_its_own() -> None:
    clock = Clock()
    asked = Probe({"TERM": "xterm-256color"}, True, clock)
    asked.questions()
    asked.hear(Version("kitty(0.41.1)"))
    assert asked.follow_up() == "", "the end mark is not there"
    asked.hear(Attributes((62,)))
    assert asked.follow_up() == KITTY_QUERY + END_QUERY
    assert not asked.is_done
    assert asked.follow_up() == ""
    asked.hear(OK)
    clock.now += 0.2
    asked.hear(Attributes((62,)))
    assert asked.is_done
    assert asked.follow_up() == ""
    found = asked.evidence()
    assert (found.graphics, found.attributes, found.after_s) == (True, (62,), pytest.approx(0.2))


@pytest.mark.parametrize("client", [KITTY, FOOT, None])
def test_a_kitty_that_was_opened_from_within_tmux_is_asked_itself(client: Client | None) -> None:
    asked = probe({**IN_TMUX, "TERM": "xterm-kitty"})
    assert KITTY_QUERY not in asked.questions(client)
    asked.hear(Version("kitty(0.41.1)"))
    asked.hear(Attributes((62,)))
    assert asked.follow_up() == KITTY_QUERY + END_QUERY
    asked.hear(OK)
    assert not asked.is_done
    asked.hear(Attributes((62,)))
    assert asked.is_done
    assert (asked.evidence(client).graphics, asked.evidence(client).wrapped) == (True, None)


@pytest.mark.parametrize("name", ["foot(1.21.0)", "WezTerm 20240203", "tmux 3.5a", "Konsole 25.04.2", ""])
def test_others_are_not_asked_again(name: str) -> None:
    asked = probe({"TERM": "xterm-256color"})
    asked.questions()
    asked.hear(Version(name))
    asked.hear(Attributes((62, 4)))
    assert (asked.follow_up(), asked.is_done) == ("", True)


def test_in_tmux_kitty_is_asked_in_wrapping_and_waited_for() -> None:
    asked = probe(IN_TMUX)
    text = asked.questions(KITTY)
    assert text == NAME_QUERY + passthrough(KITTY_QUERY) + CELL_QUERY + END_QUERY
    assert KITTY_QUERY not in text
    asked.hear(Version("tmux 3.5a"))
    asked.hear(Attributes((1, 2, 4)))
    assert not asked.is_done, "tmux answers for itself"
    assert asked.follow_up() == ""
    asked.hear(OK)
    assert asked.is_done
    found = asked.evidence(KITTY)
    assert (found.wrapped, found.graphics, found.client, found.version) == (True, None, KITTY, "tmux 3.5a")


@pytest.mark.parametrize(
    "client",
    [
        None,
        FOOT,
        replace(KITTY, passthrough="off"),
        replace(KITTY, in_front=False),
        replace(KITTY, count=0),
        replace(KITTY, termtype="kitty(0.26.5)"),
        replace(KITTY, count=2, others=(FOOT,)),
    ],
)
def test_in_tmux_nothing_is_sent_that_does_not_come_back_to_this_pane(client: Client | None) -> None:
    asked = probe(IN_TMUX)
    assert asked.questions(client) == PLAINLY
    asked.hear(Version("tmux 3.5a"))
    asked.hear(Attributes((1, 2, 4)))
    assert asked.is_done
    assert asked.evidence(client).wrapped is None


def test_the_number_of_the_question_is_no_pictures() -> None:
    ids = Ids()
    assert QUERY_NUMBER not in {ids.take() for _ in range(2000)}
    asked = probe({"TERM": "xterm-kitty"})
    asked.questions()
    asked.hear(Graphics(31, "OK"))
    assert asked.evidence().graphics is None


def test_what_was_not_answered_is_not_known() -> None:
    asked = probe({"TERM": "xterm-kitty"})
    asked.questions()
    assert not asked.is_done
    found = asked.evidence()
    assert (found.version, found.graphics, found.attributes, found.cell_px) == ("", None, None, None)
    assert (found.after_s, found.answers) == (None, ())


def test_the_terminals_own_word_on_its_cells_goes_first() -> None:
    asked = probe(IN_TMUX)
    asked.questions(KITTY)
    assert asked.evidence(None, cell_px=(7, 14)).cell_px == (7, 14)
    assert asked.evidence(KITTY, cell_px=(7, 14)).cell_px == (9, 18)
    asked.hear(CellSize(0, 0))
    assert asked.evidence(KITTY).cell_px == (9, 18)
    asked.hear(CellSize(8, 16))
    assert asked.evidence(KITTY, cell_px=(7, 14)).cell_px == (8, 16)


def test_what_was_said_is_kept_for_the_doctor_and_safe_to_print() -> None:
    clock = Clock()
    asked = Probe({"TERM": "xterm-kitty", "SECRET": "x"}, False, clock)
    asked.questions()
    for reply in (
        Version("k\u202eitty\x9b(0.41.1)" + "x" * 500),
        Graphics(QUERY_NUMBER, "E\x1bINVAL"),
        CellSize(9, 18),
    ):
        clock.now += 0.1
        asked.hear(reply)
    asked.hear(Position(1, 1))
    asked.hear(Attributes(()))
    found = asked.evidence()
    assert [round(second, 1) for second, _ in found.answers] == [0.1, 0.2, 0.3, 0.3]
    assert all(words.isprintable() and len(words) < 150 for _, words in found.answers)
    assert found.version.isprintable()
    assert found.graphics is False
    assert dict(found.environ) == {"TERM": "xterm-kitty"}
