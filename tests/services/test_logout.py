"""What becomes of a worker at logout, by what this machine's files and programs say."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import pytest

from darkroom.services.doctor_queue import after_logout
from darkroom.services.findings import Level
from darkroom.services.logout import Logout, Place, look

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "0::/user.slice/user-1000.slice/session-3.scope\n"
MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n"
USER = getpass.getuser()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without systemd's programs."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def program(root: Path, name: str, answer: str) -> None:
    path = root / "bin" / name
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)


def test_where_no_login_is_nothing_ends_it(root: Path) -> None:
    write(root, "proc/self/cgroup", "0::/system.slice/ssh.service\n")
    assert look(root) == Logout(Place.ELSEWHERE, None, None)
    assert look(root).ends is False
    assert look(root / "without proc").ends is False


@pytest.mark.parametrize(
    ("files", "ends"),
    [
        ({}, None),
        ({"etc/systemd/logind.conf": "[Login]\n#KillUserProcesses=no\n"}, None),
        ({"etc/systemd/logind.conf": "[Login]\nKillUserProcesses=yes\n"}, True),
        ({"usr/lib/systemd/logind.conf": "KillUserProcesses=yes\n", "etc/systemd/logind.conf": ""}, None),
        (
            {
                "etc/systemd/logind.conf": "KillUserProcesses=yes\n",
                "usr/lib/systemd/logind.conf.d/50.conf": "KillUserProcesses = off\n",
            },
            False,
        ),
        (
            {
                "usr/lib/systemd/logind.conf.d/50.conf": "KillUserProcesses=1\n",
                "etc/systemd/logind.conf.d/50.conf": "KillUserProcesses=0\n",
            },
            False,
        ),
        (
            {"etc/systemd/logind.conf.d/60.conf": f"KillUserProcesses=yes\nKillExcludeUsers=root {USER}\n"},
            False,
        ),
        ({"etc/systemd/logind.conf": "KillUserProcesses=yes\nKillOnlyUsers=somebody-else\n"}, False),
    ],
)
def test_in_a_login_session_it_is_as_logind_is_configured(
    root: Path, files: dict[str, str], *, ends: bool | None
) -> None:
    write(root, "proc/self/cgroup", SESSION)
    for file, text in {"etc/systemd/logind.conf.d/00.conf": "KillExcludeUsers=nobody\n", **files}.items():
        write(root, file, text)
    assert look(root).ends is ends


def test_what_logind_says_itself_counts_more(root: Path) -> None:
    write(root, "proc/self/cgroup", SESSION)
    write(root, "etc/systemd/logind.conf", "KillUserProcesses=no\nKillExcludeUsers=nobody\n")
    program(root, "busctl", "b true")
    assert look(root).ends is True


@pytest.mark.parametrize(("answer", "ends"), [("yes", False), ("no", True), ("who?", None)])
def test_below_the_service_manager_it_is_as_the_user_lingers(
    root: Path, answer: str, *, ends: bool | None
) -> None:
    write(root, "proc/self/cgroup", MANAGER)
    program(root, "loginctl", answer)
    assert look(root).ends is ends


def test_what_is_said_names_what_helps() -> None:
    ended = after_logout(Logout(Place.SESSION, kills=True, lingers=None))
    assert ended.level is Level.NOTE
    assert "enable-linger" in ended.hint
    assert "--print-unit" in ended.hint
    unknown = after_logout(Logout(Place.MANAGER, kills=None, lingers=None))
    assert "cannot be found out" in unknown.value
    assert after_logout(Logout(Place.ELSEWHERE, None, None)).level is Level.FINE
