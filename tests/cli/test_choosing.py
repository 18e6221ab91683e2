"""Which server is used when none is named, and with which credentials."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import Profile
from darkroom.services.profiles import LOCAL_URL, Profiles

if TYPE_CHECKING:
    from pathlib import Path

TWO = '[profiles.box]\nurl = "http://box:1"\n[profiles.shed]\nurl = "http://shed:1"\n'


def profiles(tmp_path: Path, config: str = "", **environ: str) -> Profiles:
    paths = resolve(tmp_path, {})
    paths.create()
    paths.config_file.write_text(config)
    return Profiles(paths, load(paths, environ), environ)


@pytest.mark.parametrize(
    ("config", "last", "chosen"),
    [
        ('profile = "shed"\n' + TWO, "box", "shed"),
        (TWO, "shed", "shed"),
        (TWO, "deleted", "box"),
        (TWO, "http://elsewhere:1", "http://elsewhere:1"),
        (TWO, "", "box"),
        ("", "demo", "demo"),
    ],
)
async def test_the_server_is_the_preferred_the_last_or_the_first(
    tmp_path: Path, config: str, last: str, chosen: str
) -> None:
    assert await profiles(tmp_path, config).choose(last=last) == chosen


async def test_the_demo_is_never_chosen_by_itself(tmp_path: Path) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 8188)) == 0:
            pytest.skip("something listens on this machine's port 8188")
    assert await profiles(tmp_path).choose() is None


async def test_a_server_on_this_machine_is_found(tmp_path: Path, url: str) -> None:
    found = profiles(tmp_path)
    info = await found.test(Profile("x", url=url))
    assert info.service == "comfyui"
    assert found.get(LOCAL_URL) == Profile(LOCAL_URL, url=LOCAL_URL)


def test_a_name_is_looked_up_and_an_address_is_a_name(tmp_path: Path) -> None:
    found = profiles(tmp_path, TWO + '[profiles.bad]\nurl = "x"\n')
    assert found.get("box").url == "http://box:1"
    assert found.get("https://a/b") == Profile("https://a/b", url="https://a/b")
    with pytest.raises(ConfigError, match="No profile is called") as caught:
        found.get("bocks")
    assert caught.value.hint
    with pytest.raises(ConfigError, match="must start with http"):
        found.get("bad")
    with pytest.raises(InputError, match="password"):
        found.get("http://u:p@a")


def test_credentials_are_found_where_they_are_kept(tmp_path: Path) -> None:
    found = profiles(tmp_path, TOKEN="abc")  # noqa: S106 - of this test alone
    basic = Profile("a", url="http://a", auth="basic", username="me", secret="env:TOKEN")  # noqa: S106 - a reference
    access = found.access(basic)
    assert (access.username, access.password, access.token) == ("me", "abc", "")
    headers = {"X-A": "env:TOKEN", "X-B": "c"}
    bearer = Profile("b", url="http://b", auth="bearer", secret="env:TOKEN", headers=headers)  # noqa: S106
    access = found.access(bearer)
    assert (access.token, dict(access.headers)) == ("abc", {"X-A": "abc", "X-B": "c"})
    assert "abc" not in repr(access)


def test_a_secret_that_is_missing_names_its_profile(tmp_path: Path) -> None:
    bearer = Profile("box", url="http://b", auth="bearer", secret="env:ABSENT")  # noqa: S106 - a reference
    with pytest.raises(ConfigError, match="Profile “box”"):
        profiles(tmp_path).access(bearer)


def test_what_is_saved_is_used_at_once_and_found_again(tmp_path: Path) -> None:
    found = profiles(tmp_path, TWO)
    found.save(Profile("attic", url="http://attic"), replacing="box")
    found.prefer("attic")
    found.delete("shed")
    assert [profile.name for profile in found.list()] == ["attic", "demo"]
    again = load(resolve(tmp_path, {}), {})
    assert list(again.profiles) == ["attic", "demo"]
    assert again.settings.profile == "attic"
