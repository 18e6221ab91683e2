"""Answers never become keys, and keys are never lost, wherever a read ends."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from darkroom.terminal.replies import (
    LONGEST,
    WAIT_PERHAPS_S,
    WAIT_SURELY_S,
    Attributes,
    CellSize,
    Filter,
    Graphics,
    Position,
    Reply,
    Version,
)

ANSWERS: dict[str, Reply] = {
    "\x1bP>|kitty(0.41.1)\x1b\\": Version("kitty(0.41.1)"),
    "\x1bP>|tmux 3.5a\x1b\\": Version("tmux 3.5a"),
    "\x1bP>|\x1b\\": Version(""),
    "\x1b_Gi=17490;OK\x1b\\": Graphics(17490, "OK"),
    "\x1b_Gi=31,p=2;ENOENT:no such picture\x1b\\": Graphics(31, "ENOENT:no such picture"),
    "\x1b_G;OK\x1b\\": Graphics(0, "OK"),
    "\x1b[6;18;9t": CellSize(9, 18),
    "\x1b[?62;4;22c": Attributes((62, 4, 22)),
    "\x1b[?6c": Attributes((6,)),
    "\x1b[?c": Attributes(()),
    "\x1b[24;80R": Position(24, 80),
    "\x1b[6;1R": Position(6, 1),
}

KEYS = [
    *("q", "?62;4c", "[", "\\", "\r", "\x7f", "\x01", "ü", "漢", "🙂", ";OK"),
    *("\x1b[A", "\x1b[B", "\x1bOP", "\x1bOR", "\x1b[13~", "\x1b[1;2P", "\x1b[1;5A", "\x1b[6~", "\x1b[6;5~"),
    *("\x1bq", "\x1bP", "\x1b_", "\x1b[Z", "\x1b[<0;12;5M", "\x1b[<35;6;5m", "\x1b[I", "\x1b[O", "\x1b\r"),
    *("\x1b[?2026;2$y", "\x1b[?7u", "\x1b[97;5u", "\x1b[48;24;80;480;800t", "\x1b]11;rgb:0/0/0\x1b\\"),
    *("\x1b[200~pasted\x1b[201~", "\x1b[200~\x1b[?62;4c\x1b_Gi=31;OK\x1b\\\x1b[6;9;9t\x1b[201~"),
    *("\x1b[200~\x1b[201~", "\x1b[200~\x1b[201\x1b[20\x1b\x1b[201~", "\x1bP>q", "\x1b\x1b[A"),
]
"""What is typed, pasted, or told by the terminal to others."""

ESCAPE = "\x1b"


class Terminal:
    """A filter, a clock that stands still, and what came out."""

    def __init__(self, *, positions: int = 0) -> None:
        self.now = 100.0
        self.positions = positions
        self.heard: list[Reply] = []
        self.keys = ""
        self.filter = Filter(self._hear, lambda: self.positions > 0, lambda: self.now)

    def _hear(self, reply: Reply) -> None:
        self.heard.append(reply)
        if isinstance(reply, Position):
            self.positions -= 1

    def reads(self, *texts: str) -> Terminal:
        for text in texts:
            self.keys += self.filter.feed(text)
            self.keys += self.filter.tick()
        return self

    def waits(self, seconds: float) -> Terminal:
        self.now += seconds
        self.keys += self.filter.tick()
        return self


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_heard_and_is_no_key(answer: str) -> None:
    terminal = Terminal(positions=1).reads(answer)
    assert (terminal.heard, terminal.keys) == ([ANSWERS[answer]], "")
    assert terminal.filter.wait_s is None


@pytest.mark.parametrize("key", KEYS)
def test_what_is_typed_goes_through_unchanged(key: str) -> None:
    assert Terminal().reads(key).waits(WAIT_PERHAPS_S).keys == key


@pytest.mark.parametrize("text", [*ANSWERS, *KEYS])
def test_a_read_may_end_after_every_byte(text: str) -> None:
    whole = Terminal(positions=1).reads(text, "x").waits(WAIT_SURELY_S)
    for cut in range(1, len(text)):
        parts = Terminal(positions=1).reads(text[:cut], text[cut:], "x").waits(WAIT_SURELY_S)
        assert (parts.keys, parts.heard) == (whole.keys, whole.heard), cut
    single = Terminal(positions=1).reads(*text, "x").waits(WAIT_SURELY_S)
    assert (single.keys, single.heard) == (whole.keys, whole.heard)


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_rest_of_an_answer_may_come_late(answer: str) -> None:
    """A packet is lost and sent again: the beginning may have gone to the keys, the rest never follows it."""
    for cut in range(1, len(answer)):
        terminal = Terminal(positions=1).reads(answer[:cut]).waits(0.4).reads(answer[cut:], "x").waits(1.0)
        assert terminal.heard == [ANSWERS[answer]], cut
        assert terminal.keys.removesuffix("x") in ("", answer[:cut]), cut


def test_escape_waits_a_moment_only() -> None:
    terminal = Terminal().reads(ESCAPE)
    assert terminal.filter.wait_s == pytest.approx(WAIT_PERHAPS_S)
    assert terminal.waits(WAIT_PERHAPS_S / 2).keys == ""
    assert terminal.waits(WAIT_PERHAPS_S).keys == ESCAPE
    assert terminal.filter.wait_s is None


def test_escape_before_an_answer_is_a_key() -> None:
    terminal = Terminal().reads(ESCAPE, "\x1b[?62c")
    assert (terminal.keys, terminal.heard) == (ESCAPE, [Attributes((62,))])


@pytest.mark.parametrize("typed", ["[", "[A", "P", "P>", "_", "_x", "G", "q", "[1", "OR"])
def test_what_is_typed_after_escape_is_typed(typed: str) -> None:
    assert Terminal().reads(ESCAPE).waits(0.1).reads(typed).waits(0.1).keys == ESCAPE + typed


def test_alt_and_a_letter_wait_for_no_answer_for_long() -> None:
    for key in ("\x1bP", "\x1b_", "\x1bP>", "\x1b["):
        terminal = Terminal().reads(key)
        assert terminal.keys == ""
        assert terminal.waits(WAIT_PERHAPS_S).keys == key


def test_half_an_answer_is_dropped_in_the_end() -> None:
    for half in ("\x1b[?62;", "\x1bP>|kitty(0", "\x1b_Gi=1;O", "\x1b[6;18", "\x1b_Gi=1;OK\x1b"):
        terminal = Terminal().reads(half)
        assert terminal.waits(WAIT_SURELY_S / 2).filter.wait_s == pytest.approx(WAIT_SURELY_S / 2)
        assert terminal.waits(WAIT_SURELY_S).reads("q").keys == "q"


def test_half_a_position_is_dropped_where_one_was_asked_for() -> None:
    assert Terminal(positions=1).reads("\x1b[24;8").waits(WAIT_SURELY_S).keys == ""
    assert Terminal(positions=0).reads("\x1b[24;8").waits(WAIT_SURELY_S).keys == "\x1b[24;8"


def test_typing_does_not_prolong_the_wait_for_half_an_answer() -> None:
    """Else somebody who types after a broken answer would type into nothing."""
    terminal = Terminal().reads("\x1b_Gi=1;O")
    for letter in "abcdefgh":
        terminal.waits(0.2).reads(letter)
    assert terminal.keys == "efgh", "what came within a second may have been the answer"


def test_keys_that_are_no_text_end_half_an_answer() -> None:
    assert Terminal().reads("\x1b_Gi=1;O", "\r").keys.endswith("\r")
    assert Terminal().reads("\x1bP>|kitty", "\x1b[A").keys.endswith("\x1b[A")


def test_f3_is_a_key_unless_a_position_was_asked_for() -> None:
    assert Terminal().reads("\x1b[1;2R").keys == "\x1b[1;2R", "shift+F3"
    terminal = Terminal(positions=1).reads("\x1b[1;2R", "\x1b[1;2R")
    assert (terminal.heard, terminal.keys) == ([Position(1, 2)], "\x1b[1;2R")
    assert Terminal(positions=1).reads("\x1bOR").keys == "\x1bOR"


@pytest.mark.parametrize("message", ["OK", "ENOENT:no such picture"])
def test_an_answer_that_tmux_took_the_head_of_is_none_of_the_keys(message: str) -> None:
    """Its prefix key was pressed just before the answer came."""
    terminal = Terminal().reads(f"abGi=127,p=1;{message}\x1b\\cd")
    assert (terminal.keys, terminal.heard) == ("abcd", [Graphics(127, message)])
    assert Terminal().reads("Gi=1;OK\x1b[A").keys == "Gi=1;OK\x1b[A"
    assert Terminal().reads("G\x1b\\").waits(1.0).keys == "G\x1b\\"


@pytest.mark.parametrize("start", ["\x1b_G", "\x1bP>|", "\x1b[?", "\x1b[6;1"])
def test_what_is_too_long_for_an_answer_is_none(start: str) -> None:
    garbage = start + "1" * LONGEST
    terminal = Terminal().reads(*(garbage[at : at + 100] for at in range(0, len(garbage), 100)))
    assert terminal.waits(WAIT_SURELY_S).keys == garbage
    assert terminal.reads("\x1b[?62c", "q").heard == [Attributes((62,))]


@pytest.mark.parametrize(
    "text", ["\x1b[?" + "9" * 5000 + "c", "\x1b[" + "1" * 9 + ";1R", "\x1b[?٤c", "\x1b[6;٤;٤t"]
)
def test_numbers_that_are_none_are_not_read(text: str) -> None:
    terminal = Terminal(positions=1).reads(text).waits(WAIT_SURELY_S)
    assert (terminal.keys, terminal.heard) == (text, [])


def test_what_is_pasted_is_pasted_whatever_it_is() -> None:
    pasted = "".join(["\x1b[200~", *ANSWERS, *KEYS[:10], "\x1b", "\x1b[201~"])
    for size in (1, 2, 3, 5, 7, len(pasted)):
        pieces = [pasted[at : at + size] for at in range(0, len(pasted), size)]
        terminal = Terminal(positions=3).reads(*pieces, "\x1b[?62c")
        assert (terminal.keys, terminal.heard) == (pasted, [Attributes((62,))]), size


def test_a_paste_may_stop_in_its_marks() -> None:
    for cut, pause in itertools.product(range(1, 18), (0.0, 0.2)):
        pasted = "\x1b[200~\x1b[?1c\x1b[201~"
        terminal = Terminal().reads(pasted[:cut]).waits(pause).reads(pasted[cut:], "\x1b[?62c")
        assert (terminal.keys, terminal.heard) == (pasted, [Attributes((62,))]), (cut, pause)


_TYPED = st.sampled_from([*KEYS, *"abcxyz"])
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("key"), _TYPED),
        st.tuples(st.just("escape"), st.just(ESCAPE)),
        st.tuples(st.just("answer"), st.sampled_from(list(ANSWERS))),
    ),
    max_size=30,
)


@given(_STEPS, st.lists(st.integers(1, 12), min_size=1, max_size=20), st.booleans())
@example([("key", "\x1bP"), ("answer", "\x1bP>|\x1b\\"), ("key", "\x1b[6;5~")], [1], False)
def test_keys_come_out_exactly_and_answers_are_heard_exactly(
    steps: list[tuple[str, str]], cuts: list[int], is_slow: bool
) -> None:
    """Any keys between any answers, cut anywhere; a pause after Escape, as people make one."""
    answers = [text for kind, text in steps if kind == "answer"]
    positions = sum(isinstance(ANSWERS[text], Position) for text in answers)
    terminal = Terminal(positions=positions)
    sizes = itertools.cycle(cuts)
    waiting = ""
    for kind, text in [*steps, ("escape", ESCAPE)]:
        waiting += text
        while len(waiting) > (size := next(sizes)):
            terminal.reads(waiting[:size])
            if is_slow:
                terminal.waits(WAIT_PERHAPS_S * 0.4)
            waiting = waiting[size:]
        if kind == "escape":
            terminal.reads(waiting).waits(WAIT_PERHAPS_S * 1.1)
            waiting = ""
    assert terminal.keys == "".join(text for kind, text in steps if kind != "answer") + ESCAPE
    assert terminal.heard == [ANSWERS[text] for text in answers]


@given(st.text(alphabet="\x1b[]PGO_>|?;\\0126tRcqi=OK~\r", max_size=60), st.data())
def test_nothing_is_lost_or_turned_round_whatever_comes(text: str, data: st.DataObject) -> None:
    """Of arbitrary bytes, what comes out is what went in without the answers and without dropped halves."""
    cut = data.draw(st.integers(0, len(text)))
    terminal = Terminal(positions=1).reads(text[:cut], text[cut:]).waits(WAIT_SURELY_S)
    rest = iter(text)
    assert all(char in rest for char in terminal.keys), "in order, and nothing that was not there"
    assert terminal.filter.wait_s is None
