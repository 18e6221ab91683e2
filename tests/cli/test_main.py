"""The command itself: versions, mistakes, terminals, broken homes, broken pipes."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from darkroom import __version__
from darkroom.cli.exitcodes import MEANINGS, ExitCode, of_error
from darkroom.domain.errors import (
    ConfigError,
    ConnectorError,
    DamagedDatabase,
    InputError,
    JobFailed,
    JobLost,
    Rejected,
    TimedOut,
    Unauthorized,
)

if TYPE_CHECKING:
    from darkroom.domain.errors import DarkroomError
    from tests.cli.conftest import Cli


def test_the_version_is_told(cli: Cli) -> None:
    done = cli("--version")
    assert (done.code, done.out, done.err) == (0, f"darkroom {__version__}\n", "")
    assert not cli.home.exists(), "asking for the version leaves nothing behind"


def test_help_lists_commands_and_exit_codes(cli: Cli) -> None:
    done = cli("--help")
    assert done.code == 0
    for word in ("generate", "history", "doctor", *(meaning for meaning in MEANINGS.values())):
        assert word in done.out


def test_a_mistake_goes_to_stderr(cli: Cli) -> None:
    done = cli("generat")
    assert (done.code, done.out) == (2, "")
    assert "generat" in done.err
    assert cli("generate", "x", "--prof", "demo").code == 2, "options are not guessed"


def test_without_a_terminal_the_screens_are_not_opened(cli: Cli) -> None:
    done = cli()
    assert (done.code, done.out) == (2, "")
    assert "darkroom generate" in done.err


def test_home_may_stand_before_and_after_the_command(cli: Cli) -> None:
    for arguments in (
        ("--home", "a", "sessions"),
        ("sessions", "--home", "b"),
        ("sessions", "list", "--home", "c"),
    ):
        assert cli(*arguments).code == 0
    assert sorted(path.name for path in cli.cwd.iterdir()) == ["a", "b", "c"]
    assert not cli.home.exists()


def test_a_broken_configuration_is_told_and_costs_nothing_else(cli: Cli) -> None:
    (cli.home / "config").mkdir(parents=True)
    file = cli.home / "config" / "config.toml"
    file.write_text('them = "x"\n[profiles.box]\nurl = "box"\n')
    done = cli("sessions", "--json")
    assert done.code == 0
    assert done.json() == []
    assert "Did you mean theme?" in done.err
    assert f"{file}, line 1" in done.err
    done = cli("generate", "x", "--profile", "box")
    assert done.code == 6
    assert f"{file}, line 3" in done.err


def test_a_home_that_cannot_be_used_is_told(cli: Cli) -> None:
    cli.home.write_text("a file in the way")
    done = cli("history")
    assert (done.code, done.out) == (6, "")
    assert str(cli.home) in done.err
    assert "--home" in done.err


def test_a_damaged_database_is_told_and_left_alone(cli: Cli) -> None:
    (cli.home / "data").mkdir(parents=True)
    database = cli.home / "data" / "darkroom.db"
    database.write_bytes(b"no database" * 1000)
    done = cli("history")
    assert (done.code, done.out) == (6, "")
    assert database.read_bytes() == b"no database" * 1000


def test_a_reader_that_goes_away_is_no_defect(cli: Cli) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        cli.command("--home", "x", "profiles", "--json"),
        stdout=write,
        stderr=subprocess.PIPE,
        env=cli.env,
        cwd=cli.cwd,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_defect_leaves_a_report_and_says_where(cli: Cli) -> None:
    (cli.cwd / "shtab.py").write_text("raise RuntimeError('a defect \\x1b[31m of this test')")
    done = cli("completion", "bash")
    assert (done.code, done.out) == (70, "")
    assert "RuntimeError" in done.err
    assert "\x1b" not in done.err
    report = next((cli.home / "logs").glob("crash-*.log"))
    assert str(report) in done.err
    assert "completion.py" in report.read_text("utf-8")


def test_an_encoding_without_the_characters_ends_nothing(cli: Cli) -> None:
    done = cli("generate", "x", "--profile", "“n", PYTHONIOENCODING="ascii")
    assert done.code == 2
    assert "No profile is called ?" in done.err


@pytest.mark.parametrize(("no_color", "is_red"), [("", True), ("1", False)])
def test_colours_are_for_terminals_that_want_them(cli: Cli, no_color: str, is_red: bool) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        cli.command("show", "1", "--home", "x"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=cli.env | {"NO_COLOR": no_color},
        cwd=cli.cwd,
    )
    os.close(theirs)
    assert done.communicate(timeout=60)[0] == b""
    said = os.read(ours, 4096)
    os.close(ours)
    assert done.returncode == 2
    assert (b"\x1b[31m" in said) is is_red
    assert b"darkroom:" in said


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), ExitCode.USAGE),
        (ConfigError("x"), ExitCode.HOME),
        (DamagedDatabase("x"), ExitCode.HOME),
        (Rejected("x"), ExitCode.REFUSED),
        (TimedOut("x"), ExitCode.SERVER),
        (Unauthorized("x"), ExitCode.SERVER),
        (JobFailed("x"), ExitCode.FAILED),
        (JobLost("x"), ExitCode.LOST),
        (ConnectorError("x"), ExitCode.SERVER),
    ],
)
def test_errors_have_their_codes(error: DarkroomError, code: ExitCode) -> None:
    assert of_error(error) is code


def test_a_terminal_that_only_prints_lines_gets_words(cli: Cli) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        cli.command(),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=cli.env | {"TERM": "dumb"},
        cwd=cli.cwd,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == ExitCode.USAGE
    assert b"TERM=dumb" in done.stderr
    assert b"\x1b" not in done.stderr
