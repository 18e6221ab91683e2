"""The table of keys, and the check of what people change in it."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.keys import _character_to_key

from darkroom.config.keycheck import check
from darkroom.config.keymap import GROUPS, KEYS, bindings_for
from darkroom.config.keynames import FORBIDDEN, canonical, display, is_printing

PUNCTUATION = [chr(code) for code in range(33, 127) if not chr(code).isalnum()]


def test_ids_are_unique_and_groups_known() -> None:
    assert [name for name, count in Counter(key.id for key in KEYS).items() if count > 1] == []
    assert {key.group for key in KEYS} == set(GROUPS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_every_default_is_a_canonical_key_that_may_be_bound(key: object) -> None:
    found = next(known for known in KEYS if known is key)
    for name in found.all_keys:
        assert canonical(name) == name
        assert name not in FORBIDDEN
    if found.group == "global":
        assert not [name for name in found.keys if is_printing(name)], "it must work inside a text field"


def test_the_defaults_do_not_clash() -> None:
    # An override that changes nothing makes the check look at the whole table.
    good, problems = check({key.id: key.shown() for key in KEYS if key.group != "global"})
    assert problems == ()
    assert len(good) == sum(key.group != "global" for key in KEYS)


@pytest.mark.parametrize("character", PUNCTUATION)
def test_punctuation_is_named_as_textual_names_it(character: str) -> None:
    name = canonical(character)
    assert name == _character_to_key(character)
    assert name is not None
    assert display(name) == character
    assert is_printing(name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Shift+Ctrl+F6", "ctrl+shift+f6"),
        ("Control+G", "ctrl+g"),
        ("shift+g", "G"),
        ("ctrl++", "ctrl+plus"),
        ("+", "plus"),
        ("Esc", "escape"),
        ("PgDn", "pagedown"),
        ("ctrl+[", "ctrl+left_square_bracket"),
        ("", None),
        ("ctrl+", None),
        ("hyper+x", None),
        ("f25", None),
        ("é", None),
        ("ab", None),
    ],
)
def test_names_are_read_as_people_write_them(written: str, meant: str | None) -> None:
    assert canonical(written) == meant


def test_an_override_replaces_the_keys_and_keeps_the_rest() -> None:
    before = next(key for key in bindings_for("global") if key.id == "help")
    after = next(key for key in bindings_for("global", {"help": "F12, ctrl+y"}) if key.id == "help")
    assert after.keys == ("f12", "ctrl+y")
    assert after.plain == before.plain
    assert after.shown() == "f12, ctrl+y, ?"


@pytest.mark.parametrize(
    ("overrides", "id_", "message"),
    [
        ({"generat": "f12"}, "generat", "No action is called"),
        ({"generate": "ctrl+h"}, "generate", "terminals send it for backspace"),
        ({"generate": "x"}, "generate", "types text"),
        ({"generate": " , "}, "generate", "needs a key"),
        ({"history.rerun": "hyper+r"}, "history.rerun", "is not a key"),
        ({"history.rerun": "u"}, "history.rerun", "already runs history.reuse"),
        ({"history.rerun": "j"}, "history.rerun", "already runs list.down"),
        ({"history.rerun": "ctrl+g"}, "history.rerun", "already runs generate"),
        ({"jump": "ctrl+g"}, "jump", "already runs generate"),
        ({"sessions.new": "1"}, "sessions.new", "already runs pane_sessions"),
    ],
)
def test_what_cannot_be_used_is_told_and_left_out(overrides: dict[str, str], id_: str, message: str) -> None:
    good, problems = check(overrides)
    assert good == {}
    assert [problem.id for problem in problems] == [id_]
    assert message in problems[0].message
    assert problems[0].hint


def test_an_unknown_action_names_the_nearest() -> None:
    _, problems = check({"history.rerum": "x"})
    assert "history.rerun" in problems[0].hint


def test_two_actions_may_swap_their_keys() -> None:
    swapped = {"history.rerun": "u", "history.reuse": "r"}
    assert check(swapped) == (swapped, ())


def test_the_same_key_in_two_panes_is_no_clash() -> None:
    assert check({"history.export": "n"}) == ({"history.export": "n"}, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [("TAB,TAB", "tab"), ("F12 , Shift+Ctrl+F6", "f12,ctrl+shift+f6"), ("control+y, Ctrl+Y", "ctrl+y")],
)
def test_keys_leave_the_check_as_the_screens_spell_them_and_each_once(written: str, meant: str) -> None:
    assert check({"generate": written}) == ({"generate": meant}, ())
    assert bindings_for("global", {"generate": written})[0].keys == tuple(meant.split(","))


def test_a_plain_key_may_be_made_one_that_works_everywhere() -> None:
    good, problems = check({"quit": "ctrl+c"})
    assert problems == ()
    assert next(key for key in bindings_for("global", good) if key.id == "quit").all_keys == ("ctrl+c",)
