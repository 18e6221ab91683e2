"""Groups of servers in the configuration: read, checked, and never in the way of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from darkroom.config.paths import Paths, resolve
from darkroom.config.settings import load
from darkroom.config.writing import remove, write, write_group
from darkroom.domain.errors import ConfigError
from darkroom.domain.profile import MOST_DEPTH, Profile, arranged, as_group

SERVERS = """\
[profiles.a]
url = "http://a"
defaults = { steps = 30, checkpoint = "x.safetensors" }
[profiles.b]
url = "http://b"
defaults = { steps = 30, checkpoint = "y.safetensors" }
[profiles.i]
service = "invokeai"
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return resolve(tmp_path, {})


def put(paths: Paths, text: str) -> None:
    paths.create()
    paths.config_file.write_text(SERVERS + text, encoding="utf-8")


def test_a_group_is_a_profile_of_what_its_members_share(paths: Paths) -> None:
    put(paths, '[groups.farm]\nprofiles = ["a", "b"]\n')
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert list(loaded.profiles) == ["a", "b", "i", "farm", "demo"]
    farm = loaded.profiles["farm"]
    assert farm.is_group
    assert not loaded.profiles["a"].is_group
    assert farm == Profile("farm", defaults={"steps": 30}, members=("a", "b"))
    assert loaded.sources["groups.farm"] == f"{paths.config_file}:9"
    assert "profiles.farm" not in loaded.sources


def test_what_is_inactive_counts_only_where_nothing_else_is_there() -> None:
    a = Profile("a", url="http://a", defaults={"steps": 3}, active=False)
    b = Profile("b", url="http://b", defaults={"steps": 9})
    assert as_group("g", [a, b]) == Profile("g", defaults={"steps": 9}, members=("a", "b"))
    alone = as_group("g", [a])
    assert not alone.active
    assert alone.defaults == {"steps": 3}


def test_groups_follow_their_members() -> None:
    servers = [Profile("a", url="http://a"), Profile("demo")]
    first = arranged(servers, {"g": ["a"]})
    again = arranged([*first.values(), Profile("a", url="http://a", defaults={"steps": 5})], {"g": ["a"]})
    assert list(again) == ["a", "g", "demo"]
    assert again["g"].defaults == {"steps": 5}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('[groups.g]\nprofiles = ["a", "ab"]', 10, "no profile is called “ab”"),
        ("[groups.g]\nprofiles = []", 10, "names no profile"),
        ("[groups.g]", 9, "names no profile"),
        ('[groups.g]\nprofiles = ["a", "i"]', 10, "a is ComfyUI and i is InvokeAI"),
        ('[groups.a]\nprofiles = ["b"]', 9, "a profile has that name"),
        ('[groups.demo]\nprofiles = ["b"]', 9, "embedded"),
        ('[groups." g"]\nprofiles = ["b"]', 9, "needs a name without spaces"),
        ('[groups.g]\nprofiles = ["a", "b", "a"]', 10, "names “a” twice"),
        ('[groups.g]\nprofiles = ["a", "demo"]', 10, "the demo cannot be in a group"),
        ('[groups.g]\nprofiles = ["a", "h"]\n[groups.h]\nprofiles = ["b"]', 10, "“h” is a group itself"),
        ('[groups.g]\nprofiles = ["g"]', 10, "no profile is called “g”"),
        ('[groups.g]\nprofiles = "a"', 10, "must be a list of names"),
        ("[groups.g]\nprofiles = [3]", 10, "must be a list of names"),
        ('[groups.g]\nservers = ["a"]', 10, "groups.g.servers"),
        ("[groups]\ng = 3", 10, "must be a table: [groups.g]"),
        ("[[groups]]\ng = 3", 9, "must hold tables"),
    ],
)
def test_a_mistake_in_a_group_is_told_and_costs_only_the_group(
    paths: Paths, text: str, line: int, word: str
) -> None:
    put(paths, text + "\n")
    loaded = load(paths, {})
    assert [name for name in loaded.profiles if name != "h"] == ["a", "b", "i", "demo"]
    assert [error.line for error in loaded.errors] == [line]
    assert word in loaded.errors[0].title


