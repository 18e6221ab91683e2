"""What systemd does at logout to a process that should go on in the background.

- A process in the scope of a login session (`session-3.scope`) is killed with it where logind's
  `KillUserProcesses` is on, unless the user is excluded, as root is.
- One below the user's service manager (`user@1000.service`; most desktops start terminals there) ends with it
  when the last session has ended, unless the user lingers.
- Others are left alone.

Source: logind.conf(5), user@.service(5), systemd.syntax(7), loginctl(1) of systemd 252.
"""

from __future__ import annotations

import getpass
import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from darkroom.services.doctor_asking import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDERS = ("usr/lib", "usr/local/lib", "run", "etc")
"""Where configuration lies, the strongest last."""

_TRUE = frozenset({"1", "yes", "y", "true", "t", "on"})


class Place(Enum):
    """Where in systemd's tree this process is, and with it what it starts."""

    SESSION = "the login session"
    MANAGER = "the user's service manager"
    ELSEWHERE = "outside of logins"


class Logout(NamedTuple):
    """What is known.

    Attributes:
        place: Where this process is.
        kills: Whether logind kills what a session leaves; `None` when that cannot be found out.
        lingers: Whether the user's services go on without a login; `None` likewise.
    """

    place: Place
    kills: bool | None
    lingers: bool | None

    @property
    def ends(self) -> bool | None:
        """Whether a detached process that is started from here ends at logout; `None` when unknown."""
        match self.place:
            case Place.SESSION:
                return self.kills
            case Place.MANAGER:
                return None if self.lingers is None else not self.lingers
            case Place.ELSEWHERE:
                return False


def look(root: Path = Path("/")) -> Logout:
    """Looks at this machine; `root` is where its files are. Blocking, for some seconds at worst."""
    place = _place(root)
    if place is Place.ELSEWHERE:
        return Logout(place, None, None)
    user = getpass.getuser()
    lingers = ask("loginctl", "show-user", user, "--property=Linger", "--value")
    return Logout(place, _kills(root, user), None if lingers not in ("yes", "no") else lingers == "yes")


def _place(root: Path) -> Place:
    try:
        text = (root / "proc/self/cgroup").read_text("utf-8", "replace")
    except OSError:
        return Place.ELSEWHERE
    if re.search(r"/user@\d+\.service(/|$)", text, re.MULTILINE):
        return Place.MANAGER
    return Place.SESSION if re.search(r"/session-[^/]+\.scope(/|$)", text, re.MULTILINE) else Place.ELSEWHERE


def _kills(root: Path, user: str) -> bool | None:
    settings: dict[str, str] = {}
    for file in _files(root):
        settings |= _read(file)
    excluded = settings.get("KillExcludeUsers", "root").split()
    only = settings.get("KillOnlyUsers", "").split()
    if user in excluded or (only and user not in only):
        return False
    # Distributions differ in what holds when nothing is written; logind itself knows.
    told = ask(
        "busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager", "KillUserProcesses",
    )  # fmt: skip
    if told in ("b true", "b false"):
        return told == "b true"
    written = settings.get("KillUserProcesses", "").lower()
    return written in _TRUE if written else None


def _files(root: Path) -> Iterator[Path]:
    """The files of logind's configuration that count, the weakest first."""
    mains = [root / folder / "systemd/logind.conf" for folder in _FOLDERS]
    yield from [main for main in mains if main.is_file()][-1:]
    extra = {
        file.name: file
        for folder in _FOLDERS
        for file in sorted((root / folder / "systemd/logind.conf.d").glob("*.conf"))
    }
    yield from (extra[name] for name in sorted(extra))


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith(("#", ";")))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
