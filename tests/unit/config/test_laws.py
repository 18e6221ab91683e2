"""What holds for every configuration file and every key name."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from darkroom.config.keycheck import check
from darkroom.config.keymap import KEYS, bindings_for
from darkroom.config.keynames import NAMED, canonical, display
from darkroom.config.locate import line_of
from darkroom.config.paths import resolve
from darkroom.config.profilecheck import problems
from darkroom.config.settings import Settings, load
from darkroom.config.writing import write
from darkroom.domain.profile import Profile

WORDS = [
    "theme",
    "keys",
    "profiles",
    "groups",
    "box",
    "url",
    "help",
    "bell",
    "true",
    "3",
    "-1",
    "1e400",
    "2026-01-01",
]
SIGNS = [
    ".",
    "=",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "#",
    ",",
    "\n",
    " ",
    "\\",
    "\x00",
    "\x1b",
    "é",
    "\ufeff",
    '"""',
]
PIECES = st.sampled_from(["http://a", *WORDS, *SIGNS])
IDS = st.sampled_from([key.id for key in KEYS]) | st.text(max_size=8)
PRINTING = st.characters(min_codepoint=33, max_codepoint=126)
NAMES = st.sampled_from(NAMED) | PRINTING
MODIFIERS = st.sets(st.sampled_from(["ctrl", "alt", "shift", "super"])).map(sorted)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_file_keeps_the_program_from_starting(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = resolve(Path(folder), {})
        paths.create()
        paths.config_file.write_text(text, encoding="utf-8")
        loaded = load(paths, {})
    assert isinstance(loaded.settings, Settings)
    assert "demo" in loaded.profiles
    assert not [line for error in loaded.errors for line in error.lines() if "\x1b" in line or "\x00" in line]


@given(st.text(), st.tuples(st.text(), st.text()))
def test_a_line_is_found_or_not_but_never_an_error(text: str, path: tuple[str, str]) -> None:
    line = line_of(text, path)
    assert line is None or 1 <= line <= len(text.splitlines())


@given(MODIFIERS, NAMES)
def test_a_key_is_read_as_it_is_shown(modifiers: list[str], name: str) -> None:
    found = canonical("+".join([*modifiers, name]))
    assert found is not None
    assert canonical(found) == found
    assert canonical(display(found)) == found


@example({"generate": "TAB,TAB"})
@example({"quit": "ctrl+c"})
@given(st.dictionaries(IDS, st.text(max_size=12) | st.lists(NAMES, max_size=2).map(", ".join), max_size=6))
def test_what_the_check_lets_through_never_clashes(overrides: dict[str, str]) -> None:
    good, wrong = check(overrides)
    assert set(good) | {problem.id for problem in wrong} == set(overrides)
    assert check(good) == (good, ())
    everywhere = [name for key in bindings_for("global", good) for name in key.all_keys]
    assert len(everywhere) == len(set(everywhere))


@given(st.text(max_size=20), st.text(max_size=20).map("http://a/".__add__))
def test_a_profile_that_passes_comes_back_from_the_file(name: str, url: str) -> None:
    profile = Profile(name, url=url)
    if problems(profile):
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = resolve(Path(folder), {})
        write(paths, profile)
        loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.profiles[name] == profile