def test_a_member_that_stands_there_with_a_mistake_is_told_from_one_that_does_not(paths: Paths) -> None:
    put(paths, '[profiles.c]\nurl = "c"\n[groups.g]\nprofiles = ["a", "c"]\n[groups.c]\nprofiles = ["a"]\n')
    loaded = load(paths, {})
    titles = [error.title for error in loaded.errors]
    assert any("the profile “c” cannot be used as it is" in title for title in titles)
    assert any("Group “c”: a profile has that name" in title for title in titles)
    assert len(titles) == 3
    assert list(loaded.profiles) == ["a", "b", "i", "demo"]


def test_a_near_name_is_proposed(paths: Paths) -> None:
    put(paths, '[profiles.tower]\nurl = "http://t"\n[groups.g]\nprofiles = ["towr"]\n')
    assert "Did you mean tower?" in load(paths, {}).errors[0].hint


def test_a_group_is_written_changed_and_removed_and_comments_survive(paths: Paths) -> None:
    put(paths, '# mine\n[groups.farm] # here\nprofiles = ["a"] # one\n')
    write_group(paths, "farm", ("a", "b"))
    write_group(paths, 'two "words"', ("b",))
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.profiles["farm"].members == ("a", "b")
    assert loaded.profiles['two "words"'].members == ("b",)
    assert "# mine\n[groups.farm] # here\n" in paths.config_file.read_text(encoding="utf-8")
    assert remove(paths, "farm", kind="groups")
    assert not remove(paths, "farm", kind="groups")
    assert not remove(paths, "farm")
    assert list(load(paths, {}).profiles) == ["a", "b", "i", 'two "words"', "demo"]


def test_groups_that_are_no_tables_are_left_as_they_are(paths: Paths) -> None:
    put(paths, "[groups]\ng = 3\n")
    before = paths.config_file.read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be changed"):
        write_group(paths, "farm", ("a",))
    assert paths.config_file.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("depth", [1, 2, MOST_DEPTH])
def test_how_a_profile_takes_from_the_queue_is_kept(paths: Paths, depth: int) -> None:
    profile = Profile("box", url="http://box", queue_depth=depth, group_checkpoints=True)
    write(paths, profile)
    assert load(paths, {}).profiles["box"] == profile
    write(paths, Profile("box", url="http://box"))
    text = paths.config_file.read_text(encoding="utf-8")
    assert "queue_depth" not in text
    assert "group_checkpoints" not in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("queue_depth = -1", "queue_depth must be between 1 and 100"),
        ("queue_depth = 101", "between 1 and 100"),
        ("queue_depth = 1.5", "must be a whole number"),
        ("queue_depth = true", "must be a whole number"),
        ("group_checkpoints = 1", "must be true or false"),
        ('members = ["a"]', "profiles.box.members"),
    ],
)
def test_a_wrong_word_about_the_queue_is_told_with_its_line(paths: Paths, text: str, word: str) -> None:
    put(paths, f'[profiles.box]\nurl = "http://box"\n{text}\n')
    loaded = load(paths, {})
    assert "box" not in loaded.profiles
    assert [error.line for error in loaded.errors] == [11]
    assert word in loaded.errors[0].title


def test_the_example_in_the_docs_can_be_used(paths: Paths) -> None:
    docs = Path(__file__).parents[3] / "docs" / "servers.md"
    example = docs.read_text(encoding="utf-8").partition("[groups.farm]")[2].partition("```")[0]
    servers = "".join(f'[profiles.{name}]\nurl = "http://{name}"\n' for name in ("box", "tower", "attic"))
    put(paths, f"{servers}[groups.farm]{example}")
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.profiles["farm"].members == ("box", "tower", "attic")
