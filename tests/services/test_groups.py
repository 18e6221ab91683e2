"""Groups of servers: which servers a name stands for, and what keeps groups whole while profiles change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import Paths, resolve
from darkroom.config.settings import load
from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import Profile
from darkroom.services.profiles import Profiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = resolve(tmp_path, {})
    found.create()
    return found


@pytest.fixture
def profiles(paths: Paths) -> Profiles:
    """Three servers, two of one service, and a group of those."""
    made = Profiles(paths, load(paths, {}))
    made.save(Profile("a", url="http://a", defaults={"steps": 30, "cfg_scale": 5}))
    made.save(Profile("b", url="http://b", defaults={"steps": 30, "cfg_scale": 7}))
    made.save(Profile("i", "invokeai", "http://i"))
    made.save_group("farm", ["b", "a"])
    return made


def kept(paths: Paths) -> dict[str, Profile]:
    """All that stands in the file, which holds no mistake."""
    loaded = load(paths, {})
    assert loaded.errors == ()
    return dict(loaded.profiles)


def as_it_is(profiles: Profiles) -> dict[str, Profile]:
    return {profile.name: profile for profile in (*profiles.list(), *profiles.inactive())}


def test_a_group_is_offered_after_the_servers(profiles: Profiles, paths: Paths) -> None:
    assert [profile.name for profile in profiles.list()] == ["a", "b", "i", "farm", "demo"]
    assert profiles.get("farm") == Profile("farm", defaults={"steps": 30}, members=("b", "a"))
    assert profiles.members("farm") == ("b", "a")
    assert profiles.members("a") == ("a",)
    assert profiles.members("http://c:1") == ("http://c:1",)
    assert profiles.groups_of("a") == ("farm",)
    assert profiles.groups_of("i") == profiles.groups_of("farm") == profiles.groups_of("absent") == ()
    assert kept(paths) == as_it_is(profiles)


async def test_the_first_server_is_chosen_before_a_group_and_a_preferred_group_before_both(
    profiles: Profiles,
) -> None:
    assert await profiles.choose() == "a"
    assert await profiles.choose(last="farm") == "farm"
    profiles.prefer("farm")
    assert await profiles.choose(last="b") == "farm"


def test_an_inactive_member_gets_no_jobs(profiles: Profiles, paths: Paths) -> None:
    profiles.save(Profile("b", url="http://b", active=False))
    assert profiles.members("farm") == ("a",)
    assert profiles.get("farm").defaults == {"steps": 30, "cfg_scale": 5}
    assert profiles.get("farm").active
    profiles.save(Profile("a", url="http://a", active=False))
    assert [profile.name for profile in profiles.inactive()] == ["a", "b", "farm"]
    with pytest.raises(ConfigError, match="No server of the group “farm” is active"):
        profiles.members("farm")
    assert kept(paths) == as_it_is(profiles)


def test_a_group_follows_a_server_to_its_new_name(profiles: Profiles, paths: Paths) -> None:
    profiles.save_group("both", ["a", "b"])
    profiles.save(Profile("tower", url="http://a"), replacing="a")
    assert profiles.get("farm").members == ("b", "tower")
    assert profiles.get("both").members == ("tower", "b")
    with pytest.raises(ConfigError):
        profiles.get("a")
    assert kept(paths) == as_it_is(profiles)


def test_a_group_goes_on_without_a_deleted_server_and_keeps_its_last_one(
    profiles: Profiles, paths: Paths
) -> None:
    profiles.delete("b")
    assert profiles.members("farm") == ("a",)
    with pytest.raises(InputError, match="“a” is the only server of the group “farm”"):
        profiles.delete("a")
    assert kept(paths) == as_it_is(profiles)
    profiles.delete("farm")
    profiles.delete("a")
    assert list(kept(paths)) == ["i", "demo"] == [profile.name for profile in profiles.list()]


def test_a_server_that_is_no_longer_like_the_others_is_refused(profiles: Profiles, paths: Paths) -> None:
    before = paths.config_file.read_bytes()
    with pytest.raises(InputError, match="is in the group “farm”, whose servers are ComfyUI") as caught:
        profiles.save(Profile("a", "a1111", "http://a"))
    assert caught.value.hint.endswith("group farm b")
    assert paths.config_file.read_bytes() == before
    profiles.save_group("farm", ["a"])
    profiles.save(Profile("a", "a1111", "http://a"))
    assert profiles.get("farm").service == "a1111"
    assert kept(paths) == as_it_is(profiles)


@pytest.mark.parametrize(
    ("name", "members", "word"),
    [
        ("farm", ["a", "i"], "different services"),
        ("farm", [], "names no profile"),
        ("new", ["farm"], "“farm” is a group itself"),
        ("new", ["absent"], "no profile is called"),
        ("i", ["a"], "a profile has that name"),
        ("demo", ["a"], "embedded"),
        ("new", ["demo"], "the demo cannot be"),
    ],
)
def test_a_group_that_could_not_be_read_again_is_not_written(
    profiles: Profiles, paths: Paths, name: str, members: list[str], word: str
) -> None:
    before = paths.config_file.read_bytes()
    with pytest.raises(InputError, match=word):
        profiles.save_group(name, members)
    assert paths.config_file.read_bytes() == before


def test_a_server_cannot_have_a_groups_name(profiles: Profiles, paths: Paths) -> None:
    before = paths.config_file.read_bytes()
    with pytest.raises(InputError, match="A group is called “farm”"):
        profiles.save(Profile("farm", url="http://f"))
    assert paths.config_file.read_bytes() == before


def test_a_group_with_a_mistake_is_told_when_it_is_asked_for(paths: Paths) -> None:
    paths.config_file.write_text('[groups.farm]\nprofiles = ["absent"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="no profile is called “absent”"):
        Profiles(paths, load(paths, {})).get("farm")
