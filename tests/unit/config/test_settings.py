"""Settings from flags, the environment, the file and the defaults, in this order."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from darkroom.config.describe import descriptions
from darkroom.config.locate import line_of
from darkroom.config.paths import Paths, resolve
from darkroom.config.settings import FIELDS, Settings, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = resolve(tmp_path, {})
    found.create()
    return found


def write(paths: Paths, text: str) -> None:
    paths.config_file.write_text(text, encoding="utf-8")


def test_without_anything_the_defaults_stand_and_the_demo_is_there(paths: Paths) -> None:
    loaded = load(paths, {})
    assert loaded.settings == Settings()
    assert list(loaded.profiles) == ["demo"]
    assert loaded.errors == ()
    assert set(loaded.sources.values()) == {"default"}


def test_flags_win_over_the_environment_over_the_file(paths: Paths) -> None:
    write(paths, 'theme = "file"\neditor = "file"\nprofile = "file"\n')
    environ = {"DARKROOM_EDITOR": "env", "DARKROOM_PROFILE": "env"}
    loaded = load(paths, environ, {"profile": "flag"})
    assert (loaded.settings.theme, loaded.settings.editor, loaded.settings.profile) == ("file", "env", "flag")
    assert loaded.sources["theme"] == f"{paths.config_file}:1"
    assert loaded.sources["editor"] == "DARKROOM_EDITOR"
    assert loaded.sources["profile"] == "flag"
    assert loaded.sources["bell"] == "default"


@pytest.mark.parametrize(
    ("text", "value"), [("0", False), ("off", False), ("No", False), ("1", True), ("TRUE", True)]
)
def test_the_environment_speaks_of_yes_and_no_in_many_ways(paths: Paths, text: str, value: bool) -> None:
    assert load(paths, {"DARKROOM_PREVIEWS": text}).settings.previews is value


@pytest.mark.parametrize(("old", "now"), [("true", "always"), ("false", "never")])
def test_a_setting_that_was_yes_or_no_once_is_still_understood(paths: Paths, old: str, now: str) -> None:
    write(paths, f"bell = {old}\nnotify = {old}\n")
    loaded = load(paths, {})
    assert (loaded.settings.bell, loaded.settings.notify) == (now, now)
    assert load(paths, {"DARKROOM_BELL": old}).settings.bell == now
    assert load(paths, {"DARKROOM_BELL": "away"}).settings.bell == "away"
    assert loaded.errors == ()


def test_numbers_from_the_environment_are_checked(paths: Paths) -> None:
    assert load(paths, {"DARKROOM_TRASH_DAYS": "7"}).settings.trash_days == 7
    loaded = load(paths, {"DARKROOM_TRASH_DAYS": "-7"})
    assert loaded.settings.trash_days == 30
    assert [error.title for error in loaded.errors] == ["DARKROOM_TRASH_DAYS must be at least 0, not -7"]


@pytest.mark.parametrize(
    ("text", "line", "title", "hint"),
    [
        ('# a\nthem = "x"\n', 2, "“them” is not a setting", "Did you mean theme?"),
        ("previews = 1\n", 1, "previews must be true or false, not 1", ""),
        ("bell = 1\n", 1, "bell must be text, not 1", ""),
        (
            'notify = "alway"\n',
            1,
            "must be one of away, always, never, not “alway”; did you mean always?",
            "",
        ),
        ("notify_on = true\n", 1, "notify_on must be text, not true", ""),
        ("trash_days = true\n", 1, "trash_days must be a whole number, not true", ""),
        ("\ntrash_days = -1\n", 2, "trash_days must be at least 0, not -1", ""),
        ("trash_days = 1.5\n", 1, "trash_days must be a whole number, not 1.5", ""),
        ('images = "sixl"\n', 1, "did you mean sixel?", ""),
        ('keys = "x"\n', 1, "keys must be a table", ""),
        ('[keys]\n\ngenerate = "x"\n', 3, "types text", "Add ctrl or alt"),
        ("[keys]\ngenerate = 7\n", 2, "keys.generate must be text", ""),
        ("profiles = 3\n", 1, "profiles must hold tables", ""),
        ("[profiles]\nbox = 3\n", 2, "profiles.box must be a table", ""),
    ],
)
def test_a_mistake_names_file_line_and_remedy(
    paths: Paths, text: str, line: int, title: str, hint: str
) -> None:
    write(paths, text)
    loaded = load(paths, {})
    assert loaded.settings == Settings()
    assert len(loaded.errors) == 1
    error = loaded.errors[0]
    assert title in error.title
    assert hint in error.hint
    assert error.line == line
    assert error.file == paths.config_file
    assert f"{paths.config_file}, line {line}" in error.detail


def test_one_mistake_does_not_cost_the_other_settings(paths: Paths) -> None:
    write(paths, 'bell = "loud"\ntheme = "mine"\ntrash_days = 5\n')
    loaded = load(paths, {})
    assert loaded.settings.theme == "mine"
    assert loaded.settings.trash_days == 5
    assert len(loaded.errors) == 1


@pytest.mark.parametrize(
    ("data", "title", "line"),
    [
        (b'theme = "a"\nbell = \n', "not valid TOML", 2),
        (b'theme = "a"\neditor = "\xff"\n', "not UTF-8", 2),
        (b'theme = "a"\ntheme = "b"\n', "not valid TOML", 2),
        (b'theme = """a\n', "not valid TOML", 2),
        (b"a = " + b"[" * 100_000, "nested too deeply", None),
        (b"\0" * 100, "not valid TOML", 1),
    ],
)
def test_a_broken_file_leaves_the_defaults(paths: Paths, data: bytes, title: str, line: int | None) -> None:
    paths.config_file.write_bytes(data)
    loaded = load(paths, {})
    assert loaded.settings == Settings()
    assert len(loaded.errors) == 1
    assert title in loaded.errors[0].title
    assert loaded.errors[0].line == line


