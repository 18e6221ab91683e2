"""`darkroom generate` tells by the person's command, and by the terminal only who wants it."""

from __future__ import annotations

import os
import pty
import sys
from typing import TYPE_CHECKING

from tests.cli.conftest import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli
    from tests.servers.comfyui import ComfyServer


def appends_to(file: Path) -> str:
    """A command that adds the event and the file of the picture to a file."""
    said = "'{DARKROOM_EVENT} {DARKROOM_AWAY} {DARKROOM_PICTURE}\\n'.format(**os.environ)"
    return f"""{sys.executable} -c "import os; open('{file}', 'a').write({said})" """


def test_a_command_is_run_when_the_work_has_ended(cli: Cli, server: ComfyServer, tmp_path: Path) -> None:
    told = tmp_path / "told"
    cli.env |= {"DARKROOM_NOTIFY_COMMAND": appends_to(told), "DARKROOM_NOTIFY_COMMAND_WHEN": "always"}
    done = cli("generate", "a harbour", "--url", server.url, *SMALL)
    assert done.code == 0, done.err
    event, away, picture = told.read_text().split()
    assert (event, away, picture) == ("done", "no", done.out.strip())


def test_who_has_just_typed_it_is_not_told(cli: Cli, server: ComfyServer, tmp_path: Path) -> None:
    told = tmp_path / "told"
    done = cli("generate", "a harbour", "--url", server.url, *SMALL, DARKROOM_NOTIFY_COMMAND=appends_to(told))
    assert done.code == 0, done.err
    assert not told.exists()
    assert "\x07" not in done.err


def test_what_was_never_kept_has_not_ended(cli: Cli, tmp_path: Path) -> None:
    told = tmp_path / "told"
    cli.env |= {"DARKROOM_NOTIFY_COMMAND": appends_to(told), "DARKROOM_NOTIFY_COMMAND_WHEN": "always"}
    done = cli("generate", "a", "--url", "http://127.0.0.1:9", *SMALL)
    assert done.code == 3
    assert not told.exists()


def test_a_command_that_fails_is_told_and_changes_nothing(cli: Cli, server: ComfyServer) -> None:
    cli.env |= {"DARKROOM_NOTIFY_COMMAND": "false", "DARKROOM_NOTIFY_COMMAND_WHEN": "always"}
    done = cli("generate", "a harbour", "--url", server.url, *SMALL)
    assert done.code == 0
    assert "The notify_command failed" in done.err


def test_a_terminal_is_rung_where_that_is_wanted(cli: Cli, server: ComfyServer) -> None:
    ours, theirs = pty.openpty()
    cli.env |= {"DARKROOM_BELL": "always", "DARKROOM_NOTIFY": "always", "TERM": "foot"}
    started = cli.start("generate", "a harbour", "--url", server.url, *SMALL, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:
        pass  # Linux: the other end was closed
    finally:
        os.close(ours)
    assert started.wait(60) == 0
    if started.stdout is not None:
        started.stdout.close()
    assert b"\x07\x1b]777;notify;Picture ready;a harbour\x1b\\" in said
