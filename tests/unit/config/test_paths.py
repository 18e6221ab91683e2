"""Where files go, and what happens where they cannot."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from darkroom.config.paths import ensure_folder, resolve, styles_folder
from darkroom.domain.errors import ConfigError

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")


def test_home_puts_everything_below_one_folder(tmp_path: Path) -> None:
    paths = resolve(tmp_path / "a", {"DARKROOM_HOME": str(tmp_path / "b")})
    assert {folder.parent for folder in (paths.config, paths.data, paths.cache, paths.logs)} == {
        tmp_path / "a"
    }
    assert paths.database == tmp_path / "a" / "data" / "darkroom.db"


def test_the_environment_may_name_the_home(tmp_path: Path) -> None:
    assert resolve(None, {"DARKROOM_HOME": str(tmp_path)}).config_file == tmp_path / "config" / "config.toml"
    assert resolve(None, {"DARKROOM_HOME": "~/x", "HOME": "/home/me"}).config == Path("/home/me/x/config")


def test_a_relative_home_is_one_place_for_the_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve(Path("here"), {}).data == tmp_path / "here" / "data"


@on_linux
def test_xdg_folders_are_used() -> None:
    paths = resolve(None, {"HOME": "/home/me", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "relative"})
    assert paths.data == Path("/data/darkroom")
    assert paths.config == Path("/home/me/.config/darkroom"), "a relative XDG folder is to be ignored"
    assert paths.cache == Path("/home/me/.cache/darkroom")
    assert paths.logs == Path("/home/me/.local/state/darkroom/logs")


@on_linux
def test_the_xdg_folders_are_those_of_platformdirs() -> None:
    from platformdirs import PlatformDirs

    known, paths = PlatformDirs("darkroom"), resolve(None, os.environ)
    assert (paths.config, paths.data, paths.cache) == (
        known.user_config_path,
        known.user_data_path,
        known.user_cache_path,
    )


def test_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    paths = resolve(tmp_path / "home", {})
    paths.create()
    paths.create()
    for folder in (paths.config, paths.data, paths.cache, paths.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigError) as caught:
        resolve(tmp_path / "home", {}).create()
    assert str(tmp_path / "home") in caught.value.detail
    assert "--home" in caught.value.hint
    with pytest.raises(ConfigError, match="cannot be used"):
        ensure_folder(tmp_path / "home")


def test_a_place_where_nothing_can_be_made_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        ensure_folder(Path("/proc/darkroom"))
    assert "/proc/darkroom" in caught.value.detail


def test_the_style_sheets_are_found() -> None:
    assert styles_folder().name == "styles"
    assert styles_folder().is_dir()