def test_a_file_that_cannot_be_read_leaves_the_defaults(paths: Paths) -> None:
    paths.config_file.mkdir()
    loaded = load(paths, {})
    assert loaded.settings == Settings()
    assert "cannot be read" in loaded.errors[0].title


def test_a_byte_order_mark_is_no_mistake(paths: Paths) -> None:
    paths.config_file.write_bytes(b'\xef\xbb\xbftheme = "a"\r\n')
    assert load(paths, {}).settings.theme == "a"


@pytest.mark.parametrize(
    "text", ['[keys]\n"history.rerun" = "R"', '[keys]\nhistory.rerun = "R"', '[keys.history]\nrerun = "R"']
)
def test_keys_may_be_written_in_each_way_of_toml(paths: Paths, text: str) -> None:
    write(paths, text)
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.settings.keys == {"history.rerun": "R"}


def test_lines_are_found_through_tables_quotes_and_long_strings() -> None:
    text = '\n'.join([
        'a = """',
        "[trap]",
        "b = 1",
        '"""',
        "[t . 'q r']",
        '"x\\"y" = 1',
        "[[list]]",
        "z = { inner = 1 }",
    ])  # fmt: skip
    assert line_of(text, ("t", "q r", 'x"y')) == 6
    assert line_of(text, ("list", "z", "inner")) == 8
    assert line_of(text, ("t", "q r", "absent")) == 5
    assert line_of(text, ("trap", "b")) is None


def test_each_setting_says_what_it_is() -> None:
    said = descriptions()
    assert set(said) == set(FIELDS)
    assert all(text.endswith(".") for text in said.values())


def test_reading_the_configuration_imports_nothing_heavy(paths: Paths) -> None:
    """Without a file not even the TOML reader is loaded; platformdirs costs more than all of this."""
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from darkroom.config.paths import resolve\nfrom darkroom.config.settings import load\n"
        f"load(resolve(Path({str(paths.config.parent)!r}), os.environ), os.environ)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"tomllib", "tomlkit", "platformdirs", "pydantic", "logging", "asyncio", "textual"} & set(
        loaded
    )
