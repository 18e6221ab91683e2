"""Where Darkroom keeps its files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "darkroom"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of one Darkroom home. None of them needs to exist before `create`.

    Attributes:
        config: Holds `config.toml`.
        data: Holds the database and the original pictures: what a backup must have.
        cache: May be deleted at any time.
        logs: Rotating logs and crash reports.
    """

    config: Path
    data: Path
    cache: Path
    logs: Path

    @property
    def config_file(self) -> Path:
        """The settings and profiles, as TOML; may be absent."""
        return self.config / "config.toml"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "darkroom.db"

    @property
    def blobs(self) -> Path:
        """Folder of the original bytes, by content hash."""
        return self.data / "blobs"

    @property
    def demo(self) -> Path:
        """Folder of the demo server's journal and pictures."""
        return self.data / "demo"

    @property
    def wildcards(self) -> Path:
        """Folder of the wildcard files that prompts take lines from; the person's own, and may be absent."""
        return self.data / "wildcards"

    def create(self) -> None:
        """Makes the folders that are missing, for their owner alone (0700).

        Raises:
            ConfigError: One cannot be made or written to; says which and what to do.
        """
        for folder in (self.config, self.data, self.cache, self.logs):
            ensure_folder(folder)


def resolve(home: Path | None, environ: Mapping[str, str]) -> Paths:
    """The folders to use; touches nothing.

    `home` (from `--home`) wins, then `DARKROOM_HOME`; both put everything below one folder. Otherwise
    the XDG folders on Linux, and what the platform uses elsewhere.
    """
    named = str(home) if home is not None else environ.get("DARKROOM_HOME", "").strip()
    if named:
        return _below(Path(_expand(named, environ)).absolute())
    if sys.platform in ("darwin", "win32"):
        return _platform_paths()
    state = _xdg(environ, "XDG_STATE_HOME", ".local/state")
    return Paths(
        config=_xdg(environ, "XDG_CONFIG_HOME", ".config"),
        data=_xdg(environ, "XDG_DATA_HOME", ".local/share"),
        cache=_xdg(environ, "XDG_CACHE_HOME", ".cache"),
        logs=state / "logs",
    )


def of_home(paths: Paths) -> list[str]:
    """The options that lead another Darkroom with the same environment to the same folders."""
    base = paths.data.parent
    return ["--home", str(base)] if paths == _below(base) else []


def _below(base: Path) -> Paths:
    return Paths(base / "config", base / "data", base / "cache", base / "logs")


def _xdg(environ: Mapping[str, str], variable: str, default: str) -> Path:
    # Written out because importing platformdirs takes longer than all the rest of the configuration.
    # A relative path is to be ignored. Source: XDG Base Directory Specification 0.8.
    value = environ.get(variable, "")
    base = Path(value) if value.startswith("/") else Path(_expand("~", environ)) / default
    return base / APP


def _expand(path: str, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME", "")
    if home and (path == "~" or path.startswith("~/")):
        return home + path[1:]
    return os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises where this leaves the path alone


def _platform_paths() -> Paths:
    from platformdirs import PlatformDirs

    folders = PlatformDirs(APP, appauthor=False)
    return Paths(
        config=folders.user_config_path,
        data=folders.user_data_path,
        cache=folders.user_cache_path,
        logs=folders.user_log_path,
    )


def ensure_folder(folder: Path) -> Path:
    """`folder`, made with mode 0700 where it was missing (parents as the umask says).

    Raises:
        ConfigError: It cannot be made, is no folder, or cannot be written to.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError as error:
        raise _unusable(folder, "There is a file of that name") from error
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(folder, "It may not be written to")
    return folder


def _unusable(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        "A folder that Darkroom needs cannot be used",
        f"{folder}: {why}",
        "Change its permissions or owner, or choose another place with --home DIR or DARKROOM_HOME=DIR",
        file=folder,
    )


def styles_folder() -> Path:
    """The folder of style sheets: `darkroom/styles` where installed, `styles/` of a checkout otherwise."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "styles"
    return installed if installed.is_dir() else package.parents[1] / "styles"
