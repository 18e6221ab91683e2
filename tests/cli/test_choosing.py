"""Which server is used when none is named, and with which credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import Profile
from darkroom.services.profiles import Profiles
from tests.servers.answering import program

if TYPE_CHECKING:
    from pathlib import Path

TWO = '[profiles.box]\nurl = "http://box:1"\n[profiles.shed]\nurl = "http://shed:1"\n'


NOWHERE = "127.0.0.1:9"
"""A host on which nothing answers, in place of this machine."""


def profiles(
    tmp_path: Path, config: str = "", here: tuple[str, ...] = (NOWHERE,), **environ: str
) -> Profiles:
    paths = resolve(tmp_path, {})
    paths.create()
    paths.config_file.write_text(config)
    return Profiles(paths, load(paths, environ), environ, here=here)


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
    assert await profiles(tmp_path).choose() is None


IDLE = '[profiles.idle]\nurl = "http://idle:1"\nactive = false\n'


async def test_an_inactive_profile_is_never_chosen_by_itself(tmp_path: Path) -> None:
    found = profiles(tmp_path, IDLE + TWO)
    assert await found.choose(last="idle") == "box"
    assert [profile.name for profile in found.list()] == ["box", "shed", "demo"]
    assert [profile.name for profile in found.inactive()] == ["idle"]
    assert found.get("idle").url == "http://idle:1"
    assert await profiles(tmp_path, IDLE).choose(last="idle") is None
    assert await profiles(tmp_path, 'profile = "idle"\n' + IDLE).choose() == "idle", "it was asked for"


async def test_the_only_server_of_this_machine_is_chosen(tmp_path: Path) -> None:
    async with program("invokeai") as invoke, program("forge") as forge, program("forge-locked") as locked:
        assert await profiles(tmp_path, here=(NOWHERE, invoke)).choose() == f"invokeai+{invoke}"
        assert await profiles(tmp_path, here=(locked, forge)).choose() == f"a1111+{forge}", "it can be used"
        assert await profiles(tmp_path, here=(invoke, forge)).choose() is None, "nobody said which"


async def test_an_address_is_asked_what_it_is(tmp_path: Path, url: str) -> None:
    found = profiles(tmp_path, TWO)
    async with program("invokeai") as invoke, program("fooocus") as fooocus:
        assert await found.resolve(invoke) == f"invokeai+{invoke}"
        assert await profiles(tmp_path, f'profile = "{fooocus}"').choose() == f"fooocus+{fooocus}"
    assert await found.resolve(url) == url, "a ComfyUI needs no more than its address"
    assert await found.resolve("http://" + NOWHERE) == "http://" + NOWHERE, "connecting says what is wrong"
    assert await found.resolve("a1111+http://elsewhere:1") == "a1111+http://elsewhere:1"
    assert await found.resolve("box") == "box"
    with pytest.raises(InputError, match="password"):
        await found.resolve("http://u:p@a")


async def test_what_was_found_out_about_an_address_needs_no_asking_later(tmp_path: Path) -> None:
    async with program("forge") as forge:
        name = await profiles(tmp_path).resolve(forge)
    again = profiles(tmp_path).get(name)
    assert again == Profile(name, "a1111", forge)


async def test_a_server_that_is_tested_says_what_it_is(tmp_path: Path, url: str) -> None:
    info = await profiles(tmp_path).test(Profile("x", url=url))
    assert info.service == "comfyui"


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
    with pytest.raises(InputError, match="not a service"):
        found.get("nonsense+http://a")


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
    login = Profile("c", "invokeai", "http://c", "login", "me@here", "env:TOKEN")
    access = found.access(login)
    assert (access.username, access.password, access.login) == ("me@here", "abc", True)
    key = Profile("d", "fooocus-api", "http://d", "api-key", secret="env:TOKEN", headers={"X-A": "b"})  # noqa: S106
    access = found.access(key)
    assert dict(access.headers) == {"X-A": "b", "X-API-KEY": "abc"}
    assert (access.username, access.token) == ("", "")


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
